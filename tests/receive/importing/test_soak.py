"""Ten million rows into a server that is killed on the way: exact, and in bounded memory. Takes minutes."""

import os
import random
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from accoil.count.merging import MERGE_AFTER
from accoil.receive.importing.state import Import, recall
from tests.journey.mortal import Mortal
from tests.receive.importing import large
from tests.receive.importing.running import children
from tests.waiting import until
from tests.whole import begin, counted

N = int(os.environ.get("IMPORT_ROWS", "10000000"))
KILLS = 3
MOST_READER_MEMORY = 200  # MB
STORE_MEMORY = "512MB"  # the rest of a server needs some 350 MB
MOST_SERVER_MEMORY = 1024  # MB
LONG = 3_600.0  # seconds


class Watched:
    """A server that imports one file; the most memory it, and what reads for it, ever had (MB)."""

    def __init__(self, data: Path) -> None:
        self.server = Mortal(data, merge_after=MERGE_AFTER, ACCOIL_STORE_MEMORY=STORE_MEMORY)
        self.server.start()
        self.most, self.most_of_readers = 0, 0

    def state(self) -> Import:
        (state,) = recall(self.server.data / "imports").values()
        return state

    def reaches(self, line: int) -> bool:
        """Whether it came so far, or to an end."""
        self.most = max(self.most, memory(self.server.pid))
        self.most_of_readers = max([self.most_of_readers, *map(memory, children(self.server.pid))])
        state = self.state()
        return state.line > line or state.is_finished


@pytest.fixture
def watched(tmp_path) -> Iterator[Watched]:
    watched = Watched(tmp_path / "data")
    yield watched
    watched.server.stop()


@pytest.mark.soak
def test_ten_million_rows_survive_kills_in_little_memory(watched, tmp_path):
    data = watched.server.data
    path = large.write(tmp_path / "past.csv", N)
    asked = begin(data, "import", str(path))
    until(lambda: list((data / "imports").glob("*.json")))
    for place in sorted(random.Random(7).sample(range(N // 20, N - N // 10), KILLS)):
        until(lambda at=place: watched.reaches(at), LONG, every=0.1)
        watched.server.kill()
        asked.communicate()  # it says that the server has stopped
        watched.server.start()  # it goes on by itself
    until(lambda: watched.reaches(10 * N), LONG, every=0.1)
    done = watched.state()
    watched.server.stop()
    print(f"{N:,} rows, {KILLS} kills: server {watched.most} MB, reader {watched.most_of_readers} MB; "
          f"{done.rate:,.0f} rows/s in the last run")  # fmt: skip
    assert (done.status, done.accepted, done.rejected) == ("done", N, {})
    assert watched.most_of_readers < MOST_READER_MEMORY
    assert watched.most < MOST_SERVER_MEMORY
    with counted(data) as counting:
        for expected, found in zip(large.counted(N), large.found(counting), strict=True):
            assert np.array_equal(expected, found)


def memory(pid: int) -> int:
    """The most that a process has had (MB); 0 when it is gone."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    return int(found.group(1)) // 1024 if found else 0

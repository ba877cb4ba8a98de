"""Two million rows, killed again and again: exact, and in the memory of a small file."""

import random
import re
import subprocess
from pathlib import Path

import pytest

from tests.receive.importing import past
from tests.receive.importing.running import children, until
from tests.test_importing import line_reached
from tests.whole import _command, _env, accoil, begin, counted

N = 2_000_000
KILLS = 5
MOST_READER_MEMORY = 200  # MB


@pytest.mark.soak
def test_millions_of_rows_survive_kills_in_little_memory(tmp_path):
    data = tmp_path / "data"
    assert accoil(data, "init", "--team", "T", "--product", "P", "--email", "t@example.com", "--json").returncode == 0
    path = past.write(tmp_path / "past.csv", past.rows(N))
    places = sorted(random.Random(7).sample(range(50_000, N - 200_000), KILLS))
    for place in places:
        killed = begin(data, "import", str(path))
        until(lambda at=place: line_reached(data) > at)
        readers = children(killed.pid)
        assert [memory(reader) < MOST_READER_MEMORY for reader in readers] == [True]
        killed.kill()
        killed.communicate()
    done = subprocess.run(_command(("import", str(path))), env=_env(data), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert re.search(r"past\.csv: 2,000,000 events imported", done.stdout)
    with counted(data) as counting:
        assert past.found(counting) == past.counted(past.rows(N))


def memory(pid: int) -> int:
    """The most that a process has had (MB)."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"VmHWM:\s+(\d+) kB", status).group(1)) // 1024  # type: ignore[union-attr]

"""`accoil import`, as people run it: alone, killed, again, and beside a server that takes live traffic."""

import json
import os
import re
import threading
import urllib.request
from base64 import b64encode
from collections import Counter
from pathlib import Path

import pytest

from accoil import control
from tests.receive.importing import past
from tests.receive.importing.running import children
from tests.waiting import until
from tests.whole import accoil, begin, begun, counted, serving


@pytest.fixture
def data(tmp_path) -> Path:
    begun(tmp_path / "data")
    return tmp_path / "data"


def line_reached(data: Path) -> int:
    """How far the import is that this folder knows."""
    return max((json.loads(path.read_bytes())["line"] for path in (data / "imports").glob("*.json")), default=0)


def test_it_says_what_became_of_a_file(data, tmp_path):
    path = tmp_path / "past.csv"
    path.write_bytes(past.as_csv([*past.rows(999), ("track", "x", "soon", "u")]))
    done = accoil(data, "import", str(path))
    assert (done.returncode, done.stderr) == (0, "")
    assert re.match(r"past\.csv: 999 events imported \([\d.]+ s, [\d,]+ rows/s\)\. What", done.stdout)
    assert f"1 row was not, and stands in {path}.errors.csv:" in done.stdout
    assert "        1  `timestamp` is not a time" in done.stdout
    with counted(data) as counting:
        assert past.found(counting) == past.counted(past.rows(999))


def test_several_files_are_looked_at_before_any_is_imported(data, tmp_path):
    good, bad = past.write(tmp_path / "good.csv", past.rows(10)), tmp_path / "bad.csv"
    bad.write_text("name,timestamp,user_id,colour\n")
    refused = accoil(data, "import", str(good), str(bad))
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr.startswith("bad.csv has columns that events do not have: `colour`.")
    assert not (data / "imports").exists()


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["nothing.csv"], "nothing.csv is not there."),
        (["past.csv", "--type", "wishes"], "--type is 'wishes'; write one of events, groups, users, segment."),
        (["past.csv", "--type", "users"], "past.csv has columns that users do not have: `type`, `name`."),
        (["past.csv", "--product", "Q"], "There is no product “Q”"),
    ],
)
def test_what_can_not_be_imported_is_refused_with_a_sentence(data, tmp_path, words, sentence):
    past.write(tmp_path / "past.csv", past.rows(10))
    refused = accoil(data, "import", str(tmp_path / words[0]), *words[1:])
    assert (refused.returncode, refused.stdout) == (1, "")
    assert sentence in refused.stderr


def test_a_file_of_which_nothing_could_be_used_is_a_failure(data, tmp_path):
    path = tmp_path / "past.csv"
    path.write_text("name,timestamp,user_id\na,soon,u\nb,soon,u\n")
    assert accoil(data, "import", str(path)).returncode == 1


def test_killed_in_the_middle_it_goes_on_and_is_exact(data, tmp_path):
    path = past.write(tmp_path / "past.csv", past.rows(250_000))
    killed = begin(data, "import", str(path))
    until(lambda: line_reached(data) > 20_000)
    readers = children(killed.pid)
    killed.kill()
    killed.communicate()
    until(lambda: not any(Path(f"/proc/{reader}").exists() for reader in readers))
    reached = line_reached(data)
    assert reached < 240_000

    done = accoil(data, "import", str(path))
    assert done.returncode == 0, done.stderr
    assert done.stderr == f"past.csv goes on from line {reached:,}.\n"
    assert "past.csv: 250,000 events imported" in done.stdout
    again = accoil(data, "import", str(path))
    assert "past.csv: 250,000 events imported" in again.stdout
    with counted(data) as counting:
        assert past.found(counting) == past.counted(past.rows(250_000))


def test_stopped_by_hand_it_says_how_to_go_on(data, tmp_path):
    path = past.write(tmp_path / "past.csv", past.rows(250_000))
    stopped = begin(data, "import", str(path))
    until(lambda: line_reached(data) > 20_000)
    os.kill(stopped.pid, 2)
    assert stopped.communicate()[1] == "Stopped. The same command goes on where it was.\n"
    assert stopped.returncode == 1
    assert "goes on from line" in accoil(data, "import", str(path)).stderr
    with counted(data) as counting:
        assert past.found(counting) == past.counted(past.rows(250_000))


def _skip_unless_served(data: Path) -> None:
    try:
        control.ask(data, "import-progress none")
    except control.Failed as failed:
        if "does not know" in str(failed):
            pytest.skip("this server does not take imports yet")


def test_beside_live_traffic_every_event_counts_once(tmp_path):
    """Live: events of its own, and ones that the file holds too."""
    data, n = tmp_path / "da ta", 120_000
    path = past.write(tmp_path / "the past, 100 %.csv", past.rows(n))
    with serving(data) as (address, key):
        _skip_unless_served(data)
        sent: Counter[tuple[str, str, str]] = Counter()
        stop = threading.Event()
        thread = threading.Thread(target=_send_live, args=(address, key, n, sent, stop))
        thread.start()
        done = accoil(data, "import", str(path))
        stop.set()
        thread.join()
        assert done.returncode == 0, done.stderr
        assert "120,000 events imported" in done.stdout
    with counted(data) as counting:
        assert past.found(counting) == past.counted(past.rows(n)) + sent


def test_killed_the_server_goes_on_by_itself(tmp_path):
    data = tmp_path / "data"
    path = past.write(tmp_path / "past.csv", past.rows(250_000))
    with serving(data) as (_, _):
        _skip_unless_served(data)
        client = begin(data, "import", str(path))
        until(lambda: line_reached(data) > 20_000)
        os.kill(_server_of(data), 9)
        assert "goes on with the import when it starts again" in client.communicate()[1]
        assert client.returncode == 1
    reached = line_reached(data)
    assert reached < 240_000
    with serving(data):
        done = accoil(data, "import", str(path))
        assert "past.csv: 250,000 events imported" in done.stdout, done.stderr
    with counted(data) as counting:
        assert past.found(counting) == past.counted(past.rows(250_000))


def _send_live(address: str, key: str, n: int, sent: Counter, stop: threading.Event) -> None:
    number = 0
    while not stop.is_set():
        number += 1
        day = f"2025-05-{number % 28 + 1:02}"
        own = {"type": "track", "messageId": f"live-{number}", "event": "Live", "userId": "ann", "timestamp": day}
        _post(address + "/v1/batch", key, {"batch": [own]})
        sent["ann", "Live", day] += 1
        kind, name, at, user = next(past.rows(1, number * 7919 % n))
        called = {"event": name} if kind == "track" else {"name": name}
        _post(
            address + ("/v2/track" if kind == "track" else "/v2/page"), key, {"userId": user, "timestamp": at, **called}
        )


def _post(address: str, key: str, body: object) -> None:
    headers = {"Authorization": "Basic " + b64encode(f"{key}:".encode()).decode(), "Content-Type": "application/json"}
    urllib.request.urlopen(urllib.request.Request(address, json.dumps(body).encode(), headers), timeout=30).close()


def _server_of(data: Path) -> int:
    """The process that holds this data folder."""
    holder = re.compile(rf"\d+: FLOCK .* (\d+) \S+:{(data / 'counting.lock').stat().st_ino} ")
    return int(holder.search(Path("/proc/locks").read_text()).group(1))  # type: ignore[union-attr]

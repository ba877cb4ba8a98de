"""A backup that is taken while a server counts, put back somewhere else: the same server again."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from accoil import control
from tests.door import Count, Door
from tests.journey.mortal import Mortal, mortal
from tests.journey.test_kill import all_at_once, insist
from tests.traffic import expected, traffic
from tests.waiting import until
from tests.whole import accoil, begin, begun, env, free_port, wait_for_answer


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory):
    """A server that has been sent something, and what."""
    items = traffic(71, 600)
    with mortal(tmp_path_factory.mktemp("told") / "data", merge_after=1) as server:
        insist(server.door, items)
        control.ask(server.data, "checksums")
        yield server, items


def served(data: Path, of: Mortal) -> tuple[object, Door]:
    port = free_port()
    server = begin(data, "serve", "--port", str(port))
    wait_for_answer(f"http://127.0.0.1:{port}/health", server)
    return server, Door(f"http://127.0.0.1:{port}", of.door.product_id, of.door.key, of.door.token)


def of_users(counts: Counter[Count]) -> Counter[tuple[str, str, date]]:
    """Whose account an event was of is known later."""
    found: Counter[tuple[str, str, date]] = Counter()
    for (user, _, event, day), n in counts.items():
        found[user, event, day] += n
    return found


def test_what_is_restored_equals_what_was_backed_up(told, tmp_path: Path) -> None:
    source, items = told
    made = accoil(source.data, "backup", str(tmp_path / "to keep"))
    assert made.returncode == 0, made.stderr
    restored = accoil(tmp_path / "data", "restore", str(tmp_path / "to keep"))
    assert restored.returncode == 0, restored.stderr
    server, door = served(tmp_path / "data", source)
    try:
        assert control.ask(tmp_path / "data", "checksums") == control.ask(source.data, "checksums")
        assert door.counts() == expected(items)
        insist(door, items)  # clients that send again are not counted twice
        insist(door, more := traffic(72, 100))
        control.ask(tmp_path / "data", "checksums")
        assert door.counts() == expected(items + more)
    finally:
        server.terminate()
        server.communicate(timeout=60)


def test_nothing_acknowledged_before_it_is_missing_when_it_is_taken_under_load(tmp_path: Path) -> None:
    before, during = traffic(73, 200), traffic(74, 1_000)
    with mortal(tmp_path / "data") as source:
        insist(source.door, before)
        (sending,) = all_at_once(lambda: insist(source.door, during))
        until(lambda: control.ask(source.data, "progress"), 30)
        made = accoil(source.data, "backup", str(tmp_path / "kept"))
        assert made.returncode == 0, made.stderr
        sending.join()
        assert accoil(tmp_path / "again", "restore", str(tmp_path / "kept")).returncode == 0
        server, door = served(tmp_path / "again", source)
        try:
            stored = control.ask(tmp_path / "again", "checksums")
            assert of_users(expected(before)) <= of_users(door.counts()) <= of_users(expected(before + during))
            assert control.ask(tmp_path / "again", "rebuild") == stored
            insist(door, during)
            control.ask(tmp_path / "again", "checksums")
            assert door.counts() == expected(before + during)
        finally:
            server.terminate()
            server.communicate(timeout=60)


def test_a_folder_that_the_server_sees_otherwise_is_refused(told, tmp_path: Path) -> None:
    """As systemd's PrivateTmp and containers have it: the same name, another place."""
    source, _ = told
    (place := tmp_path / "place").mkdir()
    apart = ["unshare", "--mount", "sh", "-c", f'mount -t tmpfs tmpfs {place} && exec "$@"', "apart"]
    if subprocess.run([*apart, "true"], capture_output=True).returncode:
        pytest.skip("nothing may be mounted here")
    command = [*apart, sys.executable, "-m", "accoil", "backup", str(place / "kept")]
    made = subprocess.run(command, env=env(source.data), capture_output=True, text=True)
    assert made.returncode == 1, made.stdout
    assert f"The running server has another {place / 'kept'} than this command" in made.stderr


def test_a_server_that_was_killed_is_backed_up_as_it_lies(tmp_path: Path) -> None:
    items = traffic(75, 200)
    with mortal(tmp_path / "data") as source:
        insist(source.door, items)
        source.kill()
        assert accoil(source.data, "backup", str(tmp_path / "kept")).returncode == 0
        assert accoil(tmp_path / "again", "restore", str(tmp_path / "kept")).returncode == 0
        server, door = served(tmp_path / "again", source)
        try:
            control.ask(tmp_path / "again", "checksums")
            assert door.counts() == expected(items)
        finally:
            server.terminate()
            server.communicate(timeout=60)
        source.start()


def test_a_secret_key_that_is_there_is_not_overwritten(tmp_path: Path) -> None:
    begun(tmp_path / "data")
    kept, again = tmp_path / "kept", tmp_path / "again"
    assert accoil(tmp_path / "data", "backup", str(kept)).returncode == 0
    again.mkdir()
    (again / "secret_key").write_text("another" * 6)
    refused = accoil(again, "restore", str(kept))
    assert refused.returncode == 1
    assert f"{again / 'secret_key'} is not the key of this backup" in refused.stderr
    assert [each.name for each in again.iterdir()] == ["secret_key"]
    assert (again / "secret_key").read_text() == "another" * 6
    shutil.copy(kept / "secret_key", again)
    assert accoil(again, "restore", str(kept)).returncode == 0
    assert accoil(again, "definitions").returncode == 0


def test_what_is_wrong_is_said_and_nothing_is_changed(told, tmp_path: Path) -> None:
    source, _ = told
    kept, data = tmp_path / "kept", tmp_path / "data"
    assert accoil(source.data, "backup", str(kept)).returncode == 0

    again = accoil(source.data, "backup", str(kept))
    assert (again.returncode, again.stderr) == (1, f"{kept} is not empty; name a new folder for each backup.\n")
    nothing = accoil(tmp_path / "nowhere", "backup", str(tmp_path / "other"))
    assert nothing.returncode == 1 and "There is no server's data in" in nothing.stderr
    full = accoil(source.data, "restore", str(kept))
    assert full.returncode == 1 and "is not empty (" in full.stderr

    listed = json.loads((kept / "backup.json").read_text())
    shutil.copytree(kept, altered := tmp_path / "altered")
    with (altered / "app.sqlite3").open("ab") as file:
        file.write(b"!")
    assert "app.sqlite3 is not what was put there" in accoil(data, "restore", str(altered)).stderr
    listed["files"]["../outside"] = listed["files"]["app.sqlite3"]
    (altered / "backup.json").write_text(json.dumps(listed))
    assert accoil(data, "restore", str(altered)).returncode == 1
    (altered / "backup.json").unlink()
    assert "is no finished backup" in accoil(data, "restore", str(altered)).stderr
    assert not list(data.iterdir())
    assert not (tmp_path / "outside").exists()

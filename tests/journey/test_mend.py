"""A server whose journal was damaged: it says so, changes nothing, and what can be saved is saved."""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path

from accoil import control
from accoil.receive import wal
from tests.journey.mortal import Mortal, mortal
from tests.journey.test_kill import insist
from tests.traffic import Item, expected, traffic
from tests.whole import accoil


def damage(log: Path) -> None:
    """In a frame in the middle, with acknowledged blocks behind it."""
    frames = wal.read(log).frames  # type: ignore[union-attr]
    size = len(frames[0].bytes)
    with log.open("r+b") as file:
        file.seek(32 + (len(frames) // 2) * size + 100)
        file.write(b"damaged")


def kill_when_counted(server: Mortal, items: list[Item]) -> None:
    insist(server.door, items)
    control.ask(server.data, "rebuild")  # answers when everything is counted, and in the store's file
    server.kill()


def test_a_damaged_journal_is_mended_and_nothing_counted_is_lost(tmp_path: Path) -> None:
    items = traffic(51, 1_000)
    data = tmp_path / "data"
    log = data / "journal.sqlite3-wal"
    with mortal(data, merge_after=1) as server:  # each load is saved
        kill_when_counted(server, items)
        while not wal.read(log):  # the server emptied it just before, as it does once after each start
            server.start()
            kill_when_counted(server, items)
        damage(log)
        before = (log.read_bytes(), (data / "journal.sqlite3").read_bytes())

        refused = accoil(data, "serve", "--port", str(server.port))
        assert refused.returncode == 1
        assert "blocks that were acknowledged" in refused.stderr
        assert "accoil mend" in refused.stderr
        assert "Traceback" not in refused.stderr
        told = accoil(data, "doctor")
        assert "BAD  Journal: journal.sqlite3-wal is damaged" in told.stdout
        assert (log.read_bytes(), (data / "journal.sqlite3").read_bytes()) == before

        mended = accoil(data, "mend")
        assert mended.returncode == 0, mended.stderr
        assert mended.stdout.startswith("Saved ")
        assert "journal.sqlite3.damaged-1" in mended.stdout
        server.start()
        assert accoil(data, "mend").returncode == 1  # the server has it open
        assert server.door.counts() == expected(items)
        insist(server.door, items)  # clients that send again are not counted twice
        insist(server.door, more := traffic(52, 200))
        control.ask(server.data, "checksums")
        assert server.door.counts() == expected(items + more)


def test_a_journal_put_back_from_a_backup_loses_no_number(tmp_path: Path) -> None:
    first, second = traffic(61, 300), traffic(62, 300)
    data = tmp_path / "data"
    with mortal(data) as server:
        insist(server.door, first)
        assert server.stop() == 0
        shutil.copy(data / "journal.sqlite3", tmp_path / "backup")
        server.start()
        insist(server.door, second)
        assert server.stop() == 0
        shutil.copy(tmp_path / "backup", data / "journal.sqlite3")
        server.start()
        assert server.door.counts() == expected(first + second)
        assert "the journal has lost blocks that are counted" in server.log.read_text()
        told = accoil(data, "doctor")
        assert "blocks that the store had counted" in told.stdout
        refused = accoil(data, "rebuild")
        assert refused.returncode == 1
        assert "accoil rebuild --anyway" in refused.stderr
        insist(server.door, third := traffic(63, 100))
        control.ask(server.data, "checksums")
        assert server.door.counts() == expected(first + second + third)
        assert accoil(data, "rebuild", "--anyway").returncode == 0
        assert Counter(server.door.counts()) == expected(first + third)

"""A journal whose files were cut or damaged anywhere: nothing acknowledged goes missing without a word."""

from __future__ import annotations

import itertools
import random
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from accoil.receive import encoding, wal
from accoil.receive.calls import EVENT, Call
from accoil.receive.columns import Request, table
from accoil.receive.examining import examine
from accoil.receive.journal import Journal
from accoil.receive.mending import mend
from accoil.receive.opening import Broken, log_of

BLOCKS = 120
IN_FILE = 40  # blocks that a checkpoint has brought into the database file; the others are in the log


def write(journal: Journal, number: int, dice: random.Random) -> None:
    calls = [
        Call(type="track", messageId=f"{number}.{n}", userId=f"u{dice.random()}", event=f"E{number}", kind=EVENT, at=n)
        for n in range(dice.choice((1, 20, 300)))
    ]
    journal.write(1, number, calls)


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of a journal as a kill leaves them."""
    folder = tmp_path_factory.mktemp("killed")
    journal = Journal(folder / "lived")
    dice = random.Random(1)
    for number in range(1, BLOCKS + 1):
        write(journal, number, dice)
        if number == IN_FILE:
            journal.db.execute("pragma wal_checkpoint(truncate)")
    for name in ("lived", "lived-wal"):
        shutil.copy(folder / name, folder / name.replace("lived", "journal"))
    journal.stop()
    return folder / "journal"


@pytest.fixture
def path(killed: Path, tmp_path: Path) -> Path:
    for source in (killed, log_of(killed)):
        shutil.copy(source, tmp_path)
    return tmp_path / "journal"


def events(journal: Journal) -> list[str]:
    """The event each block is full of, which is its number."""
    told = []
    for block in journal.blocks(0):
        (event,) = set(block.facts["event"].to_pylist())
        told.append(event)
    return told


def expected(*numbers: int) -> list[str]:
    return [f"E{number}" for number in numbers]


def opened(path: Path) -> list[str]:
    """What it holds. Raises Broken."""
    journal = Journal(path)
    told = events(journal)
    write(journal, journal.last + 1, random.Random(0))  # and it goes on
    journal.stop()
    return told


def test_a_kill_loses_nothing(path: Path) -> None:
    assert wal.read(log_of(path)).commits_behind == 0  # type: ignore[union-attr]
    assert opened(path) == expected(*range(1, BLOCKS + 1))


def test_the_log_is_read_as_sqlite_reads_it(path: Path, tmp_path: Path) -> None:
    dice, whole = random.Random(2), log_of(path).read_bytes()
    copy = tmp_path / "copy"
    for _ in range(50):
        raw = bytearray(whole)
        raw[dice.randrange(len(raw))] ^= dice.randrange(1, 256)
        shutil.copy(path, copy)
        log_of(copy).write_bytes(raw)
        log = wal.read(log_of(copy))
        frames = log.frames if log else []
        right = list(itertools.takewhile(lambda frame: frame.is_right, frames))
        with closing(sqlite3.connect(copy)) as db:
            held = db.execute("select count(*) from block").fetchone()[0]
        assert held == IN_FILE + sum(frame.ends_commit for frame in right)


@pytest.mark.parametrize("seed", range(40))
def test_a_log_cut_anywhere_gives_the_blocks_before_the_cut(path: Path, seed: int) -> None:
    """As after a power cut: SQLite promised no more than what was synced before it."""
    log = log_of(path)
    raw = log.read_bytes()
    log.write_bytes(raw[: random.Random(seed).randrange(len(raw))])
    told = opened(path)
    assert told == expected(*range(1, len(told) + 1))
    assert len(told) >= IN_FILE


def test_a_last_write_that_reached_the_disk_in_part_is_no_damage(path: Path) -> None:
    log = log_of(path)
    frames = wal.read(log).frames  # type: ignore[union-attr]
    size = len(frames[0].bytes)
    commits = [place for place, frame in enumerate(frames) if frame.ends_commit]
    assert commits[-1] - commits[-2] > 1
    raw = bytearray(log.read_bytes())
    start = 32 + (commits[-2] + 1) * size
    raw[start : start + size] = bytes(size)
    log.write_bytes(raw)
    assert opened(path) == expected(*range(1, BLOCKS))


@pytest.mark.parametrize("seed", range(40))
def test_a_log_damaged_anywhere_is_not_opened_as_if_nothing_were(path: Path, seed: int) -> None:
    dice, log = random.Random(seed), log_of(path)
    raw = bytearray(log.read_bytes())
    place = dice.randrange(32, len(raw))
    length = dice.choice((1, 16, 600))
    raw[place : place + length] = dice.randbytes(len(raw[place : place + length]))
    log.write_bytes(raw)
    before = (path.read_bytes(), log.read_bytes())
    try:
        told = opened(path)
    except Broken as broken:
        assert "accoil mend" in str(broken)
        assert (path.read_bytes(), log.read_bytes()) == before
        well, sentence = examine(path, in_use=False)
        assert not well
        assert "accoil mend" in sentence
        mended = mend(path)
        saved = opened(path)
        assert len(saved) == mended.saved >= BLOCKS - 2
        assert saved == [event for event in expected(*range(1, BLOCKS + 1)) if event in set(saved)]
        assert sum(last - first + 1 for first, last in mended.missing) == BLOCKS - mended.saved
        assert [kept.read_bytes() for kept in mended.kept] == list(before)
    else:
        assert told == expected(*range(1, len(told) + 1))
        assert len(told) >= BLOCKS - 2  # it was the tail


@pytest.mark.parametrize("seed", range(40))
def test_a_file_damaged_anywhere_gives_no_wrong_block(path: Path, seed: int) -> None:
    dice = random.Random(seed)
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.seek(dice.randrange(size) if seed % 4 else dice.randrange(4096))
        file.write(dice.randbytes(dice.choice((1, 16, 600, 5000))))
    whole = expected(*range(1, BLOCKS + 1))
    try:
        told = opened(path)
    except (Broken, sqlite3.DatabaseError, *encoding.UNREADABLE):
        mended = mend(path)
        told = opened(path)
        assert len(told) == mended.saved
        assert told == [event for event in whole if event in set(told)]
        if seed % 4:
            assert len(told) >= BLOCKS - IN_FILE  # what is in the log is whole
    else:
        assert told == whole or not examine(path, in_use=False)[0]


def test_what_is_no_database_is_not_opened(path: Path) -> None:
    path.write_bytes(b"This is no database. " * 5000)
    with pytest.raises(Broken, match="Nothing was changed"):
        Journal(path)
    assert path.read_bytes().startswith(b"This is no database.")


def test_every_byte_of_a_block_is_checked() -> None:
    facts = table([Request(1, 0, [Call(type="track", messageId="m", userId="u", event="E", kind=EVENT, at=1)])])
    block = encoding.encoded(facts).to_pybytes()
    assert encoding.decoded(block).equals(facts)
    mark = range(len(block) - 16, len(block) - 8)  # of the checksum; the facts do not depend on it
    for place in set(range(len(block))) - set(mark):
        flipped = bytearray(block)
        flipped[place] ^= 1 << place % 8
        with pytest.raises(encoding.UNREADABLE):
            encoding.decoded(bytes(flipped))


def test_a_block_without_a_checksum_is_read(path: Path) -> None:
    facts = table([Request(1, 0, [Call(type="track", messageId="m", userId="u", event="E", kind=EVENT, at=1)])])
    block = encoding.encoded(facts).to_pybytes()
    assert encoding.decoded(block[:-16]).equals(facts)


def test_numbers_of_lost_blocks_are_not_used_again(path: Path) -> None:
    journal = Journal(path)
    assert journal.go_on_after(BLOCKS + 10) == {"first": BLOCKS + 1, "last": BLOCKS + 10}
    journal.stop()
    journal = Journal(path)
    assert (journal.last, len(journal.gaps)) == (BLOCKS + 10, 1)
    write(journal, 0, random.Random(0))
    assert [block.number for block in journal.blocks(BLOCKS)] == [BLOCKS + 11]
    journal.stop()
    well, sentence = examine(path, in_use=False)
    assert not well
    assert f"lost 10 blocks that the store had counted, the first is {BLOCKS + 1}" in sentence

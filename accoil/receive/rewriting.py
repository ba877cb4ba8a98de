"""Blocks of the journal that are written anew, because somebody was deleted. Everything else about the journal stays: a
block keeps its number, and one from which all calls were taken stays as an empty one.

What stood there is gone from the file when this is done: SQLite overwrites what it frees, and its log is emptied."""

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import msgspec
import pyarrow as pa
import structlog

from accoil.receive.encoding import UNREADABLE, decoded, encoded
from accoil.receive.opening import connected

Taken = list[tuple[int, int, int]]  # for whose sake, calls that go, calls that are changed
Change = Callable[[pa.Table], tuple[pa.Table, Taken] | None]  # what a block says instead; None: the same as before

# How much was taken is written down with the block that it was taken from: so it is right after a kill, too.
CREATE = """
create table if not exists taken (whose integer not null, removed integer not null, changed integer not null)
"""

HELD = 0.05  # seconds: so long whoever wants to write a new block may have to wait

log = structlog.get_logger()


class Busy(Exception):
    """Somebody reads an older state of the file, so it can't be cleaned just now: try again."""


class Rewritten(msgspec.Struct):
    blocks: int = 0  # that were written anew
    unreadable: int = 0
    last: int = 0  # number of the last one looked at


def rewrite(path: Path, change: Change, after: int, told: Callable[[int], None] = lambda number: None) -> Rewritten:
    """Looks at every block above `after`, beside whoever writes new ones. Blocks are changed a few at a time, so this
    can be broken off anywhere and done again. `told` hears the number of each block that was looked at."""
    done, began = Rewritten(last=after), None
    with closing(connected(path)) as db:
        db.execute("pragma secure_delete = on")
        db.execute(CREATE)
        while row := _next(db, done.last):
            done.last = row[0]
            try:
                changed = change(decoded(row[1]))
            except UNREADABLE as wrong:
                log.warning("a block that can't be read may hold what is to be deleted", block=row[0], why=str(wrong))
                done.unreadable += 1
                changed = None
            if changed is not None:
                block, taken = changed
                facts = memoryview(encoded(block))
                db.execute("update block set calls = ?, facts = ? where number = ?", (len(block), facts, row[0]))
                db.executemany("insert into taken values (?, ?, ?)", taken)
                done.blocks += 1
                began = began or time.monotonic()
            if began and time.monotonic() - began > HELD:
                db.commit()
                began = None
            told(done.last)
        db.commit()
    return done


def read(path: Path) -> Iterator[pa.Table]:
    """Every block that can be read; between two of them nothing is held."""
    last = 0
    with closing(connected(path)) as db:
        while row := _next(db, last):
            last = row[0]
            try:
                yield decoded(row[1])
            except UNREADABLE:
                continue


def taken(path: Path, whose: int) -> tuple[int, int]:
    """How many calls were removed for the sake of one deletion, and how many changed."""
    with closing(connected(path)) as db:
        db.execute(CREATE)
        question = "select coalesce(sum(removed), 0), coalesce(sum(changed), 0) from taken where whose = ?"
        removed, changed = db.execute(question, (whose,)).fetchone()
    return int(removed), int(changed)


def clean(path: Path) -> None:
    """Empties the file's log, where older states of blocks may stand. Raises Busy at once: waiting for whoever reads,
    it would keep everybody else from writing."""
    with closing(connected(path)) as db:
        db.execute("pragma busy_timeout = 0")
        if db.execute("pragma wal_checkpoint(truncate)").fetchone()[0]:
            raise Busy


def _next(db: sqlite3.Connection, after: int) -> tuple[int, bytes] | None:
    found = "select number, facts from block where number > ? order by number limit 1"
    row: tuple[int, bytes] | None = db.execute(found, (after,)).fetchone()
    return row

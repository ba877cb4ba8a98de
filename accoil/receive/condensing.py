"""Calls of the journal that become few rows, because their days are no longer kept. A block keeps its number, also when
nothing is left in it; what is made of several stands in the last of them.

Blocks are changed some at a time, each time in one transaction with the ids of what is no longer told apart: broken off
anywhere and begun again, nothing is counted twice."""

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Protocol

import msgspec
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import structlog

from accoil.receive.encoding import EMPTIED, UNREADABLE, decoded, encoded, joined
from accoil.receive.opening import connected

Ids = npt.NDArray[np.uint64]  # hashes of message ids

# Until the last block is done: the ids of calls that were condensed, so that one which comes again in a later block is
# known. Afterwards nobody needs them: what is sent again is too old.
CREATE = "create table if not exists condensed (ids blob not null)"
MOST_ROWS = 200_000  # looked at together
MOST_BLOCKS = 1_000  # changed together: whoever writes waits for so many
LARGEST = 50_000  # rows of a block
WORTH_IT = 0.9  # of the blocks that were left before: another round goes on from there

log = structlog.get_logger()


class Parted(msgspec.Struct):
    """A block without what came again: rows that stay as they are, those that are condensed, and their ids."""

    stays: pa.Table
    old: pa.Table
    ids: Ids


class Condenser(Protocol):
    def begin(self, condensed: Iterable[Ids]) -> None:
        """A round over all blocks, in order. These were condensed before."""

    def part(self, block: pa.Table) -> Parted | None:
        """None where all stays as it is."""

    def condense(self, old: pa.Table, named: str) -> pa.Table:
        """Few rows that say the same. `named`: what their ids begin with."""


class Done(msgspec.Struct):
    before: int = 0  # bytes of all blocks
    after: int = 0
    unreadable: int = 0


class _Pool(msgspec.Struct):
    """Blocks that are changed together."""

    numbers: list[int] = []
    parts: list[Parted] = []
    rows: int = 0
    repeats: int = 0

    @property
    def is_full(self) -> bool:
        return self.rows >= MOST_ROWS or len(self.numbers) >= MOST_BLOCKS


def condense(path: Path, by: Condenser, name: str, told: Callable[[int], None] = lambda number: None) -> Done:
    """All blocks, beside whoever writes new ones. `name` is that of this run, and of no other; `told` hears the number
    of each block that was looked at, in several rounds perhaps."""
    with closing(connected(path)) as db:
        db.execute("pragma secure_delete = on")
        db.execute(CREATE)
        done, left, round = Done(before=size(db)), 0, 0
        while True:
            by.begin(_condensed(db))
            changed = _round(db, by, f"{name}.{round}", done, told)
            left, before, round = _with_calls(db), left, round + 1
            if not changed or (before and left > before * WORTH_IT):
                break
        db.execute("delete from condensed")
        db.commit()
        done.after = size(db)
    return done


def _condensed(db: sqlite3.Connection) -> Iterator[Ids]:
    """Row by row: of a journal of years they are too many for memory. Rows have numbers from 1 on."""
    last = 0
    while row := db.execute(
        "select rowid, ids from condensed where rowid > ? order by rowid limit 1", (last,)
    ).fetchone():
        last = row[0]
        yield np.frombuffer(row[1], np.uint64)


def size(db: sqlite3.Connection) -> int:
    """Bytes of all blocks."""
    return int(db.execute("select coalesce(sum(length(facts)), 0) from block").fetchone()[0])


def bytes_a_call(path: Path) -> float:
    """Of the journal, on the whole."""
    with closing(connected(path)) as db:
        calls = int(db.execute("select coalesce(sum(calls), 0) from block").fetchone()[0])
        return size(db) / max(1, calls)


def _with_calls(db: sqlite3.Connection) -> int:
    return int(db.execute("select count(*) from block where calls > 0").fetchone()[0])


def _round(db: sqlite3.Connection, by: Condenser, name: str, done: Done, told: Callable[[int], None]) -> bool:
    """Whether anything was changed."""
    pool, last, changed, done.unreadable = _Pool(), 0, False, 0
    following = "select number, facts from block where number > ? and calls > 0 order by number limit 1"
    while row := db.execute(following, (last,)).fetchone():
        last = row[0]
        try:
            block = decoded(row[1])
            part = by.part(block)
        except UNREADABLE as wrong:
            log.warning("a block that can't be read may hold days that are no longer kept", block=last, why=str(wrong))
            done.unreadable += 1
            part = None
        if part is not None:
            pool.numbers.append(last)
            pool.parts.append(part)
            pool.rows += len(block)
            pool.repeats += len(block) - len(part.stays) - len(part.old)
        if pool.is_full:
            changed, pool = _change(db, by, name, pool) or changed, _Pool()
        told(last)
    return (_change(db, by, name, pool) if pool.numbers else False) or changed


def _change(db: sqlite3.Connection, by: Condenser, name: str, pool: _Pool) -> bool:
    old = joined([part.old for part in pool.parts])
    made = by.condense(old, f"{name}.{pool.numbers[-1]}")
    blocks = min(len(pool.numbers), -(-len(made) // LARGEST))
    holding = sum(len(part.old) > 0 for part in pool.parts)
    if not pool.repeats and len(made) == len(old) and blocks >= holding:
        return False
    bounds = np.linspace(0, len(made), blocks + 1).astype(int) if blocks else np.zeros(1, int)
    first = len(pool.numbers) - blocks
    written = []
    for place, (number, part) in enumerate(zip(pool.numbers, pool.parts, strict=True)):
        block = part.stays
        if place >= first:
            start, end = bounds[place - first], bounds[place - first + 1]
            block = joined([block, made.slice(start, end - start)]) if len(block) else made.slice(start, end - start)
        written.append((len(block), memoryview(encoded(block)) if len(block) else EMPTIED, number))
    ids = np.concatenate([part.ids for part in pool.parts])
    with db:
        db.execute("begin immediate")
        db.executemany("update block set calls = ?, facts = ? where number = ?", written)
        db.execute("insert into condensed values (?)", (ids.tobytes(),))
    return True

"""Looking at a journal for `accoil doctor`, without changing it."""

import sqlite3
from contextlib import closing
from pathlib import Path

from accoil.receive import encoding, wal
from accoil.receive.opening import TORN, log_of

MEND = "Stop the server and run `accoil mend`: it saves what can be read, and keeps the damaged files."


def examine(path: Path, in_use: bool, is_whole: bool = True) -> tuple[bool, str]:
    """Whether all is well, and a sentence. Reads every block. `is_whole`: none may be missing; a receiver forgets those
    that were taken, and its numbers begin at the time."""
    log = None if in_use else wal.read(log_of(path))
    if log and log.commits_behind > TORN:
        return False, f"{path.name}-wal is damaged; {log.commits_behind} blocks lie behind the damage. {MEND}"
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as db:
            return _examine(path, db, is_whole)
    except sqlite3.DatabaseError as wrong:
        return False, f"{path.name} is damaged ({wrong}). {MEND}"


def last_number(path: Path) -> int:
    """The number of the last block; 0 where there is none, or the file can't be read."""
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as db:
            return int(db.execute("select coalesce(max(number), 0) from block").fetchone()[0])
    except sqlite3.Error:
        return 0


def _examine(path: Path, db: sqlite3.Connection, is_whole: bool) -> tuple[bool, str]:
    answer = db.execute("pragma quick_check(1)").fetchone()[0]
    if answer != "ok":
        return False, f"{path.name} is damaged ({' '.join(answer.split())}). {MEND}"
    blocks = calls = 0
    wrong, missing = list[int](), list[int]()
    gaps = db.execute("select after, until from gap").fetchall() if _has_gaps(db) else []
    for number, held, facts in db.execute("select number, calls, facts from block order by number"):
        if is_whole:
            missing += range(blocks + len(missing) + 1, number)
        blocks, calls = blocks + 1, calls + held
        try:
            if len(encoding.checked(facts)) == len(facts):  # no checksum: an older block, or what is left of one
                encoding.decoded(facts)
        except encoding.UNREADABLE:
            wrong.append(number)
    if wrong:
        return False, f"{path.name}: {len(wrong):,} blocks are not as they were written, the first is {wrong[0]:,}."
    known = {number for after, until in gaps for number in range(after + 1, until + 1)}
    if unknown := [number for number in missing if number not in known]:
        return False, f"{path.name} has lost {len(unknown):,} blocks, the first is {unknown[0]:,}."
    if known:
        return False, (
            f"{path.name} has lost {len(known):,} blocks that the store had counted, the first is {min(known):,}. They "
            f"stay counted as long as the store is not made again: keep a backup of it."
        )
    without = (
        ", whole and without a gap" if is_whole else " that were not handed on and taken yet, as they were written"
    )
    return True, f"{path.name} holds {calls:,} calls in {blocks:,} blocks{without}."


def _has_gaps(db: sqlite3.Connection) -> bool:
    return bool(db.execute("select 1 from sqlite_master where name = 'gap'").fetchone())

"""Opening the journal's file, or saying why it is better left alone."""

import sqlite3
from pathlib import Path

from accoil.receive import wal
from accoil.refused import Refused

CREATE = """
create table if not exists block (number integer primary key, received integer not null,
                                  calls integer not null, facts blob not null);
create table if not exists gap (after integer not null, until integer not null, noticed integer not null);
create table if not exists receiver (receiver text primary key, number integer not null);
"""
DAMAGE = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
BUSY = 10  # seconds that somebody else may hold the file, such as a backup
TORN = 1  # commits that may lie behind a torn place: each is on disk before the next begins


class Broken(Refused):
    """The journal can't be opened without losing something, or at all; nothing was changed. Says what to do."""


def open_journal(path: Path) -> sqlite3.Connection:
    """To write. Raises Broken."""
    log = wal.read(log_of(path))
    if log and log.commits_behind > TORN:
        raise Broken(
            f"{path.name}-wal is damaged: opening it would drop {log.commits_behind} blocks that were acknowledged. "
            f"Nothing was changed. `accoil mend` saves what can be read, and keeps the damaged files."
        )
    try:
        return connected(path)
    except sqlite3.Error as wrong:
        if wrong.sqlite_errorcode & 0xFF in DAMAGE:
            raise Broken(
                f"{path.name} is damaged ({wrong}). Nothing was changed. `accoil mend` saves what can be read, and "
                f"keeps the damaged files."
            ) from wrong
        raise Broken(f"{path} can't be opened: {wrong}.") from wrong


def connected(path: Path) -> sqlite3.Connection:
    """Raises sqlite3.Error."""
    db = sqlite3.connect(path, check_same_thread=False, timeout=BUSY)
    # WAL with full sync: a commit returns when its bytes are on the disk, not in a cache.
    for pragma in ("journal_mode = wal", "synchronous = full", "wal_autocheckpoint = 4000"):
        db.execute(f"pragma {pragma}")
    db.executescript(CREATE)
    for probe in ("min(number) from block", "max(number) from block", "max(until) from gap"):
        db.execute(f"select {probe}").fetchone()
    return db


def log_of(path: Path) -> Path:
    return path.with_name(path.name + "-wal")

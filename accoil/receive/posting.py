"""A receiver hands its blocks on: what is on its disk is put into the mailbox, again and again until it lies there, and
forgotten once the process that counts has it. Nothing about this is remembered: the mailbox says how far both are.

A name stands for one row of numbers. It is the folder's, and numbers begin anew at no start: they go on from the time.
A journal that lost its end (a disk that lied, an old copy of a machine) takes another name, so that none of its blocks
is taken for another one."""

import secrets
import sqlite3
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Protocol

import structlog

from accoil.receive.encoding import Wrong, checked
from accoil.receive.journal import Journal
from accoil.receive.opening import connected
from accoil.receive.waiting import Held

NAME = "receiver"  # a file of the data folder
ASKS_EVERY = 1.0  # seconds, how far the mailbox and the process that counts are
RESTS = 0.05  # seconds in which more blocks come together
MOST_AT_ONCE = 8_000_000  # bytes
AGAIN_AFTER = 1.0  # seconds, when the mailbox refused
FORGOTTEN_AT_ONCE = 50  # blocks
LAST_TRY = 4.0  # seconds at the end
LEFT_LYING_AFTER = 60.0  # seconds in which none of what lies there was taken

log = structlog.get_logger()

Row = tuple[int, int, int, bytes]  # number, the number before it, calls, facts


class Mailbox(Protocol):
    def put(self, receiver: str, blocks: Sequence[Row]) -> None: ...

    def last(self, receiver: str) -> tuple[int, int, int]:
        """Numbers of the last block that was taken and of the last that lies there, 0 for none; how many lie there
        that were not taken."""

    def close(self) -> None: ...


class Posting:
    """Of one journal. `held`: who is answered when it lies there."""

    def __init__(self, journal: Journal, mailbox: Mailbox, held: Held | None = None) -> None:
        self._journal, self._mailbox, self._held = journal, mailbox, held
        self._file = journal.path.with_name(NAME)
        self.name = _name(self._file)
        self.failing: str | None = None  # why the last try was in vain
        self.posted = 0  # the number of the last block that lies there, or was taken
        self._ours = 0  # up to which number blocks under this name can be of here: what lies beyond is somebody else's
        self._asked = float("-inf")
        self._pruned = 0
        self._unreadable: set[int] = set()
        self._db: sqlite3.Connection | None = None  # the thread's
        self.waiting = 0  # blocks that are on this disk alone, as of the last look
        self.lying = 0  # blocks that lie in the mailbox and were not taken, as of the last look
        self._lies: tuple[int, float] | None = None  # the last block taken; since when others lie there after it
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="posting", daemon=True)
        journal.last = self._ours = max(journal.last, int(time.time() * 1000))

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Tries to hand on what is left; what stays is handed on after the next start."""
        self._stopping.set()
        self._wake.set()
        self._thread.join(LAST_TRY)

    def wake(self) -> None:
        """There is another block."""
        self._wake.set()

    @property
    def is_left_lying(self) -> bool:
        """Whether nobody takes what lies there."""
        lies = self._lies
        return lies is not None and time.monotonic() - lies[1] >= LEFT_LYING_AFTER

    def _run(self) -> None:
        """Goes on whatever happens, also where the journal can't be opened: calls are answered all the while."""
        is_last = False
        while not is_last:
            is_last = self._stopping.is_set()
            if not self._do() and not is_last:
                self._stopping.wait(AGAIN_AFTER)
            if not is_last:
                self._wake.wait(ASKS_EVERY)
                self._wake.clear()
                self._stopping.wait(RESTS)
        self._mailbox.close()
        self._close()

    def _do(self) -> bool:
        try:
            db = self._opened()
            while self.step(db):
                pass
        except Exception as wrong:
            self._says(f"{type(wrong).__name__}: {wrong}")
            self._asked = float("-inf")
            if isinstance(wrong, sqlite3.Error):  # else what was begun there holds up the journal's writer
                self._close()
            with suppress(sqlite3.Error):
                self.waiting = _count(self._opened(), self.posted, self._journal.last)
            return False
        self._says(None)
        self.waiting = 0
        return True

    def _opened(self) -> sqlite3.Connection:
        if self._db is None:
            self._db = connected(self._journal.path)
            self._db.execute("pragma secure_delete = on")
        return self._db

    def _close(self) -> None:
        """What was not committed is undone."""
        db, self._db = self._db, None
        if db is not None:
            with suppress(sqlite3.Error):
                db.close()

    def step(self, db: sqlite3.Connection) -> bool:
        """Hands on the next blocks; whether there may be more. Raises whatever the mailbox does."""
        if time.monotonic() - self._asked > ASKS_EVERY:
            self._ask(db)
        blocks = self._next(db)
        if blocks:
            self._ours = max(self._ours, blocks[-1][0])
            self._mailbox.put(self.name, blocks)
            self.posted = blocks[-1][0]
        if self._held:
            self._held.release(self.posted)
        return bool(blocks)

    def _ask(self, db: sqlite3.Connection) -> None:
        """How far it is: never further than the mailbox says, which may have lost what lay in it."""
        taken, there, lying = self._mailbox.last(self.name)
        if max(taken, there) > self._ours:
            log.error(
                "blocks were handed on that the journal does not know: it is an older copy, or the clock went back; it "
                "goes on under another name", was=self.name,
            )  # fmt: skip
            self.name, taken, there, lying = _name(self._file, anew=True), 0, 0, 0
        self.lying = lying
        left_out = sum(taken < each <= there for each in self._unreadable)
        if not lying:
            self._lies = None
        elif self._lies is None or self._lies[0] != taken or self.failing:
            self._lies = taken, time.monotonic()
        is_whole = lying >= _count(db, taken, there) - left_out
        self.posted = max(taken, there) if is_whole else taken
        if taken > self._pruned:
            while _forget(db, taken):
                pass
            self._pruned = taken
        self._asked = time.monotonic()

    def _next(self, db: sqlite3.Connection) -> list[Row]:
        before = db.execute("select max(number) from block where number <= ?", (self.posted,)).fetchone()[0] or 0
        found, size = list[Row](), 0
        for number, calls, facts in db.execute(
            "select number, calls, facts from block where number > ? order by number", (self.posted,)
        ):
            try:
                checked(facts)
            except Wrong as wrong:
                self._leave_out(number, wrong)
                continue
            found.append((number, before, calls, facts))
            before, size = number, size + len(facts)
            if size > MOST_AT_ONCE:
                break
        return found

    def _leave_out(self, number: int, wrong: Wrong) -> None:
        if number not in self._unreadable:
            log.error("a block of the journal can't be read; it is left out", block=number, reason=str(wrong))
        self._unreadable.add(number)

    def _says(self, failing: str | None) -> None:
        """In the log once, not at each try."""
        if failing and failing != self.failing:
            log.warning("blocks can't be handed on; they are kept until they can", reason=failing)
        elif self.failing and not failing:
            log.info("blocks are handed on again")
        self.failing = failing


def _forget(db: sqlite3.Connection, until: int) -> bool:
    """Some at a time: whoever writes waits for them, and what is overwritten stands in the file's log until then.
    Whether there were as many."""
    some = "delete from block where number in (select number from block where number <= ? order by number limit ?)"
    done = db.execute(some, (until, FORGOTTEN_AT_ONCE))
    db.commit()
    return done.rowcount == FORGOTTEN_AT_ONCE


def _count(db: sqlite3.Connection, after: int, until: int) -> int:
    found = db.execute("select count(*) from block where number > ? and number <= ?", (after, until)).fetchone()
    return int(found[0])


def _name(file: Path, anew: bool = False) -> str:
    if anew or not file.exists():
        draft = file.with_name(f"{NAME}.new")
        draft.write_text(f"{secrets.token_hex(8)}\n", encoding="ascii")
        draft.replace(file)
    return file.read_text(encoding="ascii").strip()

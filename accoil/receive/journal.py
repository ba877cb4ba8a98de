"""The journal: every accepted call, on disk before it is answered, in an SQLite file.

One writer thread gathers what waits and commits it as one block (group commit). A block is an Arrow stream of
facts-to-be, compressed; blocks are numbered without gaps and never change, unless somebody in them is deleted
(`rewriting.py`)."""

import asyncio
import sqlite3
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from contextlib import suppress
from functools import partial
from pathlib import Path
from types import MappingProxyType

import msgspec
import pyarrow as pa
import structlog

from accoil.receive.bounds import bytes_waiting
from accoil.receive.calls import Call
from accoil.receive.columns import Request, table
from accoil.receive.encoding import decoded, encoded
from accoil.receive.opening import connected, open_journal
from accoil.receive.tracks import Sent
from accoil.receive.waiting import Held, Load, Settle, Waiting, answer, answer_all, settle_future

MOST_CALLS_WAITING = 400_000  # some 100 MB of calls; more is shed
MOST_BYTES_WAITING = bytes_waiting()  # of plain bodies
# Seconds in which more requests come together while many come: fewer blocks cost less, also of each other's turns.
GATHERING = 0.001
LARGEST_BLOCK = 50_000  # calls
LONGEST_STOP = 10.0  # seconds
NOTHING_TAKEN: Mapping[str, int] = MappingProxyType({})
LONGEST_WAIT = 8.0  # seconds for a block to be written; the least patient clients give up after as many

log = structlog.get_logger()


class Overloaded(Exception):
    """More is waiting for the disk than memory should hold: answer 503."""


class Unwritable(Exception):
    """The disk refused the block (full, gone, read-only): nothing of it was accepted, answer 503."""


class Gap(msgspec.Struct, frozen=True):
    """Blocks that were in the store already when the journal turned out to have lost them: after .. until."""

    after: int
    until: int


class Handed(msgspec.Struct):
    """A block that was made elsewhere, encoded already, and who waits for its number."""

    facts: pa.Table
    encoded: pa.Buffer
    done: Future[int]
    taken: Mapping[str, int]


class Block(msgspec.Struct):
    number: int
    facts: pa.Table


class Journal:
    """`tell` is called by the writer thread with each block that is safe on disk; where they are `held`, calls are
    answered only when somebody else has them as well."""

    def __init__(
        self, path: Path, tell: Callable[[Block], None] = lambda block: None, held: Held | None = None
    ) -> None:
        self.path = path
        self.tell = tell
        self._held = held
        self._waiting: deque[Waiting] = deque()
        self._taken: list[Waiting] = []  # of the block that is being written
        # Counted by one thread each: what was asked for by the event loop, what was begun by the writer.
        self._asked, self._begun = Load(), Load()
        self._stalled = False
        self._writing_since: float | None = None
        self.failing: str | None = None  # why the last block could not be written
        self._handed: deque[Handed] = deque()
        self._wake = threading.Event()
        self._stopping = False
        self._thread: threading.Thread | None = None
        self.db = open_journal(path)
        self.gaps = [Gap(*row) for row in self.db.execute("select after, until from gap order by after")]
        last: int = self.db.execute("select coalesce(max(number), 0) from block").fetchone()[0]
        self.last = max(last, *(gap.until for gap in self.gaps), 0)
        # Receiver → number of its last block that is in here.
        self.taken: dict[str, int] = dict(self.db.execute("select receiver, number from receiver"))

    @property
    def calls_waiting(self) -> int:
        return self._asked.calls - self._begun.calls

    @property
    def wrong(self) -> str | None:
        """Why calls are refused just now, as a sentence."""
        if self._stalled:
            return "The disk does not answer; events are refused until it does."
        return "Events can't be written to disk; they are refused until they can." if self.failing else None

    def start(self) -> None:
        self._thread = threading.Thread(target=self._write, name="journal", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Writes what waits, then closes; leaves it where the disk does not answer."""
        self._stopping = True
        self._wake.set()
        if self._thread:
            self._thread.join(LONGEST_STOP)
            if self._thread.is_alive():
                log.error("the disk does not answer: ending without what waits for it")
                return
        self.db.close()

    async def append(self, request: Request | Sent, size: int = 0) -> None:
        """Returns when the calls are on disk; `size` is that of their plain body. Raises Overloaded or Unwritable."""
        loop = asyncio.get_running_loop()
        done: asyncio.Future[None] = loop.create_future()
        self.push(request, loop, partial(settle_future, done), size)
        await done

    def push(self, request: Request | Sent, loop: asyncio.AbstractEventLoop, settle: Settle, size: int = 0) -> None:
        """`settle` is called in the loop, once. Raises Overloaded."""
        asked, begun, held = self._asked, self._begun, self._held
        calls = asked.calls - begun.calls + (held.calls if held else 0)
        if calls > MOST_CALLS_WAITING or asked.bytes - begun.bytes + (held.bytes if held else 0) > MOST_BYTES_WAITING:
            raise Overloaded
        if self._stalled or self._stopping:
            raise Overloaded
        asked.calls += len(request.calls)
        asked.bytes += size
        self._waiting.append(Waiting(request, size, loop, settle))
        if not self._wake.is_set():
            self._wake.set()

    def shed_if_stalled(self) -> None:
        """To be called about once a second, in the event loop: nobody waits for a disk that does not answer. What was
        asked for may still be written; whoever sends it again has it counted once."""
        if self._held:
            self._held.shed(LONGEST_WAIT, Overloaded())
        since = self._writing_since
        if since is None or time.monotonic() - since < LONGEST_WAIT:
            return
        if not self._stalled:
            log.error("the disk does not answer; calls are refused until it does", seconds=LONGEST_WAIT)
            self._stalled = True
        self.shed()

    def shed(self) -> None:
        """Whoever waits is told to send it again; in the event loop."""
        loop = asyncio.get_running_loop()
        answer_all([each for each in [*self._taken, *self._waiting] if each.loop is loop], Overloaded())
        if self._held:
            self._held.shed(0, Overloaded())

    def go_on_after(self, number: int) -> dict[str, int]:
        """The store has counted blocks that are lost here: their numbers are not used again. Which they are."""
        gap = Gap(self.last, number)
        self.db.execute("insert into gap values (?, ?, ?)", (gap.after, gap.until, int(time.time() * 1000)))
        self.db.commit()
        self.gaps.append(gap)
        self.last = number
        return {"first": gap.after + 1, "last": number}

    def write(self, product: int, received: int, calls: list[Call]) -> None:
        """The same for a caller without an event loop (tests): one block, now. Not while `start`ed."""
        self._commit(table([Request(product, received, calls)]))

    def put(self, facts: pa.Table, taken: Mapping[str, int] | None = None) -> int:
        """Facts made elsewhere (an import) as a block of their own, from any thread; calls that wait go first. Its
        number, once it is on disk; with it the numbers of the last blocks of receivers that are in it. Raises
        Unwritable, and Overloaded when the journal is being closed."""
        handed = Handed(facts, encoded(facts), Future(), taken or {})
        if self._stopping or not (self._thread and self._thread.is_alive()):
            raise Overloaded
        self._handed.append(handed)
        self._wake.set()
        return handed.done.result()

    def blocks(self, after: int) -> Iterator[Block]:
        """Blocks with a number above `after`, in order, from disk."""
        reader = connected(self.path)
        try:
            for number, facts in reader.execute(
                "select number, facts from block where number > ? order by number", (after,)
            ):
                yield Block(number, decoded(facts))
        finally:
            reader.close()

    def _write(self) -> None:
        busy = False
        while not (self._stopping and not self._waiting and not self._handed):
            self._wake.wait(1)
            self._wake.clear()
            while self._waiting or self._handed:
                if busy:
                    time.sleep(GATHERING)
                if taken := self._take():
                    busy = len(taken) > 1
                    self._settle(taken)
                if self._handed:
                    self._settle_handed(self._handed.popleft())

    def _take(self) -> list[Waiting]:
        taken: list[Waiting] = []
        calls = 0
        while self._waiting and calls < LARGEST_BLOCK:
            waiting = self._waiting.popleft()
            calls += len(waiting.request.calls)
            self._begun.bytes += waiting.size
            taken.append(waiting)
        self._begun.calls += calls
        return taken

    def _settle(self, taken: list[Waiting]) -> None:
        failure: Exception | None = None
        block = None
        self._taken = taken
        try:
            block = self._commit(table([each.request for each in taken]))
        except Unwritable as wrong:
            failure = wrong
        except Exception as wrong:  # a call that no column takes: find it, so that it costs nobody else
            if len(taken) > 1:
                for each in taken:
                    self._settle([each])
                return
            failure = wrong
        self._taken = []
        if block and self._held:
            self._held.hold(block.number, taken)
        else:
            answer(taken, failure)
        if block:
            self.tell(block)

    def _settle_handed(self, handed: Handed) -> None:
        try:
            block = self._commit(handed.facts, handed.encoded, handed.taken)
        except Unwritable as wrong:
            handed.done.set_exception(wrong)
            return
        handed.done.set_result(block.number)
        self.tell(block)

    def _commit(
        self, facts: pa.Table, handed: pa.Buffer | None = None, taken: Mapping[str, int] = NOTHING_TAKEN
    ) -> Block:
        """Raises Unwritable."""
        bytes_of = handed or encoded(facts)
        number = self.last + 1
        self._writing_since = time.monotonic()
        try:
            self.db.execute(
                "insert into block values (?, ?, ?, ?)",
                (number, int(time.time() * 1000), len(facts), memoryview(bytes_of)),
            )
            self.db.executemany("insert or replace into receiver values (?, ?)", taken.items())
            self.db.commit()
        except (sqlite3.Error, OSError) as wrong:
            self._fails(str(wrong))
            raise Unwritable(str(wrong)) from wrong
        except BaseException:
            self.db.rollback()
            raise
        finally:
            self._writing_since = None
            self._stalled = False
        if self.failing:
            log.info("the journal can be written again", was=self.failing)
            self.failing = None
        self.last = number
        self.taken |= taken
        return Block(number, facts)

    def _fails(self, reason: str) -> None:
        with suppress(sqlite3.Error):  # of a disk that is gone altogether
            self.db.rollback()
        if reason != self.failing:  # once, and not for each of a thousand calls a second
            log.error("the journal can't be written; calls are refused until it can", reason=reason)
        self.failing = reason

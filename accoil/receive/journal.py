"""The journal: every accepted call, on disk before it is answered, in an SQLite file.

One writer thread gathers what waits and commits it as one block (group commit). A block is an Arrow stream of
facts-to-be, compressed; blocks are numbered without gaps and never change."""

import asyncio
import sqlite3
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from functools import partial
from pathlib import Path

import msgspec
import numpy as np
import pyarrow as pa

from accoil.receive import tracks
from accoil.receive.calls import Call
from accoil.receive.tracks import Sent

SCHEMA = pa.schema(
    {
        "product": pa.int32(),
        "kind": pa.int8(),
        "message": pa.string(),
        "sent_at": pa.int64(),  # ms, the message time
        "received": pa.int64(),  # ms
        "user": pa.string(),
        "anonymous": pa.string(),
        "account": pa.string(),
        "event": pa.string(),
        "traits": pa.map_(pa.string(), pa.string()),  # key → value as JSON text
        "source": pa.int32(),  # the ingest key's id; 0: an import, or a block older than this column
    }
)
# The stream is compressed as a whole: Arrow's own compression, column by column, costs a small block ten times as much.
COMPRESSION = pa.Codec("zstd", compression_level=1)
MOST_CALLS_WAITING = 400_000  # some 100 MB of calls; more is shed
# Seconds in which more requests come together while many come: fewer blocks cost less, also of each other's turns.
GATHERING = 0.001
LARGEST_BLOCK = 50_000  # calls

CREATE = """
create table if not exists block (number integer primary key, received integer not null,
                                  calls integer not null, facts blob not null);
"""


class Overloaded(Exception):
    """More is waiting for the disk than memory should hold: answer 503."""


class Unwritable(Exception):
    """The disk refused the block (full, gone, read-only): nothing of it was accepted, answer 503."""


class Request(msgspec.Struct, frozen=True):
    """The calls of one request that are to be kept."""

    product: int
    received: int  # ms
    calls: list[Call]
    source: int = 0  # the ingest key's id


Settle = Callable[[Exception | None], None]  # called once: with None when it is on disk, else with what went wrong


class Waiting(msgspec.Struct):
    """A request on its way to the disk, and who waits for it."""

    request: Request | Sent
    loop: asyncio.AbstractEventLoop
    settle: Settle


class Handed(msgspec.Struct):
    """A block that was made elsewhere, encoded already, and who waits for its number."""

    facts: pa.Table
    encoded: pa.Buffer
    done: Future[int]


class Block(msgspec.Struct):
    number: int
    facts: pa.Table


class Journal:
    """`tell` is called by the writer thread with each block that is safe on disk."""

    def __init__(self, path: Path, tell: Callable[[Block], None] = lambda block: None) -> None:
        self.path = path
        self.tell = tell
        self._waiting: deque[Waiting] = deque()
        self._calls_waiting = 0
        self._handed: deque[Handed] = deque()
        self._wake = threading.Event()
        self._stopping = False
        self._thread: threading.Thread | None = None
        self.db = _open(path)
        self.last: int = self.db.execute("select coalesce(max(number), 0) from block").fetchone()[0]

    def start(self) -> None:
        self._thread = threading.Thread(target=self._write, name="journal", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Writes what waits, then closes."""
        self._stopping = True
        self._wake.set()
        if self._thread:
            self._thread.join()
        self.db.close()

    async def append(self, request: Request | Sent) -> None:
        """Returns when the calls are on disk. Raises Overloaded or Unwritable."""
        loop = asyncio.get_running_loop()
        done: asyncio.Future[None] = loop.create_future()
        self.push(request, loop, partial(_settle, done))
        await done

    def push(self, request: Request | Sent, loop: asyncio.AbstractEventLoop, settle: Settle) -> None:
        """`settle` is called in the loop, once. Raises Overloaded."""
        if self._calls_waiting > MOST_CALLS_WAITING or self._stopping:
            raise Overloaded
        self._calls_waiting += len(request.calls)  # no call in between: the writer subtracts in another thread
        self._waiting.append(Waiting(request, loop, settle))
        if not self._wake.is_set():
            self._wake.set()

    def write(self, product: int, received: int, calls: list[Call]) -> None:
        """The same for a caller without an event loop (tests): one block, now. Not while `start`ed."""
        self._commit(table([Request(product, received, calls)]))

    def put(self, facts: pa.Table) -> int:
        """Facts made elsewhere (an import) as a block of their own, from any thread; calls that wait go first. Its
        number, once it is on disk. Raises Unwritable, and Overloaded when the journal is being closed."""
        handed = Handed(facts, _encoded(facts), Future())
        if self._stopping or not (self._thread and self._thread.is_alive()):
            raise Overloaded
        self._handed.append(handed)
        self._wake.set()
        return handed.done.result()

    def blocks(self, after: int) -> Iterator[Block]:
        """Blocks with a number above `after`, in order, from disk."""
        reader = _open(self.path)
        try:
            for number, facts in reader.execute(
                "select number, facts from block where number > ? order by number", (after,)
            ):
                yield Block(number, _decoded(facts))
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
            taken.append(waiting)
        self._calls_waiting -= calls
        return taken

    def _settle(self, taken: list[Waiting]) -> None:
        failure: Exception | None = None
        block = None
        try:
            block = self._commit(table([each.request for each in taken]))
        except (sqlite3.Error, OSError) as wrong:
            failure = Unwritable(str(wrong))
        except Exception as wrong:  # a call that no column takes: find it, so that it costs nobody else
            if len(taken) > 1:
                for each in taken:
                    self._settle([each])
                return
            failure = wrong
        by_loop: dict[asyncio.AbstractEventLoop, list[Settle]] = {}
        for each in taken:
            by_loop.setdefault(each.loop, []).append(each.settle)
        for loop, settles in by_loop.items():
            if not loop.is_closed():
                loop.call_soon_threadsafe(_answer, settles, failure)
        if block:
            self.tell(block)

    def _settle_handed(self, handed: Handed) -> None:
        try:
            block = self._commit(handed.facts, handed.encoded)
        except (sqlite3.Error, OSError) as wrong:
            handed.done.set_exception(Unwritable(str(wrong)))
            return
        handed.done.set_result(block.number)
        self.tell(block)

    def _commit(self, facts: pa.Table, encoded: pa.Buffer | None = None) -> Block:
        encoded = encoded or _encoded(facts)
        number = self.last + 1
        try:
            self.db.execute(
                "insert into block values (?, ?, ?, ?)",
                (number, int(time.time() * 1000), len(facts), memoryview(encoded)),
            )
            self.db.commit()
        except BaseException:
            self.db.rollback()
            raise
        self.last = number
        return Block(number, facts)


def table(requests: Sequence[Request | Sent]) -> pa.Table:
    """Columns of facts-to-be: first of the requests that came the short way, then of the others."""
    short = [each for each in requests if isinstance(each, Sent)]
    long = [each for each in requests if isinstance(each, Request)]
    parts = [_table(long, _columns(long))] if long or not short else []
    if short:
        parts.insert(0, _table(short, tracks.columns(short)))
    return pa.concat_tables(parts) if len(parts) > 1 else parts[0]


def _table(requests: Sequence[Request | Sent], columns: dict[str, pa.Array]) -> pa.Table:
    sizes = [len(each.calls) for each in requests]
    for name, type in (("product", np.int32), ("received", np.int64), ("source", np.int32)):
        of_requests = np.array([getattr(each, name) for each in requests], type)
        columns[name] = pa.array(np.repeat(of_requests, sizes))
    calls = sum(sizes)
    return pa.table(
        [columns[field.name] if field.name in columns else pa.nulls(calls, field.type) for field in SCHEMA],
        schema=SCHEMA,
    )


def _columns(requests: list[Request]) -> dict[str, pa.Array]:
    calls = [call for each in requests for call in each.calls]
    return {
        "kind": pa.array([call.kind for call in calls], pa.int8()),
        "message": pa.array([call.messageId for call in calls], pa.string()),
        "sent_at": pa.array([call.at for call in calls], pa.int64()),
        "user": pa.array([call.userId for call in calls], pa.string()),
        "anonymous": pa.array([call.anonymousId for call in calls], pa.string()),
        "account": pa.array([call.groupId for call in calls], pa.string()),
        "event": pa.array([call.event for call in calls], pa.string()),
        "traits": pa.array([call.pairs for call in calls], pa.map_(pa.string(), pa.string())),
    }


def _encoded(facts: pa.Table) -> pa.Buffer:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, SCHEMA) as stream:
        stream.write_table(facts)
    return COMPRESSION.compress(sink.getvalue())


def _decoded(block: bytes) -> pa.Table:
    with pa.CompressedInputStream(pa.BufferReader(block), COMPRESSION.name) as plain:
        facts = pa.ipc.open_stream(plain.read()).read_all()
    for place in range(facts.num_columns, len(SCHEMA)):  # the block is older than the columns at the end
        facts = facts.append_column(SCHEMA.field(place), pa.array(np.zeros(len(facts), np.int32)))
    return facts


def _open(path: Path) -> sqlite3.Connection:
    db = sqlite3.connect(path, check_same_thread=False, timeout=30)
    # WAL with full sync: a commit returns when its bytes are on the disk, not in a cache.
    for pragma in ("journal_mode = wal", "synchronous = full", "wal_autocheckpoint = 4000"):
        db.execute(f"pragma {pragma}")
    db.executescript(CREATE)
    return db


def _answer(settles: list[Settle], failure: Exception | None) -> None:
    for settle in settles:
        settle(failure)


def _settle(done: asyncio.Future[None], failure: Exception | None) -> None:
    if done.done():
        return  # the client went away
    if failure:
        done.set_exception(failure)
    else:
        done.set_result(None)

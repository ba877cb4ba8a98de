"""The loader: journal blocks into facts, in order, each exactly once.

A load is one transaction that also writes the number of its last block, so whichever side dies, the next load goes on
where the last one ended."""

import threading
import time
from collections import defaultdict, deque
from collections.abc import Callable, Mapping

import numpy as np
import pyarrow as pa
import structlog

from accoil.count import adoption, days
from accoil.count.arrived import Arrived, by_product
from accoil.count.facts import Facts
from accoil.count.seen import Seen
from accoil.count.telling import ASK, tell
from accoil.receive.journal import Block, Journal
from accoil.store.questions import beside
from accoil.store.store import Store

MERGE = beside(__file__, "compact")

MOST_AT_ONCE = 200_000  # messages in one load
MOST_IN_MEMORY = 400_000  # messages waiting; beyond that the loader reads them back from the journal
MERGE_AFTER = 300_000  # rows appended to a table, and a quarter of its size
LONGEST_REST = 0.3  # seconds between loads
MANY_BLOCKS = 1_000  # behind: no time to rest
RESTS = 8  # times as long as the last load took
RETRY_AFTER = 2.0  # seconds, when the store refused a load

log = structlog.get_logger()


class Loader:
    def __init__(self, facts: Facts, journal: Journal, zones: Callable[[], Mapping[int, str]]) -> None:
        self.facts = facts
        self.journal = journal
        self.zones = zones
        self.loaded = 0  # the number of the last block
        self.duplicates: dict[int, int] = defaultdict(int)  # since start, by product
        self._queue: deque[Block] = deque()
        self._queued = 0
        self._wake = threading.Event()
        self._moved = threading.Condition()
        self._stopping = False
        self._thread: threading.Thread | None = None
        self.seen: dict[int, Seen] = defaultdict(Seen)
        self.named: dict[int, Seen] = defaultdict(Seen)  # ids of users, accounts and events since start
        self._last_day: dict[int, int] = defaultdict(int)  # of anything received since start
        self._appended: dict[str, int] = defaultdict(int)
        self._linked: set[int] = set()  # products with linked or waiting ids
        self._read_back()

    @property
    def store(self) -> Store:
        return self.facts.store

    def start(self) -> None:
        self._thread = threading.Thread(target=self._run, name="loader", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._stopping = True
        self._wake.set()
        if self._thread:
            self._thread.join()

    def hear(self, block: Block) -> None:
        """A block is on disk (called by the journal's writer)."""
        messages = len(block.facts)
        if self._queued < MOST_IN_MEMORY:
            self._queued += messages  # nothing is called in between: the loader subtracts in another thread
            self._queue.append(block)
        self._wake.set()

    def wait_for(self, block: int, timeout: float) -> bool:
        """Whether everything up to this block was counted within `timeout` seconds."""
        with self._moved:
            return self._moved.wait_for(lambda: self.loaded >= block, timeout)

    def catch_up(self) -> None:
        """Loads all that the journal has, in the caller's thread."""
        while self.step():
            pass

    def step(self) -> bool:
        """Loads the next blocks; whether there were any."""
        if blocks := self._next():
            self.load(blocks)
        return bool(blocks)

    def _run(self) -> None:
        while not self._stopping:
            self._wake.wait(1)
            self._wake.clear()
            try:
                began, before = time.monotonic(), self.loaded
                if self.step():
                    self._wake.set()  # there may be more
                    if self.journal.last - before < MANY_BLOCKS:
                        self._rest(time.monotonic() - began)
            except Exception:
                log.exception("a load failed; it will be tried again", after_block=self.loaded)
                time.sleep(RETRY_AFTER)

    def _rest(self, took: float) -> None:
        """Lets more come together: a load costs some 15 ms however little it brings, and four times as much a message
        when it brings two thousand as when it brings twenty."""
        until = time.monotonic() + min(LONGEST_REST, RESTS * took)
        while not self._stopping and (left := until - time.monotonic()) > 0:
            time.sleep(min(left, 0.05))

    def _next(self) -> list[Block]:
        blocks: list[Block] = []
        messages = 0
        for block in self._queued_blocks() if self._queue_follows() else self.journal.blocks(self.loaded):
            blocks.append(block)
            messages += len(block.facts)
            if messages >= MOST_AT_ONCE:
                break
        return blocks

    def _queue_follows(self) -> bool:
        """Whether the queue goes on where the last load ended; it has a gap when blocks were left on disk."""
        while self._queue and self._queue[0].number <= self.loaded:
            messages = len(self._queue.popleft().facts)
            self._queued -= messages
        return bool(self._queue) and self._queue[0].number == self.loaded + 1

    def _queued_blocks(self) -> list[Block]:
        follow = self.loaded + 1
        blocks = []
        for block in list(self._queue):
            if block.number != follow:
                break
            blocks.append(block)
            follow += 1
        return blocks

    def load(self, blocks: list[Block]) -> None:
        """Counts these blocks, which follow the last one loaded."""
        facts = pa.concat_tables([block.facts for block in blocks])
        arrived = by_product(facts, self.seen, self._zones_of(facts))
        told = None
        with self.store.loading() as loading:
            if any(len(each.messages) for each in arrived.values()):
                told = tell(loading, list(arrived.values()), self._linked)
            loading.tell(ASK["loaded"], block=blocks[-1].number)
        for product, each in arrived.items():
            self.seen[product].add(each.hashes)
            self.duplicates[product] += each.duplicates
            if told and len(each.messages):
                self._tell_who_asks(product, each, told.moved.get(product))
        if told:
            self._linked |= told.linked
            for name, rows in told.appended.items():
                self._appended[name] += rows
        with self._moved:
            self.loaded = blocks[-1].number
            self._moved.notify_all()
        self._merge_what_grew()

    def _tell_who_asks(self, product: int, arrived: Arrived, moved_from: int | None) -> None:
        named = arrived.names["id"].to_numpy().astype(np.uint64)
        new = named[self.named[product].first_times(named)]
        self.named[product].add(new)
        first_day, last_day = (
            int(days_told.as_py()) for days_told in pa.compute.min_max(arrived.messages["day"]).values()
        )
        # An earlier day than the last may be somebody's first.
        late = first_day < self._last_day[product]
        self._last_day[product] = max(self._last_day[product], last_day)
        people_changed = late or len(new) > 0 or len(arrived.traits) > 0 or moved_from is not None
        # Events counted before may count for another account now, or for another user.
        first_day = first_day if moved_from is None else min(first_day, moved_from)
        self.facts.moved(product, first_day, people_changed)

    def _merge_what_grew(self) -> None:
        grown = [name for name, rows in self._appended.items() if rows > MERGE_AFTER]
        if not grown:
            return
        sizes = self.store.rows(MERGE["size"])[0]
        for name in grown:
            if self._appended[name] > sizes[name] / 4:
                self.merge(name)

    def merge(self, name: str) -> None:
        """Makes one row of rows that say the same thing (merge rules: schema)."""
        with self.store.loading() as loading:
            loading.tell(MERGE[name])
            loading.tell(f"drop table {name}")
            loading.tell(f"alter table merged rename to {name}")
        self._appended[name] = 0

    def _zones_of(self, facts: pa.Table) -> Mapping[int, str]:
        """Each product's zone. A new product's is written down, since its days are counted in it from now on: UTC
        where nobody has told it yet, so that it is seen to have changed when somebody does."""
        known = self.facts.zones
        told = self.zones()
        for product in pa.compute.unique(facts["product"]).to_pylist():
            if product not in known:
                zone = told.get(product, "UTC")
                with self.store.loading() as loading:
                    loading.tell(ASK["zone"], product=product, zone=zone)
                known[product] = zone
        return known

    def _read_back(self) -> None:
        """What a restart must know again: the last block, and every message seen."""
        self.loaded = int(self.store.rows(ASK["last_loaded"])[0]["block"])
        self.facts.zones.update({row["product"]: row["zone"] for row in self.store.rows(ASK["zones"])})
        self._linked = adoption.products(self.store)
        seen = self.store.ask(ASK["seen"])
        products, hashes = seen["product"].to_numpy(), seen["message_id"].to_numpy()
        for product in np.unique(products):
            self.seen[int(product)] = Seen(hashes[products == product])


def checksums(store: Store) -> list[dict[str, object]]:
    """product, day, messages, checksum: equal for two stores that hold the same counts."""
    return [{**row, "day": days.day(row["day"])} for row in store.rows(ASK["checksums"])]

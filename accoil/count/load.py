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

from accoil.count import days
from accoil.count.arrived import Arrived, by_product
from accoil.count.facts import Facts
from accoil.count.seen import Seen
from accoil.receive.journal import Block, Journal
from accoil.store.questions import beside
from accoil.store.store import Loading, Store

ASK = beside(__file__, "load")
MERGE = beside(__file__, "compact")

MOST_AT_ONCE = 200_000  # messages in one load
MOST_IN_MEMORY = 400_000  # messages waiting; beyond that the loader reads them back from the journal
MERGE_AFTER = 300_000  # rows appended to a table, and a quarter of its size
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
        self._appended: dict[str, int] = defaultdict(int)
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
        if self._queued < MOST_IN_MEMORY:
            self._queued += len(block.facts)
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
                self.catch_up()
            except Exception:
                log.exception("a load failed; it will be tried again", after_block=self.loaded)
                time.sleep(RETRY_AFTER)

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
            self._queued -= len(self._queue.popleft().facts)
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
        arrived = by_product(pa.concat_tables([block.facts for block in blocks]), self.seen, self._known_zones())
        with self.store.loading() as loading:
            if any(len(each.messages) for each in arrived.values()):
                self._tell(loading, arrived)
            loading.tell(ASK["loaded"], block=blocks[-1].number)
        for product, each in arrived.items():
            self.seen[product].add(each.hashes)
            self.duplicates[product] += each.duplicates
            if len(each.messages):
                self.facts.moved(product, int(pa.compute.min(each.messages["day"]).as_py()))
        with self._moved:
            self.loaded = blocks[-1].number
            self._moved.notify_all()
        self._merge_what_grew()

    def _tell(self, loading: Loading, arrived: dict[int, Arrived]) -> None:
        parts = list(arrived.values())
        loading.hand_in("fresh", pa.concat_tables([each.messages for each in parts]))
        loading.hand_in("fresh_name", pa.concat_tables([each.names for each in parts]))
        traits = pa.concat_tables([each.traits for each in parts])
        self._tell_all(loading, "names", "messages")
        if len(traits):
            loading.hand_in("fresh_trait", traits)
            self._tell_all(loading, "traits")
        if any(pa.compute.any(pa.compute.greater(each.messages["kind"], 1)).as_py() for each in parts):
            self._move_members(loading)
        self._tell_all(loading, "fresh_counts", "counts", "ever")
        rows = sum(len(each.messages) for each in parts)
        for name, appended in (("name", rows), ("trait", len(traits)), ("ever", rows), ("counts", rows)):
            self._appended[name] += appended

    def _move_members(self, loading: Loading) -> None:
        """Memberships, and with them the account that earlier events of these users count for."""
        self._tell_all(
            loading, "memberships", "touched", "fresh_spans", "changed", "forget_spans", "spans", "counted_before"
        )
        if loading.ask(ASK["how_many_counted"])["n"][0].as_py():
            self._tell_all(loading, "attribute_again", "forget_ever", "ever_again")

    def _tell_all(self, loading: Loading, *names: str) -> None:
        for name in names:
            loading.tell(ASK[name])

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

    def _known_zones(self) -> Mapping[int, str]:
        """Each product's zone; a new product's is written down, since its days are counted in it from now on."""
        known = self.facts.zones
        for product, zone in self.zones().items():
            if product not in known:
                with self.store.loading() as loading:
                    loading.tell(ASK["zone"], product=product, zone=zone)
                known[product] = zone
        return known

    def _read_back(self) -> None:
        """What a restart must know again: the last block, and every message seen."""
        self.loaded = int(self.store.rows(ASK["last_loaded"])[0]["block"])
        self.facts.zones.update({row["product"]: row["zone"] for row in self.store.rows(ASK["zones"])})
        seen = self.store.ask(ASK["seen"])
        products, hashes = seen["product"].to_numpy(), seen["message_id"].to_numpy()
        for product in np.unique(products):
            self.seen[int(product)] = Seen(hashes[products == product])


def checksums(store: Store) -> list[dict[str, object]]:
    """product, day, messages, checksum: equal for two stores that hold the same counts."""
    return [{**row, "day": days.day(row["day"])} for row in store.rows(ASK["checksums"])]

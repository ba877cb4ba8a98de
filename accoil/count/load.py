"""The loader: journal blocks into facts, in order, each exactly once.

A load is one transaction that also writes the number of its last block, so whichever side dies, the next load goes on
where the last one ended."""

import threading
import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from contextlib import suppress

import pyarrow.compute as pc
import structlog

from accoil.count import adoption, days, late
from accoil.count.arrived import Arrived, by_product
from accoil.count.blocks import STRANGE, Blocks, halves, is_damage
from accoil.count.facts import Facts
from accoil.count.hashes import Hashes
from accoil.count.merging import Merging
from accoil.count.sealing import Sealing, first_open_day
from accoil.count.seen import Seen
from accoil.count.telling import ASK, Told, tell
from accoil.receive.encoding import joined
from accoil.receive.journal import Block, Journal
from accoil.receive.suppressed import Suppressed
from accoil.store.store import Damaged, NoRoom, Store

LONGEST_REST = 0.3  # seconds between loads
RESTS = 20  # times as long as the last load took
RETRY_AFTER = 2.0  # seconds, when the store refused a load
TRIES = 15  # for a single call that needs more memory than there is

log = structlog.get_logger()


class Loader:
    """`damaged` is told once, by the loader's thread, when the store turns out to be; it loads no more then."""

    def __init__(
        self,
        facts: Facts,
        journal: Journal,
        zones: Callable[[], Mapping[int, str]],
        damaged: Callable[[], None] = lambda: None,
        frozen: Callable[[], late.Frozen] = dict,
        deleted: Callable[[], Mapping[int, Suppressed]] = dict,
    ) -> None:
        self.facts = facts
        self.journal = journal
        self.zones = zones
        self.frozen = frozen
        self.deleted = deleted
        self.loaded = 0  # the number of the last block
        self.failing: str | None = None  # why the last load was not done
        self.duplicates: dict[int, int] = defaultdict(int)  # since start, by product
        self._tell_damaged = damaged
        self._loading = threading.Lock()
        self._blocks = Blocks(journal)
        self._wake = threading.Event()
        self._moved = threading.Condition()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self.seen: dict[int, Seen] = defaultdict(Seen)
        self._last_day: dict[int, int] = defaultdict(int)  # of anything received since start, or told of people before
        self._linked: set[int] = set()  # products with linked or waiting ids
        self._read_back()

    @property
    def store(self) -> Store:
        return self.facts.store

    @property
    def in_memory(self) -> int:
        """How many message ids are held in memory."""
        return sum(map(len, self.seen.values()))

    def start(self) -> None:
        """Also again, after a stop."""
        self._stopping.clear()
        self._thread = threading.Thread(target=self._run, name="loader", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._wake.set()
        if self._thread:
            self._thread.join()

    def hear(self, block: Block) -> None:
        """A block is on disk (called by the journal's writer)."""
        self._blocks.hear(block)
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
        blocks, wrong = self._blocks.after(self.loaded)
        if blocks:
            self.load(blocks)
        if wrong and self.loaded >= self.journal.last:
            raise wrong  # it is not a block that is damaged
        if wrong:
            self._put_aside(self._next_number(), wrong)
        return bool(blocks or wrong)

    def _next_number(self) -> int:
        """Of the block after the last one loaded: the journal may have lost some in between."""
        gaps = (gap.until for gap in self.journal.gaps if gap.after == self.loaded)
        return next(gaps, self.loaded) + 1

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._wake.wait(1)
            self._wake.clear()
            try:
                began = time.monotonic()
                if loaded := self.step():
                    self._wake.set()  # there may be more
                took = time.monotonic() - began
                self.merging.when_due()
                if self.store.damaged:  # also when it was a page that found out
                    raise Damaged(self.store.damaged)
                self._says(None)
                if loaded:
                    self._rest(took)
            except Damaged as damage:
                log.error("the store is damaged; it will be made good", reason=str(damage), after_block=self.loaded)
                self._tell_damaged()
                return
            except Exception as wrong:
                self._says(f"{type(wrong).__name__}: {wrong}")
                self._stopping.wait(RETRY_AFTER)

    def _says(self, failing: str | None) -> None:
        """In the log once, not at each try."""
        if failing and failing != self.failing:
            log.exception("a load failed; it will be tried again", after_block=self.loaded)
        elif self.failing and not failing:
            log.info("loads work again", after_block=self.loaded)
        self.failing = failing

    def _rest(self, took: float) -> None:
        """Lets more come together: a load costs some 15 ms however little it brings, and four times as much a message
        when it brings two thousand as when it brings twenty. When a whole load waits already there is none."""
        until = time.monotonic() + min(LONGEST_REST, RESTS * took)
        while (left := until - time.monotonic()) > 0 and not self._blocks.are_many(self.loaded):
            if self._stopping.wait(min(left, 0.02)):
                break

    def load(self, blocks: list[Block]) -> None:
        """Counts these blocks, which follow the last one loaded."""
        with self._loading:
            self._load_in_pieces(blocks)
        self.merging.when_grown(more_waits=self._blocks.are_many(self.loaded))

    def _load_in_pieces(self, blocks: list[Block]) -> None:
        """As few as the load needs: whoever sends much at once keeps nobody from being counted."""
        try:
            self._load(blocks)
        except (NoRoom, MemoryError) as wrong:
            with suppress(NoRoom):
                self.store.save()  # what waits for that takes room
            log.warning("a load needs more memory than there is; it is done in pieces", after_block=self.loaded)
            if not (pieces := halves(blocks, self.loaded)):
                return self._try_on(blocks[0], wrong)
            for piece in pieces:
                self._load_in_pieces(piece)

    def _try_on(self, call: Block, why: Exception) -> None:
        """Others may give back what they hold. A call that finds no room must not keep those after it from counting."""
        self.failing = f"{type(why).__name__}: {why}"
        for _ in range(TRIES):
            if self._stopping.wait(RETRY_AFTER):
                raise why
            with suppress(NoRoom, MemoryError):
                return self._load([call])
        self._put_aside(self._next_number(), why, call.number)

    def _load(self, blocks: list[Block]) -> None:
        try:
            facts = joined([block.facts for block in blocks])
            products = [int(product) for product in pc.unique(facts["product"]).to_pylist()]
            zones = self._zones_of(products)
            arrived = by_product(facts, self.seen, zones, self.facts.account_traits, self.deleted())
        except STRANGE as wrong:  # something that no journal should hold: find the block
            if not is_damage(wrong):
                raise
            if len(blocks) == 1:
                self._put_aside(blocks[0].number, wrong)
            else:
                for block in blocks:
                    self._load_in_pieces([block])
            return
        told = None
        with self.store.loading() as loading:
            if any(len(each.messages) for each in arrived.values()):
                told = tell(loading, list(arrived.values()), self._linked)
                late.add(loading, [each.late for each in arrived.values()], self.frozen())
            loading.tell(ASK["loaded"], block=blocks[-1].number)
        for product, each in arrived.items():
            self.seen[product].add(each.hashes)
            self.duplicates[product] += each.duplicates
            if told and len(each.messages):
                self._tell_who_asks(product, each, told, blocks[-1].number)
        if told:
            self._linked |= told.linked
            self.merging.appended(told.appended)
        again = {product: each.again for product, each in arrived.items()}
        self.facts.duplicates.heard(blocks[0].number, blocks[-1].number, again)
        self._done(blocks[-1].number)

    def _put_aside(self, number: int, why: Exception, loaded: int | None = None) -> None:
        """A block that can't be read must not keep those after it from counting. It stays in the journal, untouched;
        a rebuild tries it again. `loaded`: where it is only a call that is left out, the last block from then on."""
        reason = f"{type(why).__name__}: {why}"[:500]
        what = "a block of the journal can't be read" if loaded is None else "there is no room for a call of a block"
        log.error(f"{what}; it is left out", block=number, reason=reason)
        loaded = number if loaded is None else loaded
        with self.store.loading() as loading:
            loading.tell(ASK["put_aside"], block=number, reason=reason)
            loading.tell(ASK["loaded"], block=loaded)
        self.set_aside.append({"block": number, "reason": reason})
        self._done(loaded)

    def _done(self, number: int) -> None:
        with self._moved:
            self.loaded = number
            self._moved.notify_all()

    def _tell_who_asks(self, product: int, arrived: Arrived, told: Told, block: int) -> None:
        first_day, last_day = (int(days_told.as_py()) for days_told in pc.min_max(arrived.messages["day"]).values())
        is_earlier = first_day < self._last_day[product]
        self._last_day[product] = max(self._last_day[product], last_day)
        moved_from = told.moved.get(product)
        # What is no news today may have been some on an earlier day.
        people_changed = product in told.people or moved_from is not None or (is_earlier and arrived.tells_of_people)
        # Events counted before may count for another account now, or for another user.
        first_day = first_day if moved_from is None else min(first_day, moved_from)
        is_whole = block > self.loaded  # whoever has that block already would not look for more of it
        added = told.added_to(product) if is_whole and not people_changed else None
        self.facts.moved(product, first_day, people_changed, block, added)

    def _zones_of(self, products: list[int]) -> Mapping[int, str]:
        """Each product's zone. A new product's is written down, since its days are counted in it from now on: UTC
        where nobody has told it yet, so that it is seen to have changed when somebody does. The trait that names
        the account of a user likewise."""
        known = self.facts.zones
        told = self.zones()
        for product in products:
            if product not in known:
                zone, trait = told.get(product, "UTC"), self.facts.configured(product).account_id
                with self.store.loading() as loading:
                    loading.tell(ASK["zone"], product=product, zone=zone, account_trait=trait)
                known[product], self.facts.account_traits[product] = zone, trait
        return known

    def _read_back(self) -> None:
        """What a restart must know again: the last block, and every message seen."""
        self.loaded = int(self.store.rows(ASK["last_loaded"])[0]["block"])
        for row in self.store.rows(ASK["zones"]):
            self.facts.zones[row["product"]] = row["zone"]
            self.facts.account_traits[row["product"]] = row["account_trait"]
        for row in self.store.rows(ASK["last_days"]):
            self._last_day[row["product"]] = row["day"]
        self._linked = adoption.products(self.store)
        self.merging = Merging(self.store)
        self.sealing = Sealing(self.store, self._sealed)
        self.set_aside = self.store.rows(ASK["set_aside"])
        held = [row["product"] for row in self.store.rows(ASK["products_seen"])]
        for product in {*held, *self.sealing.products()}:
            seen = self.store.ask(ASK["seen"], product=product)
            self.seen[product] = Seen(seen["message_id"].to_numpy(), self.sealing.files(product))

    def seal(self, open_days: int, now: float, seconds: float = float("inf")) -> int:
        """Seals days past the last `open_days`, for about so long, from any thread; how many messages it dropped."""

        def first_open(product: int) -> int:
            return first_open_day(self.facts.zones.get(product, "UTC"), open_days, now)

        return self.sealing.seal(first_open, seconds)

    def _sealed(self, product: int, ids: Hashes, files: list[Hashes]) -> None:
        with self._loading:
            self.seen[product].seal(ids, files)


def checksums(store: Store) -> list[dict[str, object]]:
    """product, day, messages, checksum: equal for two stores that hold the same counts."""
    return [{**row, "day": days.day(row["day"])} for row in store.rows(ASK["checksums"])]

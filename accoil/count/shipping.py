"""What loads change is shipped to ClickHouse, where everybody else asks: docs/decisions/0023.

The store notes which rows were touched (`store/noting`). They are sent as they are by then, one row a key, with a
version that only grows; so sending them late, twice or after a kill changes nothing. What can't be told as changes is
copied as a whole into another generation (`store/generations`)."""

import threading
import time
from collections import defaultdict
from collections.abc import Callable
from contextlib import suppress

import structlog

from accoil.count.comparing import Compared, Summed, compared, summed
from accoil.count.laggards import Laggards
from accoil.count.moved import Moved
from accoil.refused import Refused
from accoil.store import versions
from accoil.store.claim import Claim, Claimed
from accoil.store.clickhouse import ClickHouse
from accoil.store.generations import STARTS_APART, Generation, Generations, Shipped
from accoil.store.noting import Changes, Noting
from accoil.store.reaching import NoAnswer
from accoil.store.store import Damaged
from accoil.store.tables import TABLES, Table

LEAP = 1_000_000  # versions: what somebody who was killed still has on its way is older than whatever comes now
RETRY_AFTER = 2.0  # seconds
LONGEST_REST = 0.5  # seconds between two shipments
RESTS = 2  # times as long as the last one took
ROWS_AT_ONCE = 500_000  # of a table that is copied
OTHERS_GO_AFTER = 60.0  # seconds: who still asks the generation before is done by then
TOLD_FOR = 6 * 3600.0  # seconds
LONGEST_FAREWELL = 20.0  # seconds
CANT_BE_SENT = (
    "What is counted can't be sent to ClickHouse just now, so others show what was before; it will be, as soon as that "
    "is possible."
)

log = structlog.get_logger()


class Differs(Exception):
    """A copy is not what was copied."""


class Stopped(Exception):
    """In the middle of a copy, which is begun again another time."""


class Shipping:
    """Of one store that notes, to one ClickHouse; by hand (`ship`), or by a thread of its own. `last`: the number of
    the journal's last block at the start; later ones that are there, and were not sent from here, are of another
    journal. Nothing is sent while somebody else has the `claim`."""

    def __init__(self, store: Noting, url: str, last: int, claim: Claim) -> None:
        self._store, self._url, self._last, self._claim = store, url, last, claim
        self._generations: Generations | None = None
        self._target: ClickHouse | None = None
        self._generation: Generation | None = None
        self._laggards = Laggards()
        self._began = 0  # when the server that is shipped to was started
        self._version = 0
        self._not_before = 0  # a block: what is there already must not go back
        self._last_days: defaultdict[int, int] = defaultdict(int)
        self._told_until = float("-inf")  # by then all that is there is told of again, since it goes after a day
        self._sent = -1  # the number of the last block that is there as a whole
        self.shipped = -1  # and is asked
        self.failing: str | None = None  # why the last shipment was not done
        self._refused: str | None = None  # whose it is, or what is to be changed there
        self._others_go_at: float | None = None  # generations before the current one, which somebody may still ask
        self._wake, self._stopping = threading.Event(), threading.Event()
        self._thread: threading.Thread | None = None
        store.tell_changed = self._wake.set

    def start(self) -> None:
        self._thread = threading.Thread(target=self._run, name="shipping", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Sends what is left, unless that fails just now or takes too long: it stays noted."""
        self._stopping.set()
        self._wake.set()
        if self._thread:
            self._thread.join(LONGEST_FAREWELL)
        self.close()

    @property
    def wrong(self) -> str | None:
        """As a sentence."""
        return (self._refused or CANT_BE_SENT) if self.failing else None

    @property
    def is_all_there_is(self) -> bool:
        """Whether ClickHouse holds what this store holds, and no generation before it any more."""
        return self._target is not None and self._others_go_at is None

    def ship(self) -> bool:
        """Sends what was noted until now, or all of the store where that is not enough; whether there is more. To be
        called about once a second, also when nothing was: a server that was started again may hold less than it did."""
        if self._target is not None and abs(self._opened().began() - self._began) > STARTS_APART:
            self.close()
        if self._target is None:
            if self._store.forget_too_many():
                log.info("more was noted than is counted: all of that will be copied to ClickHouse")
            self._claim.check(now=True)
            self._go_on()
        self._claim.check()
        has_more = self._send_some()
        self.shipped = self._sent
        return has_more

    def begin(self, take_over: bool = False) -> None:
        """Says that it counts here; whoever else does, with `take_over`. Raises Claimed."""
        if take_over:
            self._claim.take()
        self._claim.check(now=True)

    def copy(self, told: Callable[[str, int], None] = lambda table, rows: None) -> Generation:
        """Puts all of the store into another generation, which is asked from then on. `told` hears each table and how
        many rows of it are there. What loads change meanwhile is sent after. Raises Differs and Claimed."""
        self._claim.check(now=True)
        generations = self._opened()
        generation, load = generations.begin(), self._store.load
        target = generations.open(generation, makes=True)
        for table in TABLES:
            figures = self._fill(target, table, told)
            target.catch_up(versions.of(table.name))
            if figures != summed(target.figures(table)):
                raise Differs(f"{table.name} in {target.database} is not what is counted here.")
        self._store.is_shipped(load, generation.id, version=1)
        self._use(target, generation, version=1, not_before=0)
        while self._send_some():
            pass
        self._store.save()  # killed later, it goes on from here
        self._go_on_unless_stopped()
        self._claim.check(now=True)
        self._tell(self._sent, [])
        generations.switch(generation)
        self.shipped = self._sent
        self._others_go_at = time.monotonic() + OTHERS_GO_AFTER
        log.info("all facts were copied to ClickHouse", database=target.database, block=self.shipped)
        return generation

    def compare(self) -> list[Compared]:
        """What ClickHouse has against what is counted here, table by table; nothing is sent. Raises Differs when there
        is nothing to compare."""
        generation = self._opened().current()
        if generation is None:
            raise Differs("Nothing was moved there yet.")
        if self._store.changes().tables:
            raise Differs("Not all that is counted here was sent yet; the server sends it when it runs.")
        target = self._target or self._opened().open(generation)
        found = compared(self._store, target)
        if target is not self._target:
            target.close()
        return found

    def close(self) -> None:
        for each in (self._target, self._generations):
            if each is not None:
                with suppress(NoAnswer, OSError):
                    each.close()
        self._target = self._generations = None

    def _opened(self) -> Generations:
        self._generations = self._generations or Generations(self._url)
        return self._generations

    def _go_on(self) -> None:
        """From where the store was shipped up to, if that is known there and here; else all is copied."""
        generations, mark = self._opened(), self._store.mark
        generations.catch_up()
        generation = generations.current()
        if generation is None or generation.id != mark.generation or not generation.fits or not mark.noted_all:
            is_another = generation is None or generation.id != mark.generation
            self._laggards.wait(is_another and mark.generation != "" and mark.noted_all)
            self.copy()
            return
        _, block = generations.shipped_to(generation)
        if block > self._last:  # this journal was put back from a backup, or has lost blocks
            self.copy()
            return
        target = generations.open(generation, makes=True)
        target.catch_up(*(versions.of(table.name) for table in TABLES))
        there = max(map(target.last_version, TABLES))
        if there < mark.version and mark.version > 1:  # put back from a backup; a copy of nothing has no version
            target.close()
            self._laggards.wait()
            self.copy()
            return
        self._laggards.are_done()
        # Sent by somebody who was killed before the store was saved: perhaps never touched again.
        for table in TABLES:
            self._store.note(table, target.later_than(mark.version, table))
        version = max(mark.version, there) + LEAP
        self._use(target, generation, version, not_before=block)

    def _use(self, target: ClickHouse, generation: Generation, version: int, not_before: int) -> None:
        if self._target is not None:
            self._target.close()
        self._others_go_at = time.monotonic() + OTHERS_GO_AFTER  # before there is a target: a deletion waits for both
        self._target, self._generation, self._began = target, generation, self._opened().began()
        self._version, self._not_before = version, not_before

    def _drop_others(self) -> None:
        if self._others_go_at is not None and time.monotonic() > self._others_go_at:
            self._claim.check(now=True)
            self._opened().drop_others()
            self._others_go_at = None

    def _fill(self, target: ClickHouse, table: Table, told: Callable[[str, int], None]) -> Summed:
        """What was put there."""
        parts, rows, figures = 1 + self._store.size(table) // ROWS_AT_ONCE, 0, list[dict[str, int]]()
        for part in range(parts):
            some, of_part = self._store.part(table, part, parts)
            self._go_on_unless_stopped()
            self._claim.check()
            target.put(table, some, version=1)
            figures += of_part
            rows += len(some)
            told(table.name, rows)
        return summed(figures)

    def _send_some(self) -> bool:
        changes = self._store.changes()
        if changes.block < self._not_before:
            return False
        if changes.tables:
            self._send(changes)
        if not changes.has_more:
            self._sent = changes.block
            if time.monotonic() > self._told_until:
                self._tell(self._sent, [])
        return changes.has_more

    def _send(self, changes: Changes) -> None:
        assert self._target and self._generation
        self._version += 1  # also when it is tried again: there may be more by then, and what failed may still arrive
        moved = Moved()
        for table, held, gone in changes.tables:
            self._target.put(table, held, self._version)
            self._target.put(table, gone, self._version, deleted=True)
            moved.hear(table, held)
            moved.hear(table, gone)
        self._target.catch_up(*(versions.of(table.name) for table, _, _ in changes.tables))  # before it is told of
        block = self._sent if changes.has_more else changes.block
        self._tell(block, moved.told(self._last_days))
        self._store.is_shipped(changes.load, self._generation.id, self._version)

    def _tell(self, block: int, several: list[Shipped]) -> None:
        """That all up to a block is there."""
        assert self._generation
        self._last = max(self._last, block)  # whatever fails from here on, it may be there
        self._told_until = time.monotonic() + TOLD_FOR
        self._opened().told(self._generation, self._version, block, several)

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._wake.wait(1)
            self._wake.clear()
            began = time.monotonic()
            try:
                while not self._stopping.is_set() and self.ship():
                    pass
                self._drop_others()
                self._says(None)
                self._refused = None
            except (Damaged, Stopped):
                return  # another store takes its place, or the process ends
            except Exception as wrong:
                self._refused = str(wrong) if isinstance(wrong, Claimed | Refused) else None
                self._says(f"{type(wrong).__name__}: {str(wrong)[:500]}")
                self.close()  # another address may answer, and what was there may be gone
                self._stopping.wait(RETRY_AFTER)
            self._stopping.wait(min(LONGEST_REST, RESTS * (time.monotonic() - began)))
        if self._target is not None and not self.failing:
            with suppress(Exception):
                while self.ship():
                    pass

    def _go_on_unless_stopped(self) -> None:
        if self._stopping.is_set():
            raise Stopped

    def _says(self, failing: str | None) -> None:
        """In the log once, not at each try."""
        if failing and failing != self.failing:
            log.exception("facts could not be shipped to ClickHouse; it will be tried again", block=self.shipped)
        elif self.failing and not failing:
            log.info("shipping to ClickHouse works again", block=self.shipped)
        self.failing = failing

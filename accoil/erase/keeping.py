"""Lets days go that are no longer kept, step by step. Each can be done again: killed in the middle, the next start goes
on.

1. journal: events of these days are condensed to a few rows. From then on no day of before can be counted anew.
2. numbers: the store is made again from the journal, beside the one that answers meanwhile. Where days had been sent
   twice, or their messages, nobody can tell any more what was what; a store that is made of what is left is right.

When that is done, stays in segments that ended before go too, some at a time.

A step that fails (a full disk) is done again after a pause, from its first block on: blocks that are condensed stay so,
but what came again after them is only known to whoever has seen all ids of before."""

import shutil
import time
import uuid
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import structlog
from django.utils import timezone

from accoil.count import days
from accoil.count.condensing import Condensing, Horizon
from accoil.count.counting import Counting
from accoil.count.many_ids import ManyIds
from accoil.erase.models import Retention
from accoil.erase.retention import begin_due, first_days_kept, has_days
from accoil.erase.stepping import WAITS_FOR_STORE, Stepping
from accoil.receive import condensing
from accoil.segment.forgetting import forget_ended

State = Retention.State

LOOK_EVERY = 3600.0  # seconds, for products whose month is over
FORGETS_FOR = 0.5  # seconds, of stays: others wait for their turn

log = structlog.get_logger()


class Keeping(Stepping[Retention]):
    """Everything happens in the caller's thread, the one that carries deletions out: never both at once."""

    def __init__(
        self, counting: Counting, refresh: Callable[[], None], importing: Callable[[], Collection[int]]
    ) -> None:
        super().__init__(Retention, counting, refresh, importing, "Days that are no longer kept can't go")
        self._looked = float("-inf")
        self._first_kept: dict[int, date] = {}  # products of which stays may be left that ended before

    def step(self) -> None:
        """As far as it goes just now, with all products at once: they share the work."""
        if time.monotonic() - self._looked > LOOK_EVERY:
            begin_due(self._counting.open_days)
            self._looked, self._first_kept = time.monotonic(), first_days_kept()
        self._forget_stays()
        self.trying.step(self._steps)

    def _steps(self) -> None:
        if some := self._ready():
            self._journal(some)
        if some := self._in(State.NUMBERS):
            self._numbers(some)

    def _forget_stays(self) -> None:
        """For about half a second."""
        until = time.monotonic() + FORGETS_FOR
        while self._first_kept and time.monotonic() < until and not self._stopping.is_set():
            product, first = next(iter(self._first_kept.items()))
            if not forget_ended(product, first):
                del self._first_kept[product]

    def _ready(self) -> list[Retention]:
        some = self._in(State.JOURNAL)
        if some and (why_not := self._counting.why_not_rebuild()):
            self._say(some, why_not)
            return []
        return self._not_importing(some) if some else []

    def _journal(self, some: Sequence[Retention]) -> None:
        if not self._is_counted(some):  # which account a day was of is asked there
            return None
        if self._counting.at_rest() is None:
            return self._say(some, WAITS_FOR_STORE)
        if not (some := self._with_days(self._begun(some))):
            return None
        zones, journal = self._counting.facts.zones, self._counting.journal.path
        horizons = {
            each.product_id: Horizon(
                days.number(each.until), zones.get(each.product_id, "UTC"), each.product.first_days
            )
            for each in some
        }
        with _ids_of(journal.parent / "condensing") as seen:
            by = Condensing(self._counting.facts.store, horizons, seen)
            done = condensing.condense(journal, by, uuid.uuid4().hex[:8], lambda number: self._show(some, number))
        for each in some:
            each.before, each.after = done.before, done.after
            self._go_on(each, State.NUMBERS)
        return None

    def _numbers(self, some: Sequence[Retention]) -> None:
        store = self._counting.at_rest()
        if store is None:
            return self._say(some, WAITS_FOR_STORE)
        for each in some:
            if not each.store:
                each.store = store  # may be of while days were condensed: another one takes its place, begun after this
                each.save(update_fields=["store"])
        if store in {each.store for each in some} and not self._count_anew(some):
            return None
        for each in some:
            self._end(each)
        return None

    def _with_days(self, some: Sequence[Retention]) -> list[Retention]:
        """Where no day is that old nothing has to go, and it is done."""
        left = [each for each in some if has_days(each)]
        for each in some:
            if each not in left:
                self._end(each)
        return left

    def _end(self, run: Retention) -> None:
        run.finished_at = timezone.now()
        self._go_on(run, State.DONE)
        self._first_kept[run.product_id] = run.until
        log.info("daily counts are gone", product=run.product_id, before=str(run.until), days=run.days)

    def _begun(self, some: Sequence[Retention]) -> list[Retention]:
        """Without those that were taken back meanwhile; from now on none is (`total`)."""
        self._begin(some)
        there = set(self._these(some).values_list("pk", flat=True))
        return [each for each in some if each.pk in there]


@contextmanager
def _ids_of(folder: Path) -> Iterator[ManyIds]:
    """A folder of its own while it is needed; one of before was left by somebody who was killed."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    try:
        yield ManyIds(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)

"""Writes down how much came from where. It is counted in memory and written every few seconds: a crash loses the last
of it, and what the journal knows of those seconds is read back at the next start."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
import numpy as np
import structlog
from django.db import transaction

from accoil.count.blocks import UNREADABLE
from accoil.count.duplicates import Duplicates
from accoil.receive.journal import Block, Journal
from accoil.receive.sources import QUARTER, Count, Sources
from accoil.team.ingest import SourceDay, Upkeep, no_hours
from accoil.team.models import IngestKey

DAYS_KEPT = 100
MOST_REASONS = 100  # of one source and day

_QUOTED = re.compile(r", not (['\"]).*\1")  # what was sent instead: reasons are counted by what is wrong

log = structlog.get_logger()

Place = tuple[int, str, date]  # key, library, day


class Day(msgspec.Struct):
    """What is to be added to one source and day."""

    accepted: int = 0
    duplicates: int = 0
    refused: int = 0
    last: int = 0
    reasons: dict[str, int] = {}
    hours: list[int] = msgspec.field(default_factory=no_hours)


class Writer:
    """`write` from one thread at a time; `duplicates` says whom to ask, since a rebuild may replace him. `receiver`:
    the name of a journal that is not the one of the process that counts."""

    def __init__(
        self, sources: Sources, duplicates: Callable[[], Duplicates], journal: Journal, receiver: str = ""
    ) -> None:
        self._receiver = receiver
        self._sources = sources
        self._duplicates = duplicates
        self._journal = journal
        self._counts: list[Count] = []  # taken, and not yet written
        self._again: list[tuple[int, int, int, int]] = []
        self._block = journal.last  # written down up to here
        self._swept: date | None = None

    def write(self, today: date | None = None) -> None:
        """Writes down what came since the last time."""
        block = self._journal.last  # before the counts: what comes in between is then rather counted than lost
        self._counts += self._sources.take()
        self._again += self._duplicates().take()
        if self._counts or self._again or block != self._block:
            with transaction.atomic():
                _add(self._counts, self._again)
                Upkeep.objects.update_or_create(receiver=self._receiver, defaults={"block": block})
            self._counts, self._again, self._block = [], [], block
        self._sweep(today or datetime.now(UTC).date())

    def read_back(self) -> None:
        """After a crash: what is in the journal and was not written down. To be called before anything comes in."""
        last = self._journal.last
        mark, is_first = Upkeep.objects.get_or_create(receiver=self._receiver, defaults={"block": last})
        if is_first or mark.block >= last:
            return
        counts = _counts_of(self._journal, mark.block)
        with transaction.atomic():
            _add(counts, [])
            Upkeep.objects.filter(pk=mark.pk).update(block=last)
        log.info("read back what came before the last stop", blocks=last - mark.block)

    def _sweep(self, today: date) -> None:
        if self._swept != today:
            SourceDay.objects.filter(day__lt=today - timedelta(DAYS_KEPT)).delete()
            self._swept = today


def _counts_of(journal: Journal, after: int) -> list[Count]:
    """What the blocks after this one hold, by key and quarter of an hour; the library is not in them."""
    found: dict[tuple[int, int, int], Count] = {}
    for block in _readable(journal, after):
        columns = [block.facts[name].to_numpy().astype(np.int64) for name in ("product", "source", "received")]
        places, counts = np.unique(np.stack((*columns[:2], columns[2] // QUARTER), axis=1), axis=0, return_counts=True)
        for (product, source, quarter), n in zip(places.tolist(), counts.tolist(), strict=True):
            count = found.setdefault((product, source, quarter), Count(source, product, "", quarter))
            count.accepted += n
            count.last = max(count.last, int(columns[2].max()))
    return list(found.values())


def _readable(journal: Journal, after: int) -> Iterator[Block]:
    """Up to one that can't be read: whoever loads it tells of that, and statistics are no reason not to start."""
    try:
        yield from journal.blocks(after)
    except UNREADABLE as wrong:
        log.warning("what came before the last stop could not be read back whole", reason=str(wrong))


def _add(counts: Iterable[Count], again: Iterable[tuple[int, int, int, int]]) -> None:
    days: dict[Place, Day] = defaultdict(Day)
    keys = IngestKey.objects.select_related("product").defer("secret").in_bulk()
    for count in counts:
        if key := keys.get(count.key):  # else it was deleted, or was none: an import
            day, hour = _when(count.quarter, key.product.zone)
            _sum(days[count.key, count.library, day], count, hour)
    for _product, source, quarter, n in again:
        if key := keys.get(source):
            days[source, "", _when(quarter, key.product.zone)[0]].duplicates += n
    for place, more in days.items():
        _write(place, more)


def _sum(day: Day, count: Count, hour: int) -> None:
    day.accepted += count.accepted
    day.refused += count.refused
    day.last = max(day.last, count.last)
    day.hours[hour] += count.accepted
    for told, n in count.reasons.items():
        reason = _QUOTED.sub("", told)
        day.reasons[reason] = day.reasons.get(reason, 0) + n


def _write(place: Place, more: Day) -> None:
    key, library, day = place
    row, _ = SourceDay.objects.get_or_create(key_id=key, library=library, day=day)
    row.accepted += more.accepted
    row.duplicates += more.duplicates
    row.refused += more.refused
    row.hours = [before + n for before, n in zip(row.hours, more.hours, strict=True)]
    for reason, n in more.reasons.items():
        kept = reason if reason in row.reasons or len(row.reasons) < MOST_REASONS else "other"
        row.reasons[kept] = row.reasons.get(kept, 0) + n
    if more.last:
        row.last_seen_at = _moment(more.last)
    row.save()


def _when(quarter: int, zone: ZoneInfo) -> tuple[date, int]:
    local = _moment(quarter * QUARTER).astimezone(zone)
    return local.date(), local.hour


def _moment(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, UTC)

"""Days that are over are summed up once, under the version in force, and kept as they were reported.

Soon after local midnight yesterday is; so are days on which no server ran, and for a new profile the past, under its
first version. Past days wait until no more of them arrives: an import is not summed up half."""

import threading
import time
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from functools import partial

import msgspec
import structlog
from django.db import connection
from django.db.models import Min
from django.utils import timezone

from accoil.count import days
from accoil.count.facts import facts
from accoil.score.day_summary import DaySummary
from accoil.score.each_day import STRETCH, each_day
from accoil.score.in_force import in_force
from accoil.score.models import Profile, Version
from accoil.store.questions import beside

ASK = beside(__file__, "freezing")

log = structlog.get_logger()

AFTER_MIDNIGHT = timedelta(minutes=5)  # for what was sent before and is on its way
FARTHEST = 731  # days back that are filled in
QUIET_FOR = 60.0  # seconds without anything from before yesterday
WAITS = 3600.0  # seconds at most, where such things never end
WRITTEN_AT_ONCE = 30

Stretch = tuple[Version, date, date]


class Progress(msgspec.Struct):
    """Of one profile: days summed up so far, of how many, and since when (monotonic seconds)."""

    done: int
    days: int
    since: float


_progress: dict[int, Progress] = {}


def progress(profile_id: int) -> Progress | None:
    """How far a profile's past is summed up; None when nothing is being done."""
    return _progress.get(profile_id)


def summed_up(profile: Profile, now: datetime) -> None:
    """Sums up every day of the profile that is over and was not yet, in the caller's thread."""
    for stretch in lacking(profile, now):
        freeze(*stretch)


def lacking(profile: Profile, now: datetime) -> list[Stretch]:
    """Days that are over and have no summary: stretches of days under one version, the latest first."""
    first_fact = facts().store.rows(ASK["first_day"], product=profile.product_id)[0]["day"]
    if first_fact is None:
        return []
    last = _over(profile, now)
    first = max(days.day(first_fact), last - timedelta(days=FARTHEST - 1))
    found = []
    for version, since, until in in_force(profile, first, last):
        there = set(version.day_summaries.filter(day__range=(since, until)).values_list("day", flat=True))
        missing = [day for later in range((until - since).days + 1) if (day := since + timedelta(later)) not in there]
        found += [(version, *stretch) for stretch in _stretches(missing)]
    return sorted(found, key=lambda each: each[1], reverse=True)


def _over(profile: Profile, now: datetime) -> date:
    """The last day that is over."""
    return (now.astimezone(profile.product.zone) - AFTER_MIDNIGHT).date() - timedelta(days=1)


def _stretches(missing: list[date]) -> Iterator[tuple[date, date]]:
    """Days without a gap, at most as many as are computed together."""
    start = 0
    for place in range(1, len(missing) + 1):
        ends = place == len(missing) or missing[place] != missing[place - 1] + timedelta(1)
        if ends or place - start == STRETCH:
            yield missing[start], missing[place - 1]
            start = place


def freeze(version: Version, first: date, last: date, done: Callable[[], bool] = lambda: True) -> None:
    """Writes the summaries of these days, a few at a time: what is written stays when the server stops meanwhile.
    `done` hears of each day, and says whether to go on."""
    profile, computed_at = version.profile, timezone.now()
    made_on = profile.created_at.astimezone(profile.product.zone).date()
    zone, waiting = profile.product.time_zone, []
    for row in each_day(profile.product_id, version.parsed, days.number(first), days.number(last), totals=True):
        filled_in = row["day"] < made_on
        waiting.append(DaySummary(version=version, filled_in=filled_in, time_zone=zone, computed_at=computed_at, **row))
        goes_on = done()
        if len(waiting) == WRITTEN_AT_ONCE or row["day"] == last or not goes_on:
            DaySummary.objects.bulk_create(waiting, ignore_conflicts=True)
            waiting.clear()
        if not goes_on:
            return


def since() -> dict[int, int]:
    """Product → since when (ms) days of it are summed up: events that come late from then on are written down."""
    first = DaySummary.objects.values_list("version__profile__product").annotate(Min("computed_at"))
    return {product: int(at.timestamp() * 1000) for product, at in first}


class Freezing:
    """The clock's act. The work is done in a thread of its own, since a year of a large book takes a while. `counted`
    waits a little until all that was received is counted, and tells whether it is."""

    def __init__(self, counted: Callable[[], bool], quiet_for: float = QUIET_FOR, at_most: float = WAITS) -> None:
        self._counted, self._quiet_for, self._at_most = counted, quiet_for, at_most
        self._thread: threading.Thread | None = None
        self._stopping = False
        self._seen: dict[int, tuple[object, int]] = {}  # product → facts and their version when last looked at
        self._quiet_since: dict[int, float] = {}
        self._waiting_since: dict[int, float] = {}
        self._nothing_lacks: dict[int, object] = {}  # profile → how everything stood when nothing lacked
        self.since: dict[int, int] = {}  # as of the function; what the loader asks

    def start(self) -> None:
        """Before anything is counted."""
        self.since = since()

    def look(self, now: datetime | None = None) -> None:
        """Begins to sum up what is lacking, unless that is being done."""
        if self.is_working:
            return
        self.since = since()
        now = now or timezone.now()
        work = [each for profile in Profile.objects.select_related("product") for each in self._due(profile, now)]
        if work and self._counted():
            self._thread = threading.Thread(target=self._run, args=(work,), name="freezing", daemon=True)
            self._thread.start()

    @property
    def is_working(self) -> bool:
        return self._thread is not None and self._thread.is_alive()

    def wait(self) -> None:
        """Until what was begun is done."""
        if self._thread:
            self._thread.join()

    def stop(self) -> None:
        self._stopping = True
        self.wait()

    def _due(self, profile: Profile, now: datetime) -> list[Stretch]:
        quiet = self._is_quiet(profile.product_id, days.number(profile.product.today()))
        yesterday = now.astimezone(profile.product.zone).date() - timedelta(days=1)
        stands = (facts(), facts().version[profile.product_id], _over(profile, now), profile.current.pk)
        if self._nothing_lacks.get(profile.pk) == stands:
            return []
        lacks = lacking(profile, now)
        if not lacks:
            self._nothing_lacks[profile.pk] = stands
        return [each for each in lacks if quiet or each[1] == each[2] == yesterday]

    def _is_quiet(self, product: int, today: int) -> bool:
        """Whether nothing from before yesterday came for a while; where that never ends, after an hour all the same."""
        now = time.monotonic()
        before, version = self._seen.get(product, (None, 0))
        since = facts().first_day_since(product, version)
        if before is not facts() or (since is not None and since < today - 1):
            self._quiet_since[product] = now
            self._waiting_since.setdefault(product, now)
        self._seen[product] = (facts(), facts().version[product])
        if now - self._quiet_since[product] >= self._quiet_for:
            self._waiting_since.pop(product, None)
            return True
        return now - self._waiting_since[product] >= self._at_most

    def _run(self, work: list[Stretch]) -> None:
        for version, first, last in work:
            told = _progress.setdefault(version.profile_id, Progress(0, 0, time.monotonic()))
            told.days += (last - first).days + 1
        try:
            for version, first, last in work:
                freeze(version, first, last, partial(self._done, _progress[version.profile_id]))
                if self._stopping:
                    return
        except Exception:
            log.exception("days that are over could not be summed up; it will be tried again")
        finally:
            _progress.clear()
            self.since = since()
            connection.close()

    def _done(self, so_far: Progress) -> bool:
        so_far.done += 1
        return not self._stopping

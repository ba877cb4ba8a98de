"""Days that are over are summed up once, under the version in force, and kept as they were reported.

Soon after local midnight yesterday is; so are days on which no server ran, and for a new profile the past, under its
first version. Past days wait until no more of them arrives: an import is not summed up half. Then the past year under
today's definition is computed ahead, so that nobody waits for a chart."""

import threading
import time
from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import partial

import msgspec
import structlog
from django.db import connection
from django.utils import timezone

from accoil.count import days
from accoil.count.facts import facts
from accoil.score.models import Profile
from accoil.score.summaries import summaries
from accoil.score.summing_up import Stretch, first_day, freeze, lacking, over, since

log = structlog.get_logger()

QUIET_FOR = 60.0  # seconds without anything from before yesterday
WAITS = 3600.0  # seconds at most, where such things never end
AHEAD = 365  # days that charts show at most
AHEAD_AT_ONCE = 15  # days, the latest first: pages ask for those


class Progress(msgspec.Struct):
    """Of one profile: days summed up so far, of how many, and since when (monotonic seconds)."""

    done: int
    days: int
    since: float


_progress: dict[int, Progress] = {}


def progress(profile_id: int) -> Progress | None:
    """How far a profile's past is summed up; None when nothing is being done."""
    return _progress.get(profile_id)


def _year(profile: Profile) -> tuple[date, date]:
    """Until yesterday; today changes all the time."""
    last = profile.product.today() - timedelta(days=1)
    return last - timedelta(days=AHEAD - 1), last


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
        profiles = list(Profile.objects.select_related("product"))
        work = [each for profile in profiles for each in self._due(profile, now)]
        ahead = [profile for profile in profiles if self._waits_for_charts(profile)]
        if (work or ahead) and self._counted():
            self._thread = threading.Thread(target=self._run, args=(work, ahead), name="freezing", daemon=True)
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
        stands = (facts(), first_day(profile.product_id), over(profile, now), profile.current.pk)
        if self._nothing_lacks.get(profile.pk) == stands:
            return []
        lacks = lacking(profile, now)
        self._nothing_lacks.pop(profile.pk, None)
        if not lacks and quiet:
            self._nothing_lacks[profile.pk] = stands
        return [each for each in lacks if quiet or each[1] == each[2] == yesterday]

    def _waits_for_charts(self, profile: Profile) -> bool:
        """Whether somebody who asks for its past year would wait."""
        quiet = self._is_quiet(profile.product_id, days.number(profile.product.today()))
        if not quiet or profile.pk not in self._nothing_lacks:
            return False
        first, last = _year(profile)
        return summaries(profile.product_id, profile.current.parsed).lacks(first, last)

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

    def _run(self, work: list[Stretch], ahead: list[Profile]) -> None:
        for version, first, last in work:
            told = _progress.setdefault(version.profile_id, Progress(0, 0, time.monotonic()))
            told.days += (last - first).days + 1
        try:
            for version, first, last in work:
                freeze(version, first, last, partial(self._done, _progress[version.profile_id]))
                if self._stopping:
                    return
            for profile in ahead:
                self._compute_ahead(profile)
        except Exception:
            log.exception("days that are over could not be summed up; it will be tried again")
        finally:
            _progress.clear()
            self.since = since()
            connection.close()

    def _compute_ahead(self, profile: Profile) -> None:
        known, (first, last) = summaries(profile.product_id, profile.current.parsed), _year(profile)
        while first <= last and not self._stopping:
            known.rows(max(first, last - timedelta(days=AHEAD_AT_ONCE - 1)), last)
            last -= timedelta(days=AHEAD_AT_ONCE)

    def _done(self, so_far: Progress) -> bool:
        so_far.done += 1
        return not self._stopping

"""The summaries of days that are over: which are lacking, and what is written."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Min
from django.utils import timezone

from accoil import measured
from accoil.count import days
from accoil.count.facts import facts
from accoil.score.askable import first_askable
from accoil.score.day_summary import DaySummary
from accoil.score.each_day import STRETCH
from accoil.score.in_force import in_force
from accoil.score.models import Profile, Version
from accoil.score.summaries import AT_ONCE, summaries
from accoil.store.questions import beside
from accoil.team.models import Product

ASK = beside(__file__, "summing_up")

AFTER_MIDNIGHT = timedelta(minutes=5)  # for what was sent before and is on its way
FARTHEST = 731  # days back that are filled in

Stretch = tuple[Version, date, date]


def lacking(profile: Profile, now: datetime) -> list[Stretch]:
    """Days that are over and have no summary: stretches of days under one version, the latest first."""
    first_fact = first_day(profile.product_id)
    if first_fact is None:
        return []
    last = over(profile, now)
    first = max(first_fact, last - timedelta(days=FARTHEST - 1))
    found = []
    for version, begun, until in in_force(profile, first, last):
        since = max(begun, first_askable(profile.product, version.parsed) or begun)
        there = set(version.day_summaries.filter(day__range=(since, until)).values_list("day", flat=True))
        missing = [day for day in days.through(since, until) if day not in there]
        found += [(version, *stretch) for stretch in _stretches(missing)]
    return sorted(found, key=lambda each: each[1], reverse=True)


def first_day(product_id: int) -> date | None:
    """The day of the first event of all."""
    number = facts().store.rows(ASK["first_day"], product=product_id)[0]["day"]
    return None if number is None else days.day(number)


def over(profile: Profile, now: datetime) -> date:
    """The last day that is over, in the product's zone and in the one that facts are still counted in."""
    zones = profile.product.zone, ZoneInfo(_counted_in(profile.product))
    return min((now.astimezone(zone) - AFTER_MIDNIGHT).date() for zone in zones) - timedelta(days=1)


def _counted_in(product: Product) -> str:
    """Another zone than the product's until everything is counted anew."""
    return facts().zones.get(product.pk, product.time_zone)


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
    zone, known = _counted_in(profile.product), summaries(profile.product_id, version.parsed)
    there = days.through(first, last)
    for start in range(0, len(there), AT_ONCE):
        some = there[start : start + AT_ONCE]
        with measured.scored.taken("day summaries"):
            rows = list(known.rows(some[0], some[-1], totals=True))
        DaySummary.objects.bulk_create(
            [
                DaySummary(
                    version=version, filled_in=row["day"] < made_on, time_zone=zone, computed_at=computed_at, **row
                )
                for row in rows
            ],
            ignore_conflicts=True,
        )
        if not all(done() for _ in some):
            return


def since() -> dict[int, int]:
    """Product → since when (ms) days of it are summed up: events that come late from then on are written down."""
    first = DaySummary.objects.values_list("version__profile__product").annotate(Min("computed_at"))
    return {product: int(at.timestamp() * 1000) for product, at in first}

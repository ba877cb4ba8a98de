"""The moves that an automation waits for: of its own segment, that happened, and that it has not acted upon."""

from datetime import date

import msgspec
from django.db.models import F, Max

from accoil.act.models import Automation, Firing
from accoil.connect.batches import batches
from accoil.count import days
from accoil.score.models import Profile
from accoil.segment import reading
from accoil.segment.models import HAPPENED, Reason, Stay

AT_ONCE = 500  # keys in one question


class Moved(msgspec.Struct, frozen=True):
    """`id` is the same whoever asks, as in `accoil.segment.reading`."""

    id: str
    entity: int
    day: date
    reason: Reason


def newest_rounds() -> dict[int, int]:
    """Profile → its newest round, of those that have an automation switched on."""
    asked = Profile.objects.filter(automations__enabled=True).distinct().values_list("pk", flat=True)
    return {profile: reading.watermark(profile) for profile in asked}


def since_watermark(automation: Automation, until: int) -> list[Moved]:
    """In the order in which they were found, up to a round and with it."""
    way = automation.way
    rounds = {f"{way}_in__gt": automation.watermark, f"{way}_in__lte": until, f"{way}_in__reason__in": HAPPENED}
    stays = Stay.objects.filter(segment=automation.segment, **rounds, **{f"{way}_day": F(f"{way}_in__day")})
    rows = stays.order_by(f"{way}_in", "entity").values_list("entity", f"{way}_day", f"{way}_in__reason")
    moved = [
        Moved(f"{automation.segment_id}-{entity}-{day}-{way}", entity, days.day(day), Reason(reason))
        for entity, day, reason in rows
    ]
    known = _known(automation, moved)
    return [each for each in moved if each.id not in known]


def seen_before(automation: Automation, moved: list[Moved]) -> set[int]:
    """Those of them that were in the segment earlier."""
    found: set[int] = set()
    for some in batches((each.entity for each in moved), AT_ONCE):
        stays = Stay.objects.filter(segment=automation.segment, entity__in=some)
        first = dict(stays.order_by().values_list("entity").annotate(day=Max("entered_day")))
        earlier = stays.order_by().values_list("entity", "entered_day")
        found |= {entity for entity, day in earlier if day < first[entity]}
    return found


def _known(automation: Automation, moved: list[Moved]) -> set[str]:
    found: set[str] = set()
    for some in batches((each.id for each in moved), AT_ONCE):
        found |= set(Firing.objects.filter(automation=automation, move__in=some).values_list("move", flat=True))
    return found

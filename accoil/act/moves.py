"""The moves that an automation waits for: of its own segment, that happened, and that it has not acted upon."""

from datetime import datetime

import msgspec
from django.db.models import F, Max

from accoil.act.models import Automation, Firing
from accoil.connect.batches import batches
from accoil.score.models import Profile
from accoil.segment import reading
from accoil.segment.models import HAPPENED, Reason, Round, Stay

AT_ONCE = 500  # keys in one question


class Moved(msgspec.Struct, frozen=True):
    """`id` is the same whoever asks, as in `accoil.segment.reading`. `at`: when it was found. `again`: inside before on
    the same day."""

    id: str
    entity: int
    at: datetime
    reason: Reason
    again: bool = False


def newest_rounds() -> dict[int, int]:
    """Profile → its newest round, of those that have an automation switched on."""
    asked = Profile.objects.filter(automations__enabled=True).distinct().values_list("pk", flat=True)
    return {profile: reading.watermark(profile) for profile in asked}


def since_watermark(automation: Automation, until: int) -> list[Moved]:
    """In the order in which they were found, up to a round and with it."""
    way: reading.Way = automation.way  # type: ignore[assignment]
    found = _found(automation, until, way, f"{way}_in")
    if way == "entered":
        found += _found(automation, until, way, "back_in")
    moved = [each for _, each in sorted(found, key=lambda found: (found[0], found[1].entity))]
    known = _known(automation, moved)
    return [each for each in moved if each.id not in known]


def _found(automation: Automation, until: int, way: reading.Way, found_in: str) -> list[tuple[int, Moved]]:
    """With the rounds in which they were found."""
    rounds = {f"{found_in}__gt": automation.watermark, f"{found_in}__lte": until, f"{found_in}__reason__in": HAPPENED}
    stays = Stay.objects.filter(segment=automation.segment, **rounds)
    if found_in != "back_in":  # a stay that came back may begin on an earlier day
        stays = stays.filter(**{f"{way}_day": F(f"{found_in}__day")})
    told = []
    for stay in stays.select_related(found_in):
        round: Round = getattr(stay, found_in)
        id, again = reading.move_id(stay, way, round.day, round.pk), found_in == "back_in"
        told.append((round.pk, Moved(id, stay.entity, round.at, Reason(round.reason), again)))
    return told


def seen_before(automation: Automation, moved: list[Moved]) -> set[int]:
    """Those of them that were in the segment on an earlier day."""
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

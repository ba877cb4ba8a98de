"""Who came into segments since a moment and is still there."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Q

from accoil.count import days
from accoil.segment.models import HAPPENED, Reason, Segment, Stay


def arrived(segments: Sequence[Segment], since: datetime, most: int) -> dict[int, list[int]]:
    """Segment → at most so many of those that came, the latest first. Who came because a rule or a definition was
    changed did not come by himself and is left out; of a past that was worked out only the day is known, so it counts
    from the next day on."""
    day = days.number(since.astimezone(segments[0].profile.product.zone).date()) if segments else 0
    worked_out = Q(entered_in__reason=Reason.FILLED_IN, entered_day__gt=day) & ~Q(entered_in__data__has_key="first")
    itself = Q(entered_in__reason__in=HAPPENED, entered_in__at__gt=since)
    found: dict[int, list[int]] = {}
    for segment in segments:
        stays = Stay.objects.filter(worked_out | itself, segment=segment, entered_day__gte=day, left_day=None)
        entities = list(stays.order_by("-entered_day", "entity").values_list("entity", flat=True)[:most])
        if entities:
            found[segment.pk] = entities
    return found

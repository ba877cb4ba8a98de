"""How people go through a journey: who moved on, how long a stage takes, and who is stuck in it.

Everything follows from the stays of its stages. Leaving one stage on the day another is entered is a passage."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

import msgspec
from django.db import connection
from django.db.models import Count, F, QuerySet

from accoil.count import days
from accoil.segment.models import Journey, Segment, Stay
from accoil.store.questions import beside

ASK = beside(__file__, "passage")

ENOUGH = 5  # finished stays before anybody is called stuck
STUCK = 2  # times the median


class Passage(msgspec.Struct, frozen=True, kw_only=True):
    """Of one stage, in a range of days. `entered`: how often; `came`: how many did; of those `on`: how many were in a
    later stage at any time since. `moved_on`: passages to a later stage in the range; `back`: to an earlier one; `out`:
    to none. `median`: days of the stays that ended in the range, None without any; `stuck_after`: days, None: too few
    to say. Nobody saw those enter who were inside on the first day that is known, so how long they stayed isn't either.
    """

    entered: int
    came: int
    on: int
    moved_on: int
    back: int
    out: int
    median: float | None
    stuck_after: float | None

    @property
    def conversion(self) -> float | None:
        """The share of those who came that went on, 0–1."""
        return self.on / self.came if self.came else None


def passages(journey: Journey, first: date, last: date) -> dict[int, Passage]:
    """Stage → what happened in it from first to last, both included."""
    stages = list(journey.stages.order_by("position"))
    begin, end = days.number(first), days.number(last)
    passed = _passed(journey, begin, end)
    entered, on = _entered(stages, begin, end), _went_on(journey, begin, end)
    none = (0, 0)
    found = {}
    for stage in stages:
        lengths = _lengths(stage, begin, end)
        after = {to: n for (of, to), n in passed.items() if of == stage.pk}
        places = {each.pk: each.position for each in stages}
        moved = sum(n for to, n in after.items() if to and places[to] > stage.position)
        back = sum(n for to, n in after.items() if to and places[to] < stage.position)
        found[stage.pk] = Passage(
            entered=entered.get(stage.pk, none)[0],
            came=entered.get(stage.pk, none)[1],
            on=on[stage.pk],
            moved_on=moved,
            back=back,
            out=sum(after.values()) - moved - back,
            median=median(lengths),
            stuck_after=stuck_after(lengths),
        )
    return found


def stuck(stage: Segment, after: float | None, today: date, limit: int) -> list[Stay]:
    """Who has been in the stage for more days than that, the longest first."""
    return list(_stuck(stage, after, today).order_by("entered_day", "entity")[:limit])


def how_many_stuck(stage: Segment, after: float | None, today: date) -> int:
    return _stuck(stage, after, today).count()


def length(stay: Stay, today: date) -> int:
    """Of a stay so far, in days."""
    return (days.number(today) if stay.left_day is None else stay.left_day) - stay.entered_day


def _stuck(stage: Segment, after: float | None, today: date) -> QuerySet[Stay]:
    if after is None:
        return Stay.objects.none()
    return Stay.objects.filter(segment=stage, left_day=None, entered_day__lt=days.number(today) - after)


def median(lengths: Counter[int]) -> float | None:
    """Of days → how many."""
    total, seen, low = sum(lengths.values()), 0, None
    for length in sorted(lengths):
        seen += lengths[length]
        if low is None and seen * 2 >= total:
            low = length
            if seen * 2 > total:
                return float(length)
        elif low is not None:
            return (low + length) / 2
    return None if low is None else float(low)


def stuck_after(lengths: Counter[int]) -> float | None:
    """Twice the median, and at least a day; None while fewer than five have gone through."""
    middle = median(lengths)
    return None if middle is None or sum(lengths.values()) < ENOUGH else max(STUCK * middle, 1)


def _lengths(stage: Segment, first: int, last: int) -> Counter[int]:
    """Days → how many stays that ended in the range were so long."""
    ended = Stay.objects.that_were_begun().filter(segment=stage, left_day__gte=first, left_day__lte=last)
    rows = ended.values(long=F("left_day") - F("entered_day")).annotate(n=Count("pk")).order_by()
    return Counter({row["long"]: row["n"] for row in rows})


def _entered(stages: Iterable[Segment], first: int, last: int) -> dict[int, tuple[int, int]]:
    """Stage → how many stays began, of how many."""
    began = Stay.objects.that_were_begun().filter(segment__in=list(stages))
    began = began.filter(entered_day__gte=first, entered_day__lte=last)
    rows = began.values("segment").annotate(n=Count("pk"), who=Count("entity", distinct=True)).order_by()
    return {row["segment"]: (row["n"], row["who"]) for row in rows}


def _passed(journey: Journey, first: int, last: int) -> Counter[tuple[int, int]]:
    """(stage left, stage entered or 0) → how often in the range."""
    rows = _ask("passed", [journey.pk, first, last] * 2)
    return Counter({(of, to or 0): n for of, to, n in rows})


def _went_on(journey: Journey, first: int, last: int) -> Counter[int]:
    return Counter(dict(_ask("went_on", [journey.pk, first, last])))


def _ask(question: str, values: Sequence[int]) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(ASK[question], values)
        return cursor.fetchall()

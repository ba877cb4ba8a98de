"""Views over a population: how many of those who could take something up did, in a range of days and day by day.

What each figure is: docs/reference/views.md. Rates are fractions 0–1; changes of rates are in percentage points."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import msgspec

from accoil.count import days as days_of
from accoil.count import people
from accoil.count.ids import Kind
from accoil.score import masks, reach
from accoil.score.book import look_at
from accoil.score.definition import Definition
from accoil.score.reach import ASK, NARROW, Whose

Row = dict[str, Any]
Sets = Mapping[str, Sequence[str]]  # name → events

WEEK = 7
WIDE = 124  # sets that fit the wider kind of bit sets


class View(msgspec.Struct, frozen=True, kw_only=True):
    """Users or accounts of a profile, from `first` to `last`. Who counts is said by the definition as of the last day;
    `only` narrows that to these ids, of a segment for instance."""

    product_id: int
    definition: Definition
    kind: Kind
    first: date
    last: date
    only: frozenset[int] | None = None

    @property
    def length(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def whose(self) -> Whose:
        return Whose(self.product_id, self.definition, self.kind, days_of.number(self.last), self.only)


def events(view: View) -> list[Row]:
    """`taken_up` for every event ever received, and whether it is `scored`."""
    rows = taken_up(view, {event: [event] for event in sorted(people.all_names(view.product_id, "events"))})
    return [{**row, "scored": row["name"] in view.definition.events} for row in rows]


def taken_up(view: View, sets: Sets) -> list[Row]:
    """For each set `name`, `did` and `did_before` (how many did any of it, in the range and in the one before), of
    `active` and `active_before` (those who did anything at all), `adoption`, `adoption_before`, `change`; `times` it
    happened, `average_events` per head of the population and `average_times` per one who did it."""
    names = list(sets)
    if not names:
        return []  # ClickHouse can't keep a column of bits that are of no set: it would have no type
    given = _given(view, sets.values())
    if len(names) <= WIDE:
        rows = masks.adoption(view.whose, "bit_of" if len(names) <= NARROW else "wide_bit_of", given)
    else:
        rows = view.whose.ask(ASK["adoption_of_many"], **given)
    found = {row["position"]: row for row in rows}
    happened = reach.times(view.whose, list(sets.values()), days_of.number(view.first), days_of.number(view.last))
    everyone, heads = found[None], _heads(view)
    nothing = {"did": 0, "did_before": 0}
    return [
        _taken_up(name, found.get(place, nothing), everyone, sum(happened[place].values()), heads)
        for place, name in enumerate(names)
    ]


def features(view: View, sets: Sets) -> list[Row]:
    """`taken_up`, and by day: `week` and `week_before`, the mean adoption of the last 7 days of the range and of the 7
    days before it; `week_change`."""
    rows = taken_up(view, sets)
    now = _weeks(view, sets, view.last)
    before = _weeks(view, sets, view.first - timedelta(days=1))
    return [
        {**row, "week": now[row["name"]], "week_before": before[row["name"]],
         "week_change": points(now[row["name"]], before[row["name"]])}
        for row in rows
    ]  # fmt: skip


def by_day(view: View, events: Sequence[str]) -> list[Row]:
    """For every day: `did` (how many did any of these events that day), `active` (how many were active in the window up
    to that day), `adoption`, `week` (its mean of the last 7 days), `times` it happened."""
    start = view.first - timedelta(days=WEEK - 1)
    first, last = days_of.number(start), days_of.number(view.last)
    did = reach.reached(view.whose, [list(events)], 1, first, last)[0]
    active = reach.active(view.whose, first, last)
    times = reach.times(view.whose, [list(events)], days_of.number(view.first), last)[0]
    rates = {day: part(did.get(day, 0), active.get(day, 0)) for day in range(first, last + 1)}
    return [
        {"day": days_of.day(day), "did": did.get(day, 0), "active": active.get(day, 0), "adoption": rates[day],
         "week": sum(rates[day - back] for back in range(WEEK)) / WEEK, "times": times.get(day, 0)}
        for day in range(days_of.number(view.first), last + 1)
    ]  # fmt: skip


def habits_by_day(view: View) -> list[Row]:
    """For every day, of those who count that day: `active` in the window up to it, their `average_adoption` of scored
    events (None where nobody is active), and how often those happened (`times`)."""
    scored = sorted(view.definition.events)
    rows = []
    for first, last, whose in _stretches(view):
        active = reach.active(whose, first, last)
        of_each = reach.reached(whose, [[event] for event in scored], view.definition.window, first, last)
        times = reach.times(whose, [scored], first, last)[0]
        for day in range(first, last + 1):
            done = sum(of_event.get(day, 0) for of_event in of_each)
            whole = active.get(day, 0) * len(scored)
            average = done / whole if whole else None
            rows.append(
                {"day": days_of.day(day), "active": active.get(day, 0), "average_adoption": average,
                 "times": times.get(day, 0)}
            )  # fmt: skip
    return rows


def _stretches(view: View) -> Iterator[tuple[int, int, Whose]]:
    """First and last day, and whose they are: day by day, unless everyone counts on all of them."""
    first, last = days_of.number(view.first), days_of.number(view.last)
    if view.whose.is_everyone:
        yield first, last, view.whose
        return
    for day in range(first, last + 1):
        yield day, day, msgspec.structs.replace(view.whose, as_of=day)


def most(view: View, events: Sequence[str], limit: int = 10) -> list[Row]:
    """Who did any of these most often in the range: `id`, `name`, `times`, `last_day`."""
    rows = view.whose.ask(ASK["most"], limit=limit, **_given(view, [events]))
    names = people.names(view.product_id, view.kind, [row["id"] for row in rows])
    return [{**row, "name": names[row["id"]], "last_day": days_of.day(row["last_day"])} for row in rows]


def part(some: float, whole: float) -> float:
    """some ÷ whole, 0 of nothing."""
    return some / whole if whole else 0.0


def points(now: float, before: float) -> float:
    """From one rate to another, in percentage points."""
    return round(100 * (now - before), 6)


def _taken_up(name: str, row: Row, everyone: Row, times: int, heads: int) -> Row:
    now = part(row["did"], everyone["did"])
    before = part(row["did_before"], everyone["did_before"])
    return {
        "name": name, "did": row["did"], "did_before": row["did_before"],
        "active": everyone["did"], "active_before": everyone["did_before"],
        "adoption": now, "adoption_before": before, "change": points(now, before),
        "times": times, "average_events": part(times, heads), "average_times": part(times, row["did"]),
    }  # fmt: skip


def _heads(view: View) -> int:
    """How many there are in the view on its last day."""
    if view.only is not None:
        return len(view.only)
    summary = look_at(view.product_id, view.definition, view.last).summary()
    return int(summary[f"{view.kind}s"])


def _weeks(view: View, sets: Sets, last: date) -> dict[str, float]:
    end = days_of.number(last)
    days = range(end - WEEK + 1, end + 1)
    did = reach.reached(view.whose, [list(events) for events in sets.values()], 1, days[0], end)
    active = reach.active(view.whose, days[0], end)
    return {
        name: sum(part(of_set.get(day, 0), active.get(day, 0)) for day in days) / WEEK
        for name, of_set in zip(sets, did, strict=True)
    }


def _given(view: View, sets: Iterable[Sequence[str]]) -> dict[str, Any]:
    before = days_of.number(view.first) - 1
    given = {"before": before, "last": days_of.number(view.last), "length": view.length}
    return given | reach.positions(view.product_id, sets)

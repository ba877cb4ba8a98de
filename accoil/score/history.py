"""Scores day by day, computed from today's facts and never stored: of one user or account, of a few, of the book."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import msgspec

from accoil.count import days
from accoil.count.facts import facts
from accoil.count.ids import Kind
from accoil.score import values
from accoil.score.counted import counted_among, places_of_points, what_makes_points
from accoil.score.definition import Definition
from accoil.score.summaries import summaries
from accoil.store.questions import beside, filled

ASK = beside(__file__, "history")

Row = dict[str, Any]


class Period(msgspec.Struct, frozen=True):
    """Days from first to last under one definition; the benchmarks that were reported, where there are any."""

    first: date
    last: date
    definition: Definition
    reported: Mapping[date, float | None] = {}


def history(product_id: int, definition: Definition, kind: Kind, id: int, first: date, last: date) -> list[Row]:
    """`day`, `score`, `raw` for every day from first to last."""
    return scores(product_id, [Period(first, last, definition)], kind, [id])[id]


def sparklines(
    product_id: int, definition: Definition, kind: Kind, ids: Sequence[int], as_of: date, days: int = 30
) -> dict[int, list[int]]:
    """Scores of the last `days` days for each id, oldest first."""
    period = Period(as_of - timedelta(days=days - 1), as_of, definition)
    found = scores(product_id, [period], kind, ids)
    return {id: [row["score"] for row in by_day] for id, by_day in found.items()}


def book_history(product_id: int, definition: Definition, first: date, last: date) -> list[Row]:
    """For every day the figures of the whole book, as `each_day` tells them."""
    return summaries(product_id, definition).rows(first, last)


def together(
    product_id: int, definition: Definition, kind: Kind, ids: Sequence[int], first: date, last: date
) -> list[Row]:
    """`day`, `active`, `average_score` (over the active; None without any) of these users or accounts as one."""
    rows = _ask(product_id, Period(first, last, definition), kind, ids, ASK["together"])
    found = {row.pop("as_of"): row for row in rows}
    nothing = {"active": 0, "average_score": None}
    return [{"day": day, **found.get(days.number(day), nothing)} for day in days.through(first, last)]


def scores(
    product_id: int, periods: Iterable[Period], kind: Kind, ids: Sequence[int], done: str = "counts"
) -> dict[int, list[Row]]:
    """For each id `day`, `score`, `raw` of every day of these periods, zeros included. `done`: a table of what they
    did, where it was put aside."""
    found: dict[int, list[Row]] = {id: [] for id in ids}
    for period in periods:
        given = {(row["id"], row["as_of"]): row for row in _ask(product_id, period, kind, ids, done=done)}
        for day in days.through(period.first, period.last):
            for id in ids:
                row = given.get((id, days.number(day)), {"score": 0, "raw": 0})
                found[id].append({"day": day, "score": row["score"], "raw": plain(row["raw"])})
    return found


def plain(amount: Any) -> int | float:
    """A sum as the engine tells it: whole wherever it is whole."""
    return int(amount) if amount == int(amount) else float(amount)


def _ask(
    product_id: int, period: Period, kind: Kind, ids: Sequence[int], around: str = "<scores>", done: str = "counts"
) -> list[Row]:
    """Rows of the question, put into the text around it."""
    first, last = days.number(period.first), days.number(period.last)
    against = _benchmarks(product_id, period)
    who = counted_among(facts(), product_id, period.definition, first, last)
    given = values.of(product_id, period.definition) | {
        "first": first, "last": last, "ids": list(ids), "everyone": who.everyone,
        "benchmark_days": list(against), "benchmarks": list(against.values()),
    }  # fmt: skip
    since = first - period.definition.window + 1
    with what_makes_points(product_id, period.definition, since, last, done) as counts:
        places = {**places_of_points(period.definition), "counts": counts, "among": who.table}
        return facts().store.rows(filled(around, scores=ASK[f"{kind}s"]), places, **given)


def _benchmarks(product_id: int, period: Period) -> dict[int, float]:
    """Day → benchmark where there is one: the reported one, else as today's facts have it."""
    definition = period.definition
    known = dict(period.reported)
    missing = [day for day in days.through(period.first, period.last) if day not in known]
    if definition.benchmark is not None:
        known |= dict.fromkeys(missing, definition.benchmark)
    elif missing:
        rows = summaries(product_id, definition).rows(missing[0], missing[-1])
        known |= {row["day"]: row["benchmark"] for row in rows if row["day"] not in known}
    return {days.number(day): value for day, value in sorted(known.items()) if value is not None}

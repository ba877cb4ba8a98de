"""What the book looked like on past days under one definition, computed from today's facts and remembered while no
new fact could have changed it."""

import threading
from datetime import date
from itertools import pairwise
from typing import Any

from accoil.count import days
from accoil.count.facts import facts
from accoil.score.definition import Definition
from accoil.score.each_day import each_day
from accoil.score.remembered import Days, Lately

DEFINITIONS_KEPT = 200

Row = dict[str, Any]


class Summaries:
    """Rows as of `each_day`, under one definition. An event changes its own day and those whose window still holds
    it."""

    def __init__(self, product_id: int, definition: Definition) -> None:
        self._product_id = product_id
        self._definition = definition
        self._days = Days[Row](facts(), product_id)
        self._asking = threading.Lock()

    def rows(self, first: date, last: date) -> list[Row]:
        """One per day from first to last."""
        wanted = range(days.number(first), days.number(last) + 1)
        with self._asking:
            known = self._days.found()
            for start, end in _runs([day for day in wanted if day not in known]):
                for row in each_day(self._product_id, self._definition, start, end):
                    known[days.number(row["day"])] = row
            return [known[day] for day in wanted]

    def lacks(self, first: date, last: date) -> bool:
        """Whether any of these days must be computed when it is asked for."""
        with self._asking:
            known = self._days.found()
            return any(day not in known for day in range(days.number(first), days.number(last) + 1))


def _runs(numbers: list[int]) -> list[tuple[int, int]]:
    """First and last of each run without a gap."""
    breaks = [place for place, (one, next_one) in enumerate(pairwise(numbers), 1) if next_one > one + 1]
    starts, ends = [0, *breaks], [*breaks, len(numbers)]
    return [(numbers[start], numbers[end - 1]) for start, end in zip(starts, ends, strict=True) if end > start]


_summaries = Lately[Summaries](DEFINITIONS_KEPT)


def summaries(product_id: int, definition: Definition) -> Summaries:
    return _summaries.get((facts(), product_id, definition.digest()), lambda: Summaries(product_id, definition))


def benchmark(product_id: int, definition: Definition, day: date) -> float | None:
    """The benchmark of a day; None where nobody had points."""
    if definition.benchmark is not None:
        return definition.benchmark
    value: float | None = summaries(product_id, definition).rows(day, day)[0]["benchmark"]
    return value

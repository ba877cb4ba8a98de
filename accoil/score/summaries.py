"""What the book looked like on past days under one definition, computed from today's facts and remembered while no
new fact could have changed it."""

import threading
from collections import OrderedDict
from datetime import date
from itertools import pairwise
from typing import Any

from accoil.count import days
from accoil.count.facts import Facts, facts
from accoil.score.definition import Definition
from accoil.score.each_day import each_day

DEFINITIONS_KEPT = 200

Row = dict[str, Any]


class Summaries:
    """Rows as of `each_day`, under one definition. An event changes its own day and those whose window still holds
    it."""

    def __init__(self, product_id: int, definition: Definition) -> None:
        self._product_id = product_id
        self._definition = definition
        self.facts: Facts = facts()
        self._version = 0
        self._rows: dict[int, Row] = {}
        self._asking = threading.Lock()

    def rows(self, first: date, last: date) -> list[Row]:
        """One per day from first to last."""
        wanted = range(days.number(first), days.number(last) + 1)
        with self._asking:
            self._forget_changed()
            for start, end in _runs([day for day in wanted if day not in self._rows]):
                for row in each_day(self._product_id, self._definition, start, end):
                    self._rows[days.number(row["day"])] = row
            return [self._rows[day] for day in wanted]

    def lacks(self, first: date, last: date) -> bool:
        """Whether any of these days must be computed when it is asked for."""
        with self._asking:
            self._forget_changed()
            return any(day not in self._rows for day in range(days.number(first), days.number(last) + 1))

    def _forget_changed(self) -> None:
        version = self.facts.version[self._product_id]
        since = self.facts.first_day_since(self._product_id, self._version)
        if since is not None:
            self._rows = {day: row for day, row in self._rows.items() if day < since}
        self._version = version


def _runs(numbers: list[int]) -> list[tuple[int, int]]:
    """First and last of each run without a gap."""
    breaks = [place for place, (one, next_one) in enumerate(pairwise(numbers), 1) if next_one > one + 1]
    starts, ends = [0, *breaks], [*breaks, len(numbers)]
    return [(numbers[start], numbers[end - 1]) for start, end in zip(starts, ends, strict=True) if end > start]


_summaries: OrderedDict[tuple[int, str], Summaries] = OrderedDict()
_finding = threading.Lock()


def summaries(product_id: int, definition: Definition) -> Summaries:
    key = (product_id, definition.digest())
    with _finding:
        found = _summaries.get(key)
        if found is None or found.facts is not facts():
            found = _summaries[key] = Summaries(product_id, definition)
        _summaries.move_to_end(key)
        while len(_summaries) > DEFINITIONS_KEPT:
            _summaries.popitem(last=False)
    return found


def benchmark(product_id: int, definition: Definition, day: date) -> float | None:
    """The benchmark of a day; None where nobody had points."""
    if definition.benchmark is not None:
        return definition.benchmark
    value: float | None = summaries(product_id, definition).rows(day, day)[0]["benchmark"]
    return value

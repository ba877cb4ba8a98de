"""What the book looked like on past days under one definition, computed from today's facts and remembered while no
new fact could have changed it."""

import threading
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from accoil.count import days
from accoil.count.facts import facts
from accoil.score.book import looked_at
from accoil.score.definition import Definition
from accoil.score.each_day import each_day
from accoil.score.remembered import Days, Lately

DEFINITIONS_KEPT = 200
AT_ONCE = 30  # days: who asks for others meanwhile waits for no more
TOTAL = "users"  # one of what only rows with totals have

Row = dict[str, Any]


class Summaries:
    """Rows as of `each_day`, under one definition. An event changes its own day and those whose window still holds
    it. Whoever asks for days that somebody else is finding out waits for them, and does not find them out again; who
    asks for what is known waits for nobody."""

    def __init__(self, product_id: int, definition: Definition) -> None:
        self._product_id = product_id
        self._definition = definition
        self._days = Days[Row](facts(), product_id)
        self._asking = threading.Lock()
        self._wanted: set[int] = set()  # threads that want totals now

    def rows(self, first: date, last: date, totals: bool = False) -> list[Row]:
        """One per day from first to last; with `totals` those too, and perhaps without. The last is as its book has it
        where that is a large one: then a page tells of one moment."""
        book = None if totals or first > last else looked_at(self._product_id, self._definition, last)
        if book:
            return [*self._found_out(first, last - timedelta(days=1), totals), book.of_the_day()]
        return self._found_out(first, last, totals)

    def _found_out(self, first: date, last: date, totals: bool) -> list[Row]:
        found: list[Row] = []
        if totals:
            self._wanted.add(threading.get_ident())
        try:
            for start in range(days.number(first), days.number(last) + 1, AT_ONCE):
                wanted = range(start, min(start + AT_ONCE, days.number(last) + 1))
                found += self._at_hand(wanted, totals) or self._waited_for(wanted, totals)
        finally:
            self._wanted.discard(threading.get_ident())
        return found

    def _at_hand(self, wanted: range, totals: bool) -> list[Row] | None:
        rows = self._days.at_hand(wanted)
        return rows if rows and (not totals or all(TOTAL in row for row in rows)) else None

    def _waited_for(self, wanted: range, totals: bool) -> list[Row]:
        with self._asking:
            return self._rows(wanted, totals)

    def _rows(self, wanted: range, totals: bool) -> list[Row]:
        """Who wants no totals finds them out all the same while somebody waits who does."""
        known = self._days.found()
        missing = [day for day in wanted if day not in known or (totals and TOTAL not in known[day])]
        for start, end in _runs(missing):
            for row in each_day(self._product_id, self._definition, start, end, totals=bool(self._wanted)):
                known[days.number(row["day"])] = row
        return [known[day] for day in wanted]

    def lacks(self, first: date, last: date) -> bool:
        """Whether any of these days must be computed when it is asked for."""
        return self._days.at_hand(range(days.number(first), days.number(last) + 1)) is None


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

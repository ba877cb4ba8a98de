"""The book on each of many days, in few figures: its benchmark, how many are active, averages; on request totals.

Points are summed per user, account and day once for a stretch of days. In a small book they are then spread over the
days of many windows at once; in a large one that needs more memory than the store may have, and a window moves on from
day to day."""

import itertools
from collections.abc import Iterator
from types import TracebackType
from typing import Any

from accoil.count import days
from accoil.count.facts import facts
from accoil.score import values
from accoil.score.counted import counted, hidden, places_of_points, what_makes_points
from accoil.score.definition import Definition
from accoil.score.people import people
from accoil.score.remembered import in_use
from accoil.store.questions import beside

ASK = beside(__file__, "each_day")

STRETCH = 60  # days at most; 90 would be the limit of the question `pairs`
AT_ONCE = 1_000_000  # rows that points may become by being spread

Row = dict[str, Any]

_numbers = itertools.count(1)


def each_day(product_id: int, definition: Definition, first: int, last: int, totals: bool = False) -> Iterator[Row]:
    """Oldest first: `day` (a date), `benchmark` (None where nobody has points), `active_users`, `active_accounts`,
    `average_user_score`, `average_account_score`, `average_total_score` (of accounts; all three over the active, None
    without any). With `totals` also `users`, `accounts` and `average_active_percent` (a fraction, over accounts with a
    user in 90 days, or None)."""
    for start in range(first, last + 1, STRETCH):
        with in_use(), Stretch(product_id, definition, start, min(start + STRETCH - 1, last), totals) as stretch:
            yield from stretch.rows()


class Stretch:
    """Kept tables for a few days in a row, dropped at the end."""

    def __init__(self, product_id: int, definition: Definition, first: int, last: int, totals: bool) -> None:
        self._product_id, self._definition = product_id, definition
        self._first, self._last, self._totals = first, last, totals
        self._store = facts().store
        self._name = f"stretch_{next(_numbers)}"
        self._kept: set[str] = set()
        self._places = {**places_of_points(definition), "counted": "", "people": ""}
        self._given = values.of(product_id, definition) | {
            "first": first, "last": last, "hidden": hidden(product_id, definition), "everyone": True,
        }  # fmt: skip
        self._turn = 0  # of the two tables that the window moves between
        self._at: int | None = None  # the day of the table that it moved to, where that is of one day

    def __enter__(self) -> "Stretch":
        self._find_who_counts(self._first)
        first = self._first - self._definition.window + 1
        with what_makes_points(self._product_id, self._definition, first, self._last) as counts:
            self._places["counts"] = counts
            self._keep("points", "points")
        if self._totals:
            self._keep("pairs", "pairs")
            self._keep("known", "known")
            self._places["people"] = people(facts(), self._product_id, self._last)
        return self

    def __exit__(self, kind: type[BaseException] | None, wrong: BaseException | None, at: TracebackType | None) -> None:
        for name in self._kept:
            self._store.drop(name)

    def rows(self) -> Iterator[Row]:
        step = self._days_at_once()
        for first in range(self._first, self._last + 1, step):
            last = min(first + step - 1, self._last)
            self._move_to(first, last)
            found = {row.pop("as_of"): row for row in self._ask("summaries")}
            for day in range(first, last + 1):
                yield {"day": days.day(day), **self._quiet(), **found.get(day, {}), **self._totals_of(day)}

    def _days_at_once(self) -> int:
        """One, where who counts is another question each day."""
        if not self._given["everyone"]:
            return 1
        there = self._ask("how_many")[0]["n"]
        window, length = self._definition.window, self._last - self._first + 1
        return max(1, int(AT_ONCE * (window + length) / window / max(there, 1)))

    def _move_to(self, first: int, last: int) -> None:
        """Makes the table of everyone's points in the windows of these days, and finds out who counts."""
        self._find_who_counts(first)
        self._turn = 1 - self._turn
        # Fractions that are added and taken away again leave dust: they are summed anew.
        whole = self._places["kind_of_points"] == "bigint"
        if whole and first == last and self._at == first - 1:
            self._keep(f"raws_{self._turn}", "slide", "raws", day=first)
        else:
            self._keep(f"raws_{self._turn}", "spread", "raws", first=first, last=last)
        self._at = first if first == last else None

    def _find_who_counts(self, day: int) -> None:
        who = counted(facts(), self._product_id, self._definition, day)
        self._places["counted"], self._given["everyone"] = who.table, who.everyone

    def _quiet(self) -> Row:
        return {
            "benchmark": self._definition.benchmark, "active_users": 0, "average_user_score": None,
            "active_accounts": 0, "average_account_score": None, "average_total_score": None,
        }  # fmt: skip

    def _totals_of(self, day: int) -> Row:
        return self._ask("totals", day=day)[0] if self._totals else {}

    def _ask(self, question: str, **more: int) -> list[Row]:
        return self._store.rows(ASK[question], self._places, **{**self._given, **more})

    def _keep(self, name: str, question: str, place: str = "", **more: int) -> None:
        kept = f"{self._name}_{name}"
        self._store.keep(kept, ASK[question], self._places, **{**self._given, **more})
        self._kept.add(kept)
        self._places[place or name] = f"kept.{kept}"

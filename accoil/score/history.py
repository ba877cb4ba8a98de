"""Scores day by day, computed and never stored: of one user or account, of a few, of the whole book."""

import threading
from collections import OrderedDict
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from accoil.count import days
from accoil.count.facts import Facts, facts
from accoil.count.ids import Kind
from accoil.score import values
from accoil.score.definition import Definition
from accoil.store.questions import beside

ASK = beside(__file__, "history")
DEFINITIONS_KEPT = 200
DAYS_AT_ONCE = 31  # a year of a large book at once needs more memory than the store may have

Row = dict[str, Any]


class Summaries:
    """One row per day of what the book looked like under one definition. Days that new facts can't have changed
    are remembered; an event changes its own day and those whose window still holds it."""

    def __init__(self, product_id: int, definition: Definition) -> None:
        self._product_id = product_id
        self._definition = definition
        self.facts: Facts = facts()
        self._version = 0
        self._rows: dict[int, Row] = {}
        self._asking = threading.Lock()

    def rows(self, first: int, last: int) -> dict[int, Row]:
        """Day → row, for days of the range on which anyone was active."""
        with self._asking:
            self._forget_changed()
            missing = [day for day in range(first, last + 1) if day not in self._rows]
            for start in range(missing[0], missing[-1] + 1, DAYS_AT_ONCE) if missing else ():
                self._ask(start, min(start + DAYS_AT_ONCE - 1, missing[-1]))
            return {day: row for day in range(first, last + 1) if (row := self._rows[day])}

    def _forget_changed(self) -> None:
        version = self.facts.version[self._product_id]
        since = self.facts.first_day_since(self._product_id, self._version)
        if since is not None:
            self._rows = {day: row for day, row in self._rows.items() if day < since}
        self._version = version

    def _ask(self, first: int, last: int) -> None:
        given = values.of(self._product_id, self._definition)
        found = self.facts.store.rows(ASK["summaries"], first=first, last=last, **given)
        self._rows |= {day: {} for day in range(first, last + 1)}  # nobody was active
        self._rows |= {row.pop("as_of"): row for row in found}


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


def benchmark(product_id: int, definition: Definition, day: int) -> float | None:
    if definition.benchmark is not None:
        return definition.benchmark
    row = summaries(product_id, definition).rows(day, day).get(day)
    return row["benchmark"] if row else None


def history(product_id: int, definition: Definition, kind: Kind, id: int, first: date, last: date) -> list[Row]:
    """`day`, `score`, `raw` for every day from first to last."""
    found = _scores(product_id, definition, kind, [id], days.number(first), days.number(last))[id]
    return [{"day": days.day(day), "score": score, "raw": raw} for day, (score, raw) in found.items()]


def sparklines(
    product_id: int, definition: Definition, kind: Kind, ids: Sequence[int], as_of: date, days: int = 30
) -> dict[int, list[int]]:
    """Scores of the last `days` days for each id, oldest first."""
    last = (as_of - date(1970, 1, 1)).days
    found = _scores(product_id, definition, kind, list(ids), last - days + 1, last)
    return {id: [score for score, _ in by_day.values()] for id, by_day in found.items()}


def book_history(product_id: int, definition: Definition, first: date, last: date) -> list[Row]:
    """`day`, `average_account_score`, `average_user_score` (None when nobody was active), `active_accounts`,
    `active_users`, `benchmark` for every day."""
    found = summaries(product_id, definition).rows(days.number(first), days.number(last))
    quiet = {
        "average_account_score": None, "average_user_score": None, "active_accounts": 0, "active_users": 0,
        "benchmark": definition.benchmark,
    }  # fmt: skip
    length = (last - first).days + 1
    return [{"day": day, **(found.get(days.number(day)) or quiet)} for day in _range(first, length)]


def _range(first: date, length: int) -> list[date]:
    return [first + timedelta(later) for later in range(length)]


def _scores(
    product_id: int, definition: Definition, kind: Kind, ids: list[int], first: int, last: int
) -> dict[int, dict[int, tuple[int, int]]]:
    """id → day → (score, raw), zeros included."""
    scores = {id: dict.fromkeys(range(first, last + 1), (0, 0)) for id in ids}
    book = summaries(product_id, definition).rows(first, last)
    given = values.of(product_id, definition)
    given |= {"benchmark_days": list(book), "benchmarks": [row["benchmark"] for row in book.values()]}
    rows = facts().store.rows(ASK[f"{kind}s"], first=first, last=last, ids=ids, **given)
    for row in rows:
        scores[row["id"]][row["as_of"]] = (row["score"], row["raw"])
    return scores


def plain(amount: Any) -> int | float:
    """A sum as the engine tells it: whole wherever it is whole."""
    return int(amount) if amount == int(amount) else float(amount)

"""Who counts under a definition from when until when: each day's population, kept as stretches of days."""

import itertools
import threading

from accoil.count.facts import Facts
from accoil.score.definition import Definition
from accoil.score.population import population
from accoil.score.remembered import Lately
from accoil.store.questions import beside

ASK = beside(__file__, "among")

KEPT = 8  # a row per user and stretch each

_numbers = itertools.count(1)


class Among:
    """A kept table over days in a row. Days that new facts can't have changed stay; the others are asked again."""

    def __init__(self, facts: Facts, product_id: int, definition: Definition) -> None:
        self._facts, self._product_id, self._definition = facts, product_id, definition
        self._first, self._next = 0, 0  # days that are in the table, the second not
        self._version = 0
        self._tables = [self._keep("nobody")]  # the last is whole; those before it may still be read
        self._making = threading.Lock()

    def table(self, first: int, last: int) -> str:
        """Covers at least the days from first to last."""
        with self._making:
            table = self._up_to_date(first)
            while self._next <= last:
                who = population(self._facts, self._product_id, self._definition, self._next)
                table = self._after(table, "day_more", who, day=self._next)
                self._next += 1
            if table != self._tables[-1]:
                self._tables.append(table)
            for old in self._tables[:-2]:
                self._facts.store.drop(old)
            self._tables = self._tables[-2:]
            return f"kept.{table}"

    def drop(self) -> None:
        for table in self._tables:
            self._facts.store.drop(table)

    def _up_to_date(self, first: int) -> str:
        """The table without the days that facts have changed; empty where it does not reach `first`."""
        table = self._tables[-1]
        since = self._facts.first_day_since(self._product_id, self._version)
        self._version = self._facts.version[self._product_id]
        if first < self._first or first > self._next:
            self._first = self._next = first
            return self._after(table, "nobody")
        if since is not None and since < self._next:
            self._next = max(since, self._first)
            return self._after(table, "before", since=self._next)
        return table

    def _after(self, table: str, question: str, population: str = "", **values: int) -> str:
        made = self._keep(question, {"among": f"kept.{table}", "population": population}, **values)
        if table not in self._tables:
            self._facts.store.drop(table)
        return made

    def _keep(self, question: str, places: dict[str, str] | None = None, **values: int) -> str:
        name = f"among_{next(_numbers)}"
        self._facts.store.keep(name, ASK[question], places, **values)
        return name


_kept = Lately(KEPT, Among.drop)


def among(facts: Facts, product_id: int, definition: Definition, first: int, last: int) -> str:
    """The name of a kept table, up to date: `id`, `from_day`, `until_day` of those who count on these days."""
    key = (facts, product_id, definition.about_whom())
    return _kept.get(key, lambda: Among(facts, product_id, definition)).table(first, last)

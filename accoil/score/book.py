"""The book: everyone's numbers under one definition as of one day, kept in the store while it is looked at."""

import copy
import itertools
import threading
import time
from collections.abc import Collection, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec
import pyarrow as pa

from accoil import measured
from accoil.count import days
from accoil.count.facts import Facts, facts
from accoil.rule.to_sql import Condition, condition
from accoil.rule.tree import Rule, Scope
from accoil.score import capped, listed, steps, values
from accoil.score.definition import Definition
from accoil.score.people import told
from accoil.score.population import EVERYONE, population, whom
from accoil.score.reading import SCOPES
from accoil.score.remembered import Lately
from accoil.store.questions import beside
from accoil.store.store import Value

ASK = beside(__file__, "book")
LIST = beside(__file__, "list")

NARROW = 62  # events or days that fit the faster kind of bit set
BOOKS_KEPT = 12  # each holds a row per user and account
FRESH_FOR = 1.0  # seconds: however fast events come, a book is made anew at most once in this time

ACCOUNT_ORDERS = (
    "score", "name", "raw", "change", "total_score", "active_users", "total_users", "active_percent", "frequency",
    "adoption", "lifetime_adoption", "last_active", "mrr", "plan", "status", "tenure", "created_on", "tracking_id",
    "activation", "activated_on",
)  # fmt: skip
USER_ORDERS = (
    "score", "name", "raw", "change", "email", "role", "account_name", "frequency", "adoption", "lifetime_adoption",
    "last_active", "tenure", "created_on", "tracking_id", "activation", "activated_on",
)  # fmt: skip
ORDERS: dict[Scope, tuple[str, ...]] = {"account": ACCOUNT_ORDERS, "user": USER_ORDERS}
_COLUMNS = {
    "adoption": "recently_scored_events",
    "lifetime_adoption": "overall_scored_events",
    "last_active": "last_day",
    "activated_on": "activated_day",
}
EVERY_ROW = 2**62
BANDS = ("most", "slightly", "passive", "least")
PARTS = ("late", "pairs", "parts", "users", "accounts")  # its kept tables


class Page(msgspec.Struct):
    rows: list[dict[str, Any]]
    total: int


class Book:
    """Rows of `accounts` and `users` are dictionaries; rates are fractions 0–1, days are dates, money is cents."""

    def __init__(self, product_id: int, definition: Definition, as_of: date, name: str) -> None:
        self.product_id = product_id
        self.definition = definition
        self.as_of = as_of
        self.benchmark: float | None = None
        self.computed_at = datetime.now(UTC)
        self._facts: Facts = facts()
        self._places = {part: f"kept.{name}_{part}" for part in PARTS}
        self._name = name
        self._version = -1
        self._summary: tuple[int, dict[str, Any]] | None = None  # of which version
        self._made = float("-inf")
        self._making = threading.Lock()

    def refresh(self) -> None:
        """Makes the rows anew when facts came since, at most once a second."""
        with self._making:
            if self._version < self._facts.version[self.product_id] and time.monotonic() - self._made > FRESH_FOR:
                self.make()

    def make(self) -> None:
        """Makes the rows anew. Of a book that never was nothing stays when that fails."""
        try:
            with measured.scored.taken("book"):
                self._make()
        except BaseException:
            if self._version < 0:
                self.drop()
            raise

    def _make(self) -> None:
        version = self._facts.version[self.product_id]
        computed_at, store = datetime.now(UTC), self._facts.store
        day = days.number(self.as_of)
        given = self._given
        places = {
            **self._places,
            **capped.places(self.definition),
            "bit_of": "bit_of" if max(len(self.definition.events), self.definition.window) <= NARROW else "wide_bit_of",
            "people": whom(self._facts, self.product_id, self.definition, day).people(),
        }
        self._make_parts(places, given)
        self._make_pairs(places, given)
        found = store.rows(ASK["benchmarks"], places)[0]
        benchmarks: dict[str, Value] = {name: self.definition.benchmark or value for name, value in found.items()}
        given |= benchmarks
        stepped = [scope for scope in SCOPES if self.definition.activation.steps(scope)]
        for scope in SCOPES:  # accounts are made of users
            name = f"{self._name}_{scope}s" if scope not in stepped else f"{self._name}_{scope}s_base"
            places[f"{scope}s"] = f"kept.{name}"
            store.keep(name, ASK[f"{scope}s"], places, **given)
        for scope in stepped:
            self._make_steps(scope, places, given)
        for scope in stepped:
            store.drop(f"{self._name}_{scope}s_base")
        self.benchmark = self.definition.benchmark or found["b_now"]
        self.computed_at, self._version, self._made = computed_at, version, time.monotonic()

    def _make_parts(self, places: dict[str, str], given: dict[str, Value]) -> None:
        """Of everyone who did something in two windows; then only of those who count, where not everyone does."""
        store, day, window = self._facts.store, days.number(self.as_of), self.definition.window
        ask = (store, f"{self._name}_above", self.product_id, self.definition)
        places |= capped.keep_above(*ask, day - 2 * window + 1, day)
        question = capped.made_of(ASK["parts"], self.definition)
        store.keep(f"{self._name}_parts", question, places, **given, cap=self.definition.daily_cap)
        store.drop(f"{self._name}_above")
        if not self.definition.counts_everyone:
            of_days = {"population": 0, "population_yesterday": 1, "population_last": window}
            populations = {name: self._population(day - back) for name, back in of_days.items()}
            store.keep(f"{self._name}_parts", ASK["among"], {**places, **populations})

    def _make_pairs(self, places: dict[str, str], given: dict[str, Value]) -> None:
        """What everybody has done so far, whatever it weighs."""
        store = self._facts.store
        goes_on = store.rows(ASK["goes_on"], **given)[0]["yes"]
        if goes_on:
            store.keep(f"{self._name}_late", ASK["late"], **given)
        store.keep(f"{self._name}_pairs", ASK["pairs_then" if goes_on else "pairs"], places, **given)
        store.drop(f"{self._name}_late")

    def _make_steps(self, scope: Scope, places: dict[str, str], given: dict[str, Value]) -> None:
        """Which steps those of a book without steps have met, put beside their numbers."""
        told_then = told(self._facts, self.product_id, days.number(self.as_of))
        places = {**places, "population": places["users"], "told": told_then}
        steps.keep(self._facts, f"{self._name}_{scope}s", self.product_id, self.definition, scope, places, given)

    def _population(self, day: int) -> str:
        return population(self._facts, self.product_id, self.definition, day)

    def accounts(
        self,
        search: str = "",
        sort: str = "-score",
        limit: int = 50,
        offset: int = 0,
        ids: list[int] | None = None,
        moved: int | None = None,
        rule: Rule | None = None,
    ) -> Page:
        """`moved`: only those whose score rose (above 0) or fell (below 0) by at least so much. `rule`: inlined; only
        those for whom it holds."""
        given = {"search": search, "ids": ids, "moved": moved, "account": None}
        return self._list("account", sort, limit, offset, rule, **given)

    def users(
        self,
        search: str = "",
        sort: str = "-score",
        limit: int = 50,
        offset: int = 0,
        ids: list[int] | None = None,
        moved: int | None = None,
        account: int | None = None,
        rule: Rule | None = None,
    ) -> Page:
        """As `accounts`; `account`: only those who belong to it now or did something for it in the window."""
        given = {"search": search, "ids": ids, "moved": moved, "account": account}
        return self._list("user", sort, limit, offset, rule, **given)

    def page(self, scope: Scope, **wanted: Any) -> Page:
        """`accounts` or `users`, whichever the scope says."""
        return self.accounts(**wanted) if scope == "account" else self.users(**wanted)

    def those(self, scope: Scope, ids: Collection[int]) -> dict[int, dict[str, Any]]:
        """By id, the rows of those of `ids` that are in it; users without the name of their account. In no order and
        not counted, which of a few people takes longer than finding them."""
        if not ids:
            return {}
        found = self._facts.store.rows(LIST["those"], {"who": self._places[f"{scope}s"]}, ids=list(ids))
        return {row["id"]: listed.row_told(row, len(self.definition.events)) for row in found}

    def matching(self, rule: Rule, scope: Scope) -> list[int]:
        """Our ids, in order, of those of the book for whom an inlined rule holds."""
        held = self._condition(rule, scope)
        question = LIST[f"matching_{scope}"].replace("<holds>", held.text)
        found = self._facts.store.ask(question, self._rule_places(held), **self._given, **held.values)
        return found["id"].to_pylist()  # type: ignore[no-any-return]

    def count(self, rule: Rule, scope: Scope) -> int:
        return len(self.matching(rule, scope))

    def keep(self, name: str, asked: Condition) -> None:
        """Keeps the answer to a question made of conditions on its rows, with all that they read."""
        given = {**self._given, **asked.values}
        self._facts.store.keep(name, asked.text, self._rule_places(asked), **given)

    def table(self, scope: Scope) -> str:
        """Its rows of users or accounts, for questions that join them with others."""
        return self._places[f"{scope}s"]

    def rows(self, question: str, places: dict[str, str], **more: Value) -> list[dict[str, Any]]:
        """The answer to a question about its tables `{users}` and `{accounts}`, and others."""
        return self._facts.store.rows(question, {**self._places, **places}, **self._given, **more)

    @property
    def version(self) -> int:
        """How often facts had changed when its rows were made."""
        return self._version

    def stream(
        self, scope: Scope, sort: str = "-score", rule: Rule | None = None, **wanted: Any
    ) -> Iterator[pa.RecordBatch]:
        """All rows of a list at once, as columns of the same names; `wanted` is as for `accounts` and `users`."""
        question, places, asked = self._asking(scope, sort, rule)
        given = {"search": "", "ids": None, "moved": None, "account": None, **wanted}
        found = self._facts.store.stream(question, places, **asked, **given, limit=EVERY_ROW, offset=0)
        return (listed.told(batch, len(self.definition.events)) for batch in found)

    def summary(self) -> dict[str, Any]:
        """Counts and averages (scores over the active), and how many stand in each band."""
        if self._summary is None or self._summary[0] != self._version:
            self._summary = (self._version, self._sum_up())
        return copy.deepcopy(self._summary[1])

    def _sum_up(self) -> dict[str, Any]:
        store = self._facts.store
        summary = store.rows(ASK["summary"], self._places)[0]
        for who in ("accounts", "users"):
            summary[f"bands_{who}"] = dict.fromkeys(BANDS, 0)
        for row in store.rows(ASK["bands"], self._places):
            summary[f"bands_{row['who']}"][row["band"]] = row["n"]
        return summary

    def drop(self) -> None:
        self._facts.store.drop_all(self._name)

    def _list(self, scope: Scope, sort: str, limit: int, offset: int, rule: Rule | None, **given: Any) -> Page:
        question, places, asked = self._asking(scope, sort, rule)

        def ask(limit: int, offset: int) -> list[dict[str, Any]]:
            return self._facts.store.rows(question, places, **asked, **given, limit=limit, offset=offset)

        rows = ask(limit, offset)
        counted = rows or (ask(1, 0) if offset else [])  # beyond the last page: how many there are all the same
        total = counted[0]["of_all"] if counted else 0
        return Page([listed.row_told(row, len(self.definition.events)) for row in rows], total)

    def _asking(self, scope: Scope, sort: str, rule: Rule | None) -> tuple[str, dict[str, str], dict[str, Value]]:
        """The question for a list, its places and values."""
        order, orders = sort.removeprefix("-"), ORDERS[scope]
        if order not in orders:
            raise ValueError(f"sort is {sort!r}; choose one of {', '.join(orders)}, with a minus for the largest first")
        direction = "desc" if sort.startswith("-") else "asc"
        held = self._condition(rule, scope) if rule else EVERYONE
        places = {**self._places, "order": _COLUMNS.get(order, order), "direction": direction}
        places |= self._rule_places(held) if rule else {}
        return LIST[f"{scope}s"].replace("<holds>", held.text), places, {**self._given, **held.values}

    @property
    def _given(self) -> dict[str, Value]:
        return {**values.of(self.product_id, self.definition), "as_of": days.number(self.as_of)}

    def _condition(self, rule: Rule, scope: Scope) -> Condition:
        return condition(rule, scope, in_book=True)

    def _rule_places(self, held: Condition) -> dict[str, str]:
        """The tables that a rule reads: who counts are the users of the book."""
        day = days.number(self.as_of)
        places = {**self._places, "population": self._places["users"], "told": told(self._facts, self.product_id, day)}
        places["people"] = whom(self._facts, self.product_id, self.definition, day).people()
        for back in held.back:
            before = open_book(self.product_id, self.definition, self.as_of - timedelta(days=back))
            places |= {f"{part}_back_{back}": before._places[part] for part in ("users", "accounts")}
        return places


_books = Lately(BOOKS_KEPT, Book.drop)
_numbers = itertools.count(1)


def open_book(product_id: int, definition: Definition, as_of: date) -> Book:
    """The book of that day, made or made anew where facts came since."""
    key = (facts(), product_id, definition.digest(), as_of)
    book = _books.get(key, lambda: Book(product_id, definition, as_of, f"book_{next(_numbers)}"))
    book.refresh()
    return book

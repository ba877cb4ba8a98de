"""The book: everyone's numbers under one definition as of one day, kept in the store while it is looked at."""

import copy
import itertools
from collections.abc import Collection, Iterator
from datetime import date, timedelta
from typing import Any

import msgspec
import pyarrow as pa

from accoil.count import days
from accoil.count.facts import facts
from accoil.rule.to_sql import Condition, condition
from accoil.rule.tree import Rule, Scope
from accoil.score import listed
from accoil.score.beside import SHOWN_FOR, Beside
from accoil.score.definition import Definition
from accoil.score.making import ASK, Making
from accoil.score.people import told
from accoil.score.population import EVERYONE, whom
from accoil.score.remembered import Lately
from accoil.store.questions import beside, filled
from accoil.store.store import Value

LIST = beside(__file__, "list")

BOOKS_KEPT = 12  # each holds a row per user and account
FRESH_FOR = 1.0  # seconds: however fast events come, a book is made anew at most once in this time

EVERY_ROW = 2**62
FIGURES = (
    "benchmark", "active_users", "active_accounts", "average_user_score", "average_account_score",
    "average_total_score",
)  # fmt: skip
BESIDE = ("benchmark", "average_total_score")  # of these those that the summary goes without
BANDS = ("most", "slightly", "passive", "least")


class Page(msgspec.Struct):
    rows: list[dict[str, Any]]
    total: int


class Book(Making):
    """Rows of a `page` are dictionaries; rates are fractions 0–1, days are dates, money is cents."""

    def look(self) -> None:
        """Has the rows made anew beside whoever looks; waited for are they where they are few, or older than five
        seconds."""
        if self.is_large:
            _beside.look(self)
        if not self.is_large or self.age > SHOWN_FOR:
            self.catch_up()

    def catch_up(self) -> None:
        """Makes the rows anew when facts came since, at most once a second."""
        with self._making:
            if self.is_behind and self.age > FRESH_FOR and not self.is_gone:
                self.make()

    def page(
        self,
        scope: Scope,
        search: str = "",
        sort: str = "-score",
        limit: int = 50,
        offset: int = 0,
        ids: list[int] | None = None,
        moved: int | None = None,
        account: int | None = None,
        rule: Rule | None = None,
    ) -> Page:
        """`moved`: only those whose score rose (above 0) or fell (below 0) by at least so much. `account`: only users
        who belong to it now or did something for it in the window. `rule`: inlined; only those for whom it holds."""
        question, places, asked = self._asking(scope, sort, rule)
        given = {"search": search, "ids": ids, "moved": moved, "account": account}

        def ask(limit: int, offset: int) -> list[dict[str, Any]]:
            return self._facts.store.rows(question, places, **asked, **given, limit=limit, offset=offset)

        rows = ask(limit, offset)
        if ids and not rows and self.is_behind:  # somebody new
            self.catch_up()
            rows = ask(limit, offset)
        counted = rows or (ask(1, 0) if offset else [])  # beyond the last page: how many there are all the same
        total = counted[0]["of_all"] if counted else 0
        return Page([listed.row_told(row, len(self.definition.events)) for row in rows], total)

    def those(self, scope: Scope, ids: Collection[int]) -> dict[int, dict[str, Any]]:
        """By id, the rows of those of `ids` that are in it; users without the name of their account. In no order and
        not counted, which of a few people takes longer than finding them."""
        if not ids:
            return {}
        found = self._facts.store.rows(LIST["those"], {"who": self.table(scope)}, ids=list(ids))
        return {row["id"]: listed.row_told(row, len(self.definition.events)) for row in found}

    def matching(self, rule: Rule, scope: Scope) -> list[int]:
        """Our ids, in order, of those of the book for whom an inlined rule holds."""
        held = self._condition(rule, scope)
        question = filled(LIST[f"matching_{scope}"], holds=held.text)
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
        """All rows of a list at once, as columns of the same names; `wanted` is as for a `page`."""
        question, places, asked = self._asking(scope, sort, rule)
        given = {"search": "", "ids": None, "moved": None, "account": None, **wanted}
        found = self._facts.store.stream(question, places, **asked, **given, limit=EVERY_ROW, offset=0)
        return (listed.told(batch, len(self.definition.events)) for batch in found)

    def summary(self) -> dict[str, Any]:
        """Counts and averages (scores over the active), and how many stand in each band."""
        return {key: copy.copy(value) for key, value in self._summed_up().items() if key not in BESIDE}

    def of_the_day(self) -> dict[str, Any]:
        """The same as a day's row of `each_day`, without totals."""
        found = self._summed_up()
        return {"day": self.as_of, **{figure: found[figure] for figure in FIGURES}}

    def _summed_up(self) -> dict[str, Any]:
        version = self._version
        if self._summary is None or self._summary[0] != version:
            self._summary = (version, self._sum_up())
        return self._summary[1]

    def _sum_up(self) -> dict[str, Any]:
        store = self._facts.store
        summary = store.rows(ASK["summary"], self._places)[0]
        summary |= store.rows(ASK["of_all_points"], self._places)[0] | {"benchmark": self.benchmark}
        for who in ("accounts", "users"):
            summary[f"bands_{who}"] = dict.fromkeys(BANDS, 0)
        for row in store.rows(ASK["bands"], self._places):
            summary[f"bands_{row['who']}"][row["band"]] = row["n"]
        return summary

    def _asking(self, scope: Scope, sort: str, rule: Rule | None) -> tuple[str, dict[str, str], dict[str, Value]]:
        """The question for a list, its places and values."""
        held = self._condition(rule, scope) if rule else EVERYONE
        places = {**self._places, **listed.ordered(sort, scope)}
        places |= self._rule_places(held) if rule else {}
        return filled(LIST[f"{scope}s"], holds=held.text), places, {**self._given, **held.values}

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


_books: Lately[Book] = Lately(BOOKS_KEPT, Book.drop)
_beside = Beside()
_numbers = itertools.count(1)


def open_book(product_id: int, definition: Definition, as_of: date) -> Book:
    """The book of that day, made or made anew where facts came since, at most once a second."""
    book = _book(product_id, definition, as_of)
    book.catch_up()
    return book


def look_at(product_id: int, definition: Definition, as_of: date) -> Book:
    """The same for somebody who looks: a large one may be as it was up to five seconds ago."""
    book = _book(product_id, definition, as_of)
    book.look()
    return book


def looked_at(product_id: int, definition: Definition, as_of: date) -> Book | None:
    """The same if it is a large one that is there already."""
    book = _books.at_hand((facts(), product_id, definition.digest(), as_of))
    if book is None or not book.is_large:
        return None
    book.look()
    return book


def _book(product_id: int, definition: Definition, as_of: date) -> Book:
    key = (facts(), product_id, definition.digest(), as_of)
    return _books.get(key, lambda: Book(product_id, definition, as_of, f"book_{next(_numbers)}"))

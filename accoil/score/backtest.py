"""Would the score have told? Everyone as they were some days before an outcome came to some of them.

The past is cut into periods of so many days. At the beginning of each, everyone for whom the outcome does not hold yet
is looked at; at its end, whether it holds now. All numbers are those that today's definition gives for those days."""

import itertools
from collections.abc import Callable
from datetime import date, timedelta

import msgspec

from accoil.count import days
from accoil.count.facts import facts
from accoil.rule.tree import Rule, Scope, mentions
from accoil.score import statistics
from accoil.score.book import Book
from accoil.score.definition import Definition, Exclude
from accoil.score.groups import Groups, Rules
from accoil.score.statistics import ASK, Group, Telling
from accoil.store.questions import filled

EARLIER = 2  # periods before the first, so that the score can be read further back
MOST_SEGMENTS = 60  # bits

_numbered = itertools.count(1)

Told = Callable[[int, int], None]


class Question(msgspec.Struct, frozen=True):
    """`outcome`: an inlined rule that becomes true; `days`: the length of a period; `periods`: how many of them, the
    last one ending on `as_of`."""

    product_id: int
    definition: Definition
    scope: Scope
    outcome: Rule
    as_of: date
    days: int = 30
    periods: int = 6

    @property
    def dates(self) -> list[date]:
        """All days that are looked at, oldest first; the last is the end of the last period."""
        back = range(self.periods + EARLIER, -1, -1)
        return [self.as_of - timedelta(days=self.days * each) for each in back]


class Backtest(msgspec.Struct, frozen=True):
    """`observed` looks at `entities`, of which `cases` ended in the outcome. `earlier`: how well the score told so many
    days before the outcome, at most."""

    observed: int
    entities: int
    cases: int
    bands: list[Group]
    tenths: list[Group]
    activation: list[Group]
    segments: dict[str, Group]
    score: Telling
    by_activation: Telling
    earlier: dict[int, Telling]

    @property
    def share(self) -> float:
        return self.cases / self.observed if self.observed else 0.0


def backtest(question: Question, segments: Groups | None = None, told: Told = lambda done, of: None) -> Backtest:
    """Takes about as long as opening a book for each day; `told` hears how many are done."""
    looking = _Looking(question, segments)
    try:
        for done, day in enumerate(question.dates):
            told(done, len(question.dates))
            looking.look(day)
        return looking.found()
    finally:
        looking.drop()


class _Looking:
    def __init__(self, question: Question, segments: Groups | None) -> None:
        self._question, self._store = question, facts().store
        self._name = f"backtest_{next(_numbered)}"
        self._outcome = Rules(question.scope, {"outcome": question.outcome})
        self._segments = segments or Rules(question.scope, {})
        self._numbers = list(self._segments.names)[:MOST_SEGMENTS]
        self._places = {part: f"kept.{self._name}_{part}" for part in ("states", "came", "groups", "holds", "observed")}
        self._keep("states", ASK["no_states"])
        self._keep("came", ASK["nothing_came"])

    def look(self, day: date) -> None:
        """At everyone as of a day."""
        book = self._open(self._question.definition, day)
        everyone = book if _is_about_numbers(self._question.outcome) else self._everyone(book, day)
        try:
            everyone.keep(f"{self._name}_holds", self._outcome.question)
            number = days.number(day)
            self._keep("came", ASK["came"], began=number - self._question.days)
            if day < self._question.as_of:
                book.keep(f"{self._name}_groups", self._segments.question)
                inside = " + ".join(
                    f"case when g.b{number} then cast({2**place} as bigint) else 0 end"
                    for place, number in enumerate(self._numbers)
                )
                rows = {"rows": book.table(self._question.scope)}
                self._keep("states", filled(ASK["states"], inside=inside or "0"), rows, day=number)
        finally:
            book.drop()
            if everyone is not book:
                everyone.drop()

    def found(self) -> Backtest:
        first = self._question.dates[EARLIER]
        self._keep("observed", ASK["observed"], first=days.number(first))
        observed, states = self._places["observed"], self._places["states"]
        totals = statistics.totals(self._store, observed)
        groups = statistics.groups(self._store, observed, len(self._numbers))
        names = [self._segments.names[number] for number in self._numbers]
        period = self._question.days
        return Backtest(
            observed=totals["observed"],
            entities=totals["entities"],
            cases=totals["cases"],
            bands=groups["band"],
            tenths=groups["tenth"],
            activation=groups["activation"],
            segments={names[group.place]: group for group in groups["segment"]},
            score=statistics.telling(self._store, observed, states),
            by_activation=statistics.telling(self._store, observed, states, "activation"),
            earlier={
                period * (back + 1): statistics.telling(self._store, observed, states, earlier=period * back)
                for back in range(EARLIER + 1)
            },
        )

    def drop(self) -> None:
        for part in self._places:
            self._store.drop(f"{self._name}_{part}")

    def _keep(self, part: str, question: str, places: dict[str, str] | None = None, **values: int) -> None:
        self._store.keep(f"{self._name}_{part}", question, {**self._places, **(places or {})}, **values)

    def _open(self, definition: Definition, day: date) -> Book:
        """One of our own: those that pages look at stay as they are."""
        book = Book(self._question.product_id, definition, day, f"{self._name}_{next(_numbered)}")
        book.make()
        return book

    def _everyone(self, book: Book, day: date) -> Book:
        """Who has come to the outcome may not count any more: a filter `status is Trial` lets nobody be Paid."""
        definition = book.definition
        if definition.counts_everyone:
            return book
        open_to_all = msgspec.structs.replace(definition, filter=None, exclude=Exclude(), internal_domains=())
        return self._open(open_to_all, day)


def _is_about_numbers(outcome: Rule) -> bool:
    """Such an outcome is one of the profile's own book."""
    return bool(mentions(outcome).metrics)

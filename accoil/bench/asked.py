"""The questions that people ask of a large book, each timed."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from statistics import median
from typing import Any

from accoil.bench.figures import percentile, ratio, seconds_of
from accoil.bench.invented import LAST_DAY, PRODUCT
from accoil.bench.watched import Watched
from accoil.count import days
from accoil.count.facts import facts
from accoil.count.ids import Kind
from accoil.score import book, history, making, values
from accoil.score.definition import Definition
from accoil.score.each_day import each_day
from accoil.score.explain import explain
from accoil.score.what_if import what_if
from accoil.store.questions import beside

ASK = beside(__file__, "score")

PAGE = 50
PAGES_ASKED = 30
SLIDER_MOVES = 10
ACCOUNTS_ASKED = 20
YEAR = 365
SORTS: dict[Kind, tuple[str, ...]] = {
    "account": ("-score", "-change", "name", "-active_users", "-mrr", "-last_active"),
    "user": ("-score", "-change", "name", "account_name", "-frequency", "-last_active"),
}
SEARCHES = ("", "", "00012", "company")

Report = dict[str, Any]


@dataclass
class Asked:
    store: Watched
    definition: Definition
    repeat: int

    @property
    def given(self) -> dict[str, Any]:
        return {**values.of(PRODUCT, self.definition), "as_of": days.number(LAST_DAY)}

    def size(self) -> Report:
        return self.store.rows(ASK["size"], **self.given)[0]

    def bare(self) -> float:
        """Seconds of the sum that everything else is measured against."""
        return self._median(lambda: self.store.ask(ASK["bare"], **self.given))

    def everything(self, bare: float) -> Report:
        """Every metric of every user and account, nothing known from before."""
        return self._told(self._median(self._open, cold=True), bare)

    def everything_again(self, bare: float) -> Report:
        """The same when events came, but nobody new and no new traits: what keeps a book fresh costs."""
        self._open()
        self.store.taken()
        took = []
        for _ in range(self.repeat):
            facts().moved(PRODUCT, days.number(LAST_DAY), people_changed=False)
            time.sleep(book.FRESH_FOR)
            took.append(seconds_of(self._open))
        return self._told(median(took), bare)

    def reduced(self, bare: float) -> Report:
        """Scores, raw, active, frequency and adoption alone."""
        return self._told(self._median(self._light, cold=True), bare)

    def what_if(self) -> Report:
        """What a draft would change, without segments: first, then while one weight moves."""
        first = self._median(lambda: self._what_if(0), cold=True, times=min(3, self.repeat))
        parts = self.store.taken()
        following = [seconds_of(partial(self._what_if, move)) for move in range(SLIDER_MOVES)]
        return {
            "first_seconds": round(first, 4),
            "following_seconds": round(median(following), 4),
            "parts_first": parts,
            "parts_following": self.store.taken(),
        }

    def summaries(self) -> Report:
        """A year of days, none of them known yet."""
        self.store.forget_answers()
        first = LAST_DAY - timedelta(days=YEAR - 1)
        asked = each_day(PRODUCT, self.definition, days.number(first), days.number(LAST_DAY), totals=True)
        took = seconds_of(lambda: list(asked))
        self.store.taken()
        return {"days": YEAR, "seconds": round(took, 3)}

    def one_account(self) -> Report:
        """A year of one account's history, and why its score is what it is; the days' benchmarks are known."""
        first = LAST_DAY - timedelta(days=YEAR - 1)
        history.book_history(PRODUCT, self.definition, first, LAST_DAY)
        ids = [row["id"] for row in self._open().page("account", limit=ACCOUNTS_ASKED).rows]
        self.store.taken()
        year = [seconds_of(partial(self._history, id, first)) for id in ids]
        why = [seconds_of(partial(explain, PRODUCT, self.definition, "account", id, LAST_DAY)) for id in ids]
        return {"history_of_a_year_ms": _ms(median(year)), "explain_ms": _ms(median(why)), "parts": self.store.taken()}

    def pages(self, kind: Kind) -> Report:
        """Lists as people turn them over: sorted, searched, further on, with a line of 30 days in each row."""
        asked = [
            (sort, SEARCHES[turn % len(SEARCHES)], turn % 5 * PAGE)
            for turn in range(PAGES_ASKED)
            for sort in (SORTS[kind][turn % len(SORTS[kind])],)
        ]
        took = [seconds_of(partial(self._page, kind, *each)) * 1000 for each in asked]
        return {
            "p50_ms": round(percentile(took, 0.5), 1),
            "p95_ms": round(percentile(took, 0.95), 1),
            "parts": self.store.taken(),
        }

    def _open(self) -> book.Book:
        return book.open_book(PRODUCT, self.definition, LAST_DAY)

    def _history(self, id: int, first: date) -> list[Report]:
        return history.history(PRODUCT, self.definition, "account", id, first, LAST_DAY)

    def _light(self) -> None:
        places, given = self.store.given["book.parts"]  # as the book asked
        self.store.keep("light_parts", making.ASK["parts"], places, **given)
        places = {**places, "parts": "kept.light_parts"}
        benchmarks = self.store.rows(making.ASK["benchmarks"], places)[0]
        for name in ("light_users", "light_accounts"):
            self.store.ask(ASK[name], places, **given, **benchmarks)

    def _what_if(self, move: int) -> None:
        weights = dict(self.definition.events)
        weights[next(iter(weights))] = 1 + move % 10
        draft = Definition(window=self.definition.window, events=weights)
        what_if(PRODUCT, self.definition, draft, LAST_DAY)

    def _page(self, kind: Kind, sort: str, search: str, offset: int) -> None:
        opened = self._open()
        ids = [row["id"] for row in opened.page(kind, search=search, sort=sort, limit=PAGE, offset=offset).rows]
        history.sparklines(PRODUCT, self.definition, kind, ids, LAST_DAY)

    def _median(self, work: Callable[[], object], cold: bool = False, times: int | None = None) -> float:
        took = []
        for _ in range(times or self.repeat):
            if cold:
                self.store.forget_answers()
            took.append(seconds_of(work))
        return median(took)

    def _told(self, seconds: float, bare: float) -> Report:
        return {"seconds": round(seconds, 4), "ratio": ratio(seconds, bare), "parts": self.store.taken()}


def _ms(seconds: float) -> float:
    return round(seconds * 1000, 1)

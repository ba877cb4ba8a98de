"""What is remembered stays as long as it is asked for, and no longer than no fact has changed it."""

import itertools
import threading
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from accoil.count import days
from accoil.count.facts import Facts, facts
from accoil.score import remembered, summaries
from accoil.score.book import Book
from accoil.score.definition import Definition
from accoil.score.each_day import each_day
from accoil.score.people import DAYS_KEPT, people
from accoil.score.remembered import Days, Lately
from accoil.store.duckdb import DuckDB
from accoil.team.models import Product
from tests.small_worlds import at, did, joins
from tests.world import Engine, engine


def test_the_one_that_nobody_asked_for_the_longest_is_let_go_of(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remembered, "STILL_ASKED", 0.0)
    gone: list[str] = []
    kept = Lately[str](2, gone.append)
    for key in ("a", "b", "a", "c"):
        kept.get(key, key.upper)
    assert gone == ["B"]
    assert kept.get("a", lambda: "made again") == "A"
    assert kept.get("b", lambda: "made again") == "made again"
    assert gone == ["B", "C"]


def test_what_somebody_may_be_asking_still_is_let_go_of_later(monkeypatch: pytest.MonkeyPatch) -> None:
    gone: list[str] = []
    kept = Lately[str](1, gone.append)
    for key in ("a", "b", "c"):
        kept.get(key, key.upper)
    assert gone == []
    monkeypatch.setattr(remembered, "STILL_ASKED", 0.0)
    kept.get("c", lambda: "made again")
    assert gone == ["A", "B"]


def test_what_long_work_got_stays_until_it_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remembered, "STILL_ASKED", 0.0)
    gone: list[str] = []
    kept = Lately[str](1, gone.append)
    kept.get("before", str)
    with remembered.in_use():
        for key in ("a", "b", "c"):
            kept.get(key, key.upper)
        assert "A" not in gone and "B" not in gone
    kept.get("c", str)
    assert gone == ["", "A", "B"]


def test_a_book_and_days_that_take_long_lose_no_table_that_others_push_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remembered, "STILL_ASKED", 0.0)
    keep, others = DuckDB.keep, itertools.count(20_000)
    definition, day = Definition.check({"events": {"Report": 5}, "window": 7}), date(2026, 3, 30)
    told = [joins("ann", "acme", at(1)), *did("ann", "Report", at(30)), joins("bob", "acme", at(31))]
    with engine(told, "UTC") as running:

        def pushed_out(store: DuckDB, name: str, *asked: Any, **values: Any) -> None:
            if name.startswith(("slow_", "stretch_")):
                for _ in range(DAYS_KEPT):
                    people(facts(), running.product_id, next(others))
            keep(store, name, *asked, **values)

        monkeypatch.setattr(DuckDB, "keep", pushed_out)
        book = Book(running.product_id, definition, day, "slow_1")
        book.make()
        assert book.page("user").total == 1
        book.drop()
        (row,) = each_day(running.product_id, definition, days.number(day), days.number(day), totals=True)
        assert row["users"] == 1


def test_days_are_forgotten_from_the_first_one_on_that_a_load_touched(engine: Engine) -> None:
    facts = Facts(engine.facts.store)
    known = Days[str](facts, 1)
    known.found().update({5: "five", 6: "six", 7: "seven"})
    facts.moved(2, first_day=1)
    assert known.found().keys() == {5, 6, 7}
    facts.moved(1, first_day=6)
    assert known.found() == {5: "five"}
    known.found()[6] = "six anew"
    assert known.found() == {5: "five", 6: "six anew"}


def test_days_are_at_hand_until_a_load_touches_them(engine: Engine) -> None:
    facts = Facts(engine.facts.store)
    known = Days[str](facts, 1)
    known.found().update({5: "five", 6: "six", 7: "seven"})
    assert known.at_hand(range(5, 8)) == ["five", "six", "seven"]
    assert known.at_hand(range(5, 9)) is None
    facts.moved(1, first_day=6)
    assert known.at_hand(range(5, 6)) == ["five"]
    assert known.at_hand(range(5, 7)) is None


def test_who_asks_for_days_that_are_known_does_not_wait_while_others_are_found_out(
    new_product: Callable[..., Product], receive: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page needs the benchmarks of ninety days, which are there, while a year of them is being summed up."""
    product = new_product()
    receive(product, did("u", "Open", at(10)))
    asked = summaries.summaries(product.pk, Definition(events={"Open": 1}))
    known = asked.rows(date(2026, 3, 8), date(2026, 3, 12))
    begun, go_on, find_out = threading.Event(), threading.Event(), summaries.each_day

    def slowly(*which: Any, **how: Any) -> Any:
        begun.set()
        assert go_on.wait(20)
        return find_out(*which, **how)

    monkeypatch.setattr(summaries, "each_day", slowly)
    ahead = threading.Thread(target=asked.rows, args=(date(2026, 2, 1), date(2026, 2, 20)))
    ahead.start()
    try:
        assert begun.wait(20)
        assert asked.rows(date(2026, 3, 8), date(2026, 3, 12)) == known
        assert not asked.lacks(date(2026, 3, 8), date(2026, 3, 12))
        assert asked.lacks(date(2026, 2, 1), date(2026, 2, 20))
    finally:
        go_on.set()
        ahead.join(20)
    assert not asked.lacks(date(2026, 2, 1), date(2026, 2, 20))

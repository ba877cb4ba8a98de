"""A large book is made anew beside those who look at it; whoever acts by it waits."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from accoil.count import days, ids
from accoil.count.facts import open_facts
from accoil.score import beside, book, making
from accoil.score.book import Book, look_at, open_book
from accoil.score.definition import Definition
from accoil.score.each_day import each_day
from accoil.score.summaries import summaries
from tests.small_worlds import at, did, joins
from tests.waiting import until
from tests.world import Engine

DEFINITION = Definition.check({"events": {"Report": 5}, "window": 7})
TODAY = date(2026, 3, 31)
PRODUCT = 1
WORLD = [joins("ann", "acme", at(1)), *did("ann", "Report", at(30))]


@pytest.fixture
def running(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    """A world whose books are large, and are made anew as often as anything comes."""
    monkeypatch.setattr(making, "LARGE", 0)
    monkeypatch.setattr(beside, "RESTS", 0.0)
    monkeypatch.setattr(beside, "LOOKS_EVERY", 0.01)
    monkeypatch.setattr(book, "FRESH_FOR", 0.0)
    engine = Engine(tmp_path)
    engine.zones[PRODUCT] = "UTC"
    open_facts(engine.facts)
    engine.receive(PRODUCT, WORLD)
    yield engine
    engine.facts.store.close()


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is made beside until somebody says so."""
    monkeypatch.setattr(beside, "RESTS", 3600.0)
    monkeypatch.setattr(beside, "RESTS_LONGEST", 3600.0)


def looked(running: Engine) -> Book:
    return look_at(PRODUCT, DEFINITION, TODAY)


def points(book: Book) -> int:
    return int(book.page("user").rows[0]["raw"])


def does_more(running: Engine) -> None:
    running.receive(PRODUCT, did("ann", "Report", at(31)))


def test_who_looks_again_sees_what_came_meanwhile_without_having_waited(running: Engine) -> None:
    assert points(looked(running)) == 5
    does_more(running)
    until(lambda: points(looked(running)) == 10)


def test_nobody_waits_for_numbers_of_a_moment_ago(running: Engine, slow: None) -> None:
    looked(running)
    does_more(running)
    assert points(looked(running)) == 5


def test_older_numbers_than_five_seconds_are_not_shown(
    running: Engine, slow: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked(running)
    does_more(running)
    monkeypatch.setattr(book, "SHOWN_FOR", 0.0)
    assert points(looked(running)) == 10


def test_who_acts_by_it_has_all_of_it(running: Engine, slow: None) -> None:
    looked(running)
    does_more(running)
    assert points(open_book(PRODUCT, DEFINITION, TODAY)) == 10


def test_who_is_new_is_there_at_once(running: Engine, slow: None) -> None:
    known = looked(running)
    running.receive(PRODUCT, did("bob", "Report", at(31)))
    assert known.page("user").total == 1
    bob = ids.id_of(PRODUCT, ids.USER, "bob")
    assert looked(running).page("user", ids=[bob]).total == 1


def test_a_book_of_a_past_day_is_made_anew_for_what_comes_late_alone(running: Engine) -> None:
    past = open_book(PRODUCT, DEFINITION, TODAY - timedelta(days=1))
    does_more(running)
    assert not past.is_behind
    running.receive(PRODUCT, did("ann", "Report", at(29)))
    assert past.is_behind
    assert points(open_book(PRODUCT, DEFINITION, TODAY - timedelta(days=1))) == 10


def test_a_book_that_is_gone_is_made_no_more(running: Engine) -> None:
    gone = looked(running)
    gone.drop()
    does_more(running)
    gone.catch_up()
    kept = "select count(*) as n from duckdb_tables() where database_name = 'kept' and starts_with(table_name, :name)"
    assert running.facts.store.rows(kept, name=gone._name + "_")[0]["n"] == 0


def test_a_day_is_told_as_its_large_book_has_it(running: Engine, slow: None) -> None:
    running.receive(PRODUCT, [joins("bob", "acme", at(1)), *did("bob", "Report", at(31), 3)])
    book = looked(running)
    first = TODAY - timedelta(days=3)
    told = summaries(PRODUCT, DEFINITION).rows(first, TODAY)
    assert told == list(each_day(PRODUCT, DEFINITION, days.number(first), days.number(TODAY)))
    does_more(running)
    assert summaries(PRODUCT, DEFINITION).rows(first, TODAY)[-1] == book.of_the_day() == told[-1]

"""A book that events are added to is the same as one made anew.

Half as many worlds as RANDOM_WORLDS in the environment says (60)."""

import itertools
import os
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accoil.count import days
from accoil.score import making
from accoil.score.book import Book
from accoil.score.definition import Definition
from accoil.score.each_day import each_day
from accoil.store.store import Store
from tests.drawn_definitions import as_product, peopled
from tests.reference_facts import Message
from tests.small_worlds import alias, at, did, did_anonymously, identified, joins, knows
from tests.strategies import Case
from tests.world import Engine

WORLDS = int(os.environ.get("RANDOM_WORLDS", "60"))
TODAY = date(2026, 3, 31)
DEFINITION = Definition.check({"events": {"Report": 5, "Share": 3}, "window": 7})
_names = itertools.count()


def new_book(product: int, definition: Definition, as_of: date) -> Book:
    return Book(product, definition, as_of, f"compared_{next(_names)}")


def held(book: Book) -> dict[str, Any]:
    """All that it holds."""
    store, found = book._facts.store, {}
    for part in ("parts", "pairs", "users", "accounts"):
        rows = store.rows("select * from {table}", {"table": book._places[part]})
        found[part] = sorted(rows, key=repr)
    summary = book.summary()
    rate = summary.pop("average_active_percent")  # a mean of fractions, in whatever order the rows lie
    return found | {"benchmark": book.benchmark, "summary": summary, "rate": pytest.approx(rate)}


def is_as_made_anew(book: Book) -> bool:
    anew = new_book(book.product_id, book.definition, book.as_of)
    anew.make()
    try:
        assert held(book) == held(anew)
    finally:
        anew.drop()
    return True


def books_are_added_to(store: Store) -> None:
    """Else skips the test."""
    if store.keep_dated("dated", "select 1 as one") is None:
        pytest.skip("books of ClickHouse are always made anew")


def was_made_anew(monkeypatch: pytest.MonkeyPatch, engine: Engine) -> list[str]:
    """Grows with each book of these tests whose parts are made of all facts; others of this process may be made beside
    them."""
    books_are_added_to(engine.facts.store)
    made: list[str] = []
    whole = making.Making._make_parts

    def noted(book: Any, *more: Any) -> None:
        if book._name.startswith("compared"):
            made.append(book._name)
        whole(book, *more)

    monkeypatch.setattr(making.Making, "_make_parts", noted)
    return made


PEOPLE = [joins(name, account, at(1)) for name, account in (("ann", "acme"), ("bob", "acme"), ("cy", "bolt"))]
DONE = [*did("ann", "Report", at(30)), *did("bob", "Share", at(31), 3), *did("cy", "Other", at(20))]
DONE += did("bob", "Report", at(5))


def begun(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> tuple[int, Book, list[str]]:
    """A product, its book, and what grows with each that is made anew from now on."""
    product = engine.new_product()
    engine.receive(product, PEOPLE + DONE)
    book = new_book(product, DEFINITION, TODAY)
    book.make()
    return product, book, was_made_anew(monkeypatch, engine)


def test_events_of_people_already_known_are_added(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    product, book, made = begun(engine, monkeypatch)
    added = (
        did("ann", "Share", at(31)), did("cy", "Report", at(31), 9), did("bob", "Other", at(31, 13)),
        did("ann", "Report", at(19)), did("cy", "Share", at(31), account="acme"), did("bob", "Report", at(31), 50),
    )  # fmt: skip
    for more in added:
        engine.receive(product, more)
        book.make()
        assert made == []
        assert is_as_made_anew(book)
        made.clear()
    assert {row["name"]: row["raw"] for row in book.page("user").rows} == {"ann": 8, "bob": 259, "cy": 48}


@pytest.mark.parametrize(
    "news",
    [
        did("dan", "Report", at(31)),
        [joins("ann", "bolt", at(31))],
        [identified("ann", at(31), name="Ann")],
        [joins(None, "acme", at(31), plan="pro")],
        [alias("cy", "ann", at(31))],
    ],
    ids=["somebody new", "a move", "a name", "a plan", "two who are one"],
)
def test_what_changes_people_makes_it_anew(
    engine: Engine, news: list[Message], monkeypatch: pytest.MonkeyPatch
) -> None:
    product, book, made = begun(engine, monkeypatch)
    engine.receive(product, news)
    book.make()
    assert made == [book._name]
    assert is_as_made_anew(book)


def test_what_was_known_of_people_already_changes_nothing(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    product = engine.new_product()
    engine.receive(product, [*PEOPLE, identified("ann", at(2), name="Ann"), knows("ann", "a", at(3)), *DONE])
    book = new_book(product, DEFINITION, TODAY)
    book.make()
    made = was_made_anew(monkeypatch, engine)
    again = [joins("ann", "acme", at(31, 14)), identified("ann", at(31, 14), name="Ann"), knows("ann", "a", at(31, 14))]
    again += did_anonymously("nobody", "Report", at(31, 14)) + did_anonymously("a", "Share", at(31, 14))
    engine.receive(product, again + did("ann", "Report", at(31, 15)))
    book.make()
    assert made == []
    assert is_as_made_anew(book)


def test_it_is_made_anew_when_what_was_replaced_takes_more_room_than_it(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    product, book, made = begun(engine, monkeypatch)
    monkeypatch.setattr(making, "ROOM", 4)
    for turn in range(1, 12):
        engine.receive(product, did("ann", "Report", at(31, turn)))
        book.make()
        assert len(made) == turn // 6
    assert is_as_made_anew(book)


def test_what_a_load_brought_while_it_was_made_is_added_once(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    product = engine.new_product()
    engine.receive(product, PEOPLE + DONE)
    book = new_book(product, DEFINITION, TODAY)
    whole = making.Making._make_parts

    def late(book: Any, *more: Any) -> None:
        """The book has read the version of the facts; they change before it reads them."""
        engine.receive(product, did("ann", "Share", at(31)))
        whole(book, *more)

    monkeypatch.setattr(making.Making, "_make_parts", late)
    book.make()
    monkeypatch.setattr(making.Making, "_make_parts", whole)
    assert book.is_behind
    book.make()
    assert not book.is_behind
    assert is_as_made_anew(book)


@settings(max_examples=WORLDS // 2, deadline=None, suppress_health_check=list(HealthCheck))
@given(case=peopled(), plain=st.booleans(), back=st.sampled_from((0, 1)), data=st.data())
def test_it_is_as_made_anew_whatever_comes_in_whatever_order(
    engine: Engine, case: Case, plain: bool, back: int, data: st.DataObject
) -> None:
    product, definition = engine.new_product(case.zone), as_product(case.definition)
    if plain:  # events are added to it
        definition = msgspec.structs.replace(definition, daily_cap=None, filter=None)
    again = [message for message in case.messages if message.kind == "event"]
    parts = [case.messages[start::2] for start in range(2)]
    if again:
        some = st.lists(st.sampled_from(again), min_size=1, max_size=6)
        parts += [
            [replace(each, message_id=f"again {turn} {place}") for place, each in enumerate(several)]
            for turn, several in enumerate(data.draw(st.lists(some, max_size=3)))
        ]
    book = new_book(product, definition, case.as_of - timedelta(days=back))
    for part in parts:
        engine.receive(product, part)
        book.make()
        assert is_as_made_anew(book)
    day = days.number(book.as_of)
    assert [book.of_the_day()] == list(each_day(product, definition, day, day))
    book.drop()

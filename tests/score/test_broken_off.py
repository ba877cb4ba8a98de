"""Making a book can fail at any of its tables: of one that never was, nothing stays."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import duckdb
import msgspec
import pytest

from accoil.count.facts import facts
from accoil.score import drafted
from accoil.score.book import Book
from accoil.score.definition import Definition
from accoil.store.duckdb import DuckDB, DuckDBChange
from tests.score.test_adding import books_are_added_to, is_as_made_anew
from tests.small_worlds import at, did, joins, world
from tests.world import _engine, engine

DEFINITION = Definition.check(
    {
        "events": {"Report": 5, "Login": 1},
        "window": 7,
        "daily_cap": 20,
        "activation": {"user": [{"event": "Report"}], "account": [{"event": "Report"}]},
    }
)
TODAY = date(2026, 3, 31)
WORLD = world(joins("ann", "acme", at(1)), did("ann", "Report", at(30), 3), did("ann", "Login", at(29)))

Break = Callable[[str], None]


class BrokenOff(Exception):
    pass


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> Break:
    """Has keeping tables fail that are called so at the end."""

    def broken(ending: str) -> None:
        for kind in (DuckDB, DuckDBChange):
            keep: Callable[..., None] = kind.keep

            def or_fail(store: Any, name: str, *asked: Any, keep: Callable[..., None] = keep, **values: Any) -> None:
                if name.endswith(ending):
                    raise BrokenOff
                keep(store, name, *asked, **values)

            monkeypatch.setattr(kind, "keep", or_fail)

    return broken


def kept() -> set[str]:
    """Without what is remembered of people, and not of a book."""
    rows = facts().store.rows("select table_name as name from duckdb_tables() where database_name = 'kept'")
    return {row["name"] for row in rows if row["name"].startswith(("broken", "draft", "base", "sums"))}


@pytest.mark.parametrize("ending", ["_above_several", "_above", "_parts", "_pairs", "_users_base", "_accounts"])
def test_of_a_book_that_could_not_be_made_nothing_stays(broken: Break, ending: str) -> None:
    with engine(WORLD.messages, "UTC") as running:
        before = kept()  # by others in this process
        broken(ending)
        with pytest.raises(BrokenOff):
            Book(running.product_id, DEFINITION, TODAY, "broken_1").make()
        assert kept() <= before


def test_of_a_book_that_was_dropped_while_it_was_made_anew_nothing_stays_though_that_fails(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with engine(WORLD.messages, "UTC") as running:
        before = kept()
        book = Book(running.product_id, msgspec.structs.replace(DEFINITION, window=14), TODAY, "broken_2")
        book.make()
        book._block = None  # as where a load did more than add
        keep = DuckDB.keep

        def dropped_meanwhile(store: DuckDB, name: str, *asked: Any, **values: Any) -> None:
            if name.endswith("_pairs"):
                book.drop()
            keep(store, name, *asked, **values)

        monkeypatch.setattr(DuckDB, "keep", dropped_meanwhile)
        with pytest.raises(duckdb.CatalogException, match="_parts"):  # which it needs next
            book.make()
        assert kept() <= before


def test_a_book_that_was_broken_off_twice_lacks_nothing(broken: Break, monkeypatch: pytest.MonkeyPatch) -> None:
    definition = Definition.check({"events": {"Report": 5, "Login": 1}, "window": 7})
    with engine(WORLD.messages, "UTC") as running:
        books_are_added_to(facts().store)
        book = Book(running.product_id, definition, TODAY, "broken_4")
        book.make()
        _engine().receive(running.product_id, did("ann", "Login", at(30), 2))
        with monkeypatch.context() as patched:
            patched.setattr(Book, "_put_in_place", lambda *_: 1 / 0)
            with pytest.raises(ZeroDivisionError):
                book.make()
        broken("_pairs")
        with pytest.raises(BrokenOff):
            book.make()
        monkeypatch.undo()
        book.make()
        assert is_as_made_anew(book)
        book.drop()


@pytest.mark.parametrize("as_of", [TODAY, date(2026, 3, 29)], ids=["today", "a day that was"])
@pytest.mark.parametrize("cap", [20, None], ids=["under a cap", "without one"])
def test_of_tables_that_help_those_are_dropped_that_were_made(
    as_of: date, cap: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep, drop = DuckDB.keep, DuckDB.drop
    made, dropped = set[str](), set[str]()

    def kept_and_noted(store: DuckDB, name: str, *asked: Any, **values: Any) -> None:
        if name.startswith("broken_3"):  # others of this process may be made beside it
            made.add(name)
        keep(store, name, *asked, **values)

    def dropped_and_noted(store: DuckDB, name: str) -> None:
        if name.startswith("broken_3"):
            dropped.add(name)
        drop(store, name)

    with engine([*WORLD.messages, *did("ann", "Login", at(30))], "UTC") as running:
        before = kept()
        book = Book(running.product_id, msgspec.structs.replace(DEFINITION, daily_cap=cap), as_of, "broken_3")
        with monkeypatch.context() as patched:
            patched.setattr(DuckDB, "keep", kept_and_noted)
            patched.setattr(DuckDB, "drop", dropped_and_noted)
            book.make()
        assert ("broken_3_above" in made, "broken_3_late" in made) == (cap is not None, as_of != TODAY)
        assert dropped <= made
        assert not {
            name
            for name in kept() - before
            if name.startswith("broken_3") and name.endswith(("_above", "_several", "_late", "_base"))
        }
        book.drop()


@pytest.mark.parametrize("ending", ["_above", "_parts", "_users", "_accounts"])
def test_of_a_draft_that_could_not_be_made_only_its_base_stays(broken: Break, ending: str) -> None:
    other = msgspec.structs.replace(DEFINITION, events={"Report": 7, "Login": 2})
    with engine(WORLD.messages, "UTC") as running, drafted.making:
        drafted.books(running.product_id, [DEFINITION], TODAY)
        before = kept()
        broken(ending)
        with pytest.raises(BrokenOff):
            drafted.books(running.product_id, [other], TODAY)
        assert not [name for name in kept() - before if not re.fullmatch(r"sums_\d+", name)]


def test_a_base_that_could_not_be_made_is_made_when_it_is_asked_for_again(
    broken: Break, monkeypatch: pytest.MonkeyPatch
) -> None:
    with engine(WORLD.messages, "UTC") as running, drafted.making:
        broken("_accounts")
        with pytest.raises(BrokenOff):
            drafted.books(running.product_id, [DEFINITION], TODAY)
        monkeypatch.undo()
        (book,) = drafted.books(running.product_id, [DEFINITION], TODAY)
        assert book.page("user").total == 1

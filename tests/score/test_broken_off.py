"""Making a book can fail at any of its tables: of one that never was, nothing stays."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import msgspec
import pytest

from accoil.count.facts import facts
from accoil.score import drafted
from accoil.score.book import Book
from accoil.score.definition import Definition
from accoil.store.duckdb import DuckDB
from tests.small_worlds import at, did, joins, world
from tests.world import engine

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
        def or_fail(keep: Callable[..., Any]) -> Callable[..., Any]:
            def tried(store: DuckDB, name: str, *asked: Any, **values: Any) -> Any:
                if name.endswith(ending):
                    raise BrokenOff
                return keep(store, name, *asked, **values)

            return tried

        for each in ("keep", "keep_dated"):
            monkeypatch.setattr(DuckDB, each, or_fail(getattr(DuckDB, each)))

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
        assert book.users().total == 1

"""Who stands first is looked for once, and again when facts have come."""

from collections.abc import Callable
from datetime import date

import pytest

from accoil.score.best import best
from accoil.score.book import Book, open_book
from accoil.score.definition import Definition
from accoil.team.models import Product
from tests.small_worlds import at, did
from tests.waiting import until

OPENS = Definition(events={"Open": 1}, benchmark=10)
DAY = date(2026, 3, 20)


def test_who_stands_first_is_looked_for_once_until_facts_come(
    new_product: Callable[..., Product], receive: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    product, other = new_product(), new_product()
    receive(other, did("elsewhere", "Open", at(20), 9))
    receive(product, did("a", "Open", at(19), 2), did("b", "Open", at(20), 3))
    looked: list[str] = []
    page = Book.page
    monkeypatch.setattr(Book, "page", lambda *of, **how: looked.append(of[1]) or page(*of, **how))

    def first() -> str | None:
        found = best(open_book(product.pk, OPENS, DAY), "user")
        return found["tracking_id"] if found else None

    assert (first(), first()) == ("b", "b")
    assert looked == ["user"]
    assert best(open_book(product.pk, OPENS, DAY), "account") is None
    receive(product, did("a", "Open", at(20), 2))
    until(lambda: first() == "a")

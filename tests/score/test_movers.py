"""How many moved, beside the lists of those who did."""

from collections.abc import Callable
from datetime import date

from accoil.score.book import open_book
from accoil.score.definition import Definition
from accoil.score.movers import Moved, moved
from accoil.team.models import Product
from tests.small_worlds import at, did, joins

OPENS = Definition(events={"Open": 1}, benchmark=10)
DAY = date(2026, 3, 20)


def test_who_rose_and_fell_is_counted_and_what_those_pay_who_fell(
    new_product: Callable[..., Product], receive: Callable[..., None]
) -> None:
    product = new_product()
    for user, account, mrr, day in (("a", "Dear", 150_000, 10), ("b", "Cheap", 5_000, 10), ("c", "New", 9_000, 20)):
        receive(product, joins(user, account, at(1), mrr=mrr), did(user, "Open", at(day), 5))
    book = open_book(product.pk, OPENS, DAY)
    assert moved(book, "account", 10, 100_000) == Moved(rose=1, fell=2, mrr=155_000, dear=1)
    assert moved(book, "user", 10, 100_000) == Moved(rose=1, fell=2)
    assert book.page("user", moved=-10).total == 2

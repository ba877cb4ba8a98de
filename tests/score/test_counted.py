"""Pages are asked by several at once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date

from accoil.count.ids import USER, id_of
from accoil.score.definition import Definition
from accoil.score.history import history
from accoil.team.models import Product
from tests.small_worlds import at, did

OPENS = Definition(events={"Open": 1}, benchmark=10)
DAY = date(2026, 3, 10)


def test_several_who_ask_for_histories_are_not_in_each_others_way(
    new_product: Callable[..., Product], receive: Callable[..., None]
) -> None:
    product = new_product()
    receive(product, did("u", "Open", at(10)))
    u = id_of(product.pk, USER, "u")
    with ThreadPoolExecutor(4) as several:
        asked = [several.submit(history, product.pk, OPENS, "user", u, DAY, DAY) for _ in range(200)]
    assert all(each.result() == [{"day": DAY, "score": 21, "raw": 1}] for each in asked)

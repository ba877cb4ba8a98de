"""Histories of several as one."""

from datetime import date

from accoil.count.ids import ACCOUNT, id_of
from accoil.score.definition import Definition
from accoil.score.history import together
from tests.small_worlds import at, did, joins


def test_some_accounts_together_are_the_mean_of_the_active(new_product, receive) -> None:
    product, alone = new_product(), Definition(events={"Open": 1}, benchmark=10)
    receive(
        product, joins("a", "acme", at(1)), joins("b", "globex", at(1)), joins("c", "initech", at(1)),
        did("a", "Open", at(10), 10), did("b", "Open", at(12), 1), did("c", "Open", at(12), 10),
    )  # fmt: skip
    ids = [id_of(product.pk, ACCOUNT, name) for name in ("acme", "globex")]
    shown = together(product.pk, alone, "account", ids, date(2026, 3, 9), date(2026, 3, 12))
    assert [(row["active"], row["average_score"]) for row in shown] == [(0, None), (1, 90), (1, 90), (2, 55.5)]

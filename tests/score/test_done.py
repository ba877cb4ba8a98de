"""What one user or account did is put aside while much is asked about it, and every answer stays the same."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from accoil.count.facts import facts
from accoil.count.ids import ACCOUNT, USER, Kind, id_of
from accoil.count.people import events
from accoil.score.change import why
from accoil.score.definition import Definition
from accoil.score.done import done_by
from accoil.score.explain import explain
from accoil.score.in_force import course
from accoil.score.models import Profile
from accoil.team.models import Product
from tests.small_worlds import at, did, joins

TODAY = date(2026, 3, 20)
FIRST = TODAY - timedelta(days=10)
NUMBERS = {"user": USER, "account": ACCOUNT}


@pytest.mark.parametrize("cap", [None, 2])
@pytest.mark.parametrize(("kind", "name"), [("user", "u"), ("account", "acme")])
def test_all_is_answered_as_from_all_counts(
    new_product: Callable[..., Product], receive: Callable[..., None], kind: Kind, name: str, cap: int | None
) -> None:
    product, definition = busy(new_product, receive), Definition(events={"Open": 3, "Save": 5}, window=7, daily_cap=cap)
    profile = Profile.create(product, "Everyone", definition)
    id, then = id_of(product.pk, NUMBERS[kind], name), (definition, TODAY - timedelta(days=7))

    def answers(done: str) -> list[object]:
        return [
            course(profile, kind, id, FIRST, TODAY, done),
            why(product.pk, then, (definition, TODAY), kind, id, done),
            explain(product.pk, definition, kind, id, TODAY, done),
            events(product.pk, kind, id, FIRST, TODAY, done),
        ]

    with done_by(profile, definition, kind, id, FIRST, TODAY) as done:
        from_it, rows = answers(done), facts().store.rows("select * from {done}", {"done": done})
    assert from_it == answers("counts")
    assert {row["product"] for row in rows} == {product.pk}
    assert id_of(product.pk, USER, "stranger") not in {row["user_id"] for row in rows}


def test_what_was_put_aside_goes_when_the_questions_fail(
    new_product: Callable[..., Product], receive: Callable[..., None]
) -> None:
    product, definition = busy(new_product, receive), Definition(events={"Open": 3})
    profile = Profile.create(product, "Everyone", definition)
    with (
        pytest.raises(ZeroDivisionError),
        done_by(profile, definition, "user", id_of(product.pk, USER, "u"), FIRST, TODAY) as done,
    ):
        raise ZeroDivisionError
    with pytest.raises(Exception, match=done.removeprefix("kept.")):
        facts().store.rows("select * from {done}", {"done": done})


def busy(new_product: Callable[..., Product], receive: Callable[..., None]) -> Product:
    """u works for two accounts and does more on a day than a cap lets count; in another product there are the same."""
    other, product = new_product(), new_product()
    for each in (other, product):
        receive(each, joins("u", "acme", at(1)), joins("v", "acme", at(1)), joins("stranger", "globex", at(1)))
        receive(each, *(did("u", "Open", at(day)) for day in (5, 12, 14, 19)), did("u", "Open", at(15), n=3))
        receive(each, did("u", "Open", at(15, 13), n=3, account="globex"))
        receive(each, *(did("v", "Save", at(day)) for day in (9, 13)), did("v", "Save", at(18), n=3))
        receive(each, *(did("stranger", "Save", at(day)) for day in (13, 18)))
    return product

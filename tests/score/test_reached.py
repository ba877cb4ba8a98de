"""Steps as they are reached, while messages come late and for somebody else.

Half as many worlds as RANDOM_WORLDS in the environment says (60)."""

import os
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accoil.score.book import open_book
from accoil.score.definition import Definition
from tests import reference
from tests.count.test_numbers_match import assert_same
from tests.drawn_definitions import as_product, peopled
from tests.reference import World, score_accounts, score_users
from tests.reference_facts import Row
from tests.small_worlds import alias, at, did, did_anonymously, joins
from tests.strategies import Case
from tests.world import Engine

WORLDS = int(os.environ.get("RANDOM_WORLDS", "60"))
STEPS = {"user": [{"event": "Open", "at_least": 3}], "account": [{"event": "Open", "at_least": 4}]}


@pytest.fixture(autouse=True)
def books_are_made_anew_whenever_facts_came(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("accoil.score.book.FRESH_FOR", 0.0)


def activated(product: int, kind: str, name: str, day: int = 20) -> date | None:
    definition = Definition.check({"events": {"Open": 1}, "activation": STEPS})
    book = open_book(product, definition, date(2026, 3, day))
    rows: list[Row] = book.page(kind).rows
    return next(row["activated_on"] for row in rows if row["tracking_id"] == name)


def test_a_step_is_reached_on_the_day_of_the_last_time_that_it_takes(engine: Engine) -> None:
    product = engine.new_product()
    engine.receive(product, [joins("u", "acme", at(1)), *did("u", "Open", at(5), 2), *did("u", "Open", at(7))])
    assert activated(product, "user", "u") == date(2026, 3, 7)
    assert activated(product, "user", "u", day=6) is None
    assert activated(product, "account", "acme") is None
    engine.receive(product, did("v", "Open", at(9), account="acme"))
    assert activated(product, "account", "acme") == date(2026, 3, 9)


def test_a_late_event_brings_the_day_forward(engine: Engine) -> None:
    product = engine.new_product()
    engine.receive(product, did("u", "Open", at(5), 2) + did("u", "Open", at(15), 5))
    assert activated(product, "user", "u") == date(2026, 3, 15)
    engine.receive(product, did("u", "Open", at(8)))
    assert activated(product, "user", "u") == date(2026, 3, 8)


def test_events_of_somebody_adopted_count_from_the_beginning(engine: Engine) -> None:
    product = engine.new_product()
    engine.receive(product, did("u", "Open", at(10), 2) + did_anonymously("a", "Open", at(2), 2))
    assert activated(product, "user", "u") is None
    engine.receive(product, [alias("a", "u", at(11))])
    assert activated(product, "user", "u") == date(2026, 3, 10)


def test_an_account_loses_what_its_user_did_when_he_turns_out_to_belong_elsewhere(engine: Engine) -> None:
    product = engine.new_product()
    engine.receive(product, [joins("u", "acme", at(10)), *did("u", "Open", at(12), 4)])
    assert activated(product, "account", "acme") == date(2026, 3, 12)
    engine.receive(product, [joins("u", "globex", at(11))])
    assert activated(product, "account", "acme") is None
    assert activated(product, "account", "globex") == date(2026, 3, 12)


@settings(max_examples=WORLDS // 2, deadline=None, suppress_health_check=list(HealthCheck))
@given(case=peopled(), first=st.integers(0, 30))
def test_numbers_follow_each_delivery(engine: Engine, case: Case, first: int) -> None:
    product, definition = engine.new_product(case.zone), as_product(case.definition)
    for received in (case.messages[:first], case.messages):
        engine.receive(product, received)
        world = World(received, case.zone)
        book = open_book(product, definition, case.as_of)
        users, accounts = book.page("user", limit=1000).rows, book.page("account", limit=1000).rows
        assert_same([{**row, "account": None} for row in users], without_account(world, case.definition, case.as_of))
        assert_same(accounts, score_accounts(world, case.definition, case.as_of))


def without_account(world: World, definition: reference.Definition, as_of: date) -> dict[str, Row]:
    return {user: {**row, "account": None} for user, row in score_users(world, definition, as_of).items()}

"""Histories against the reference, asked between deliveries: what is remembered of past days must not outlive the
late messages that change them.

RANDOM_WORLDS in the environment says how many worlds (default 60), as for the numbers of one day.
"""

import os
from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accoil.count.ids import ACCOUNT, USER, Kind, id_of
from accoil.score.definition import Definition
from accoil.score.history import book_history, history
from tests import reference
from tests.drawn_definitions import as_product, peopled
from tests.reference import World
from tests.reference_facts import Row
from tests.small_worlds import at, did, joins
from tests.strategies import Case, cases
from tests.world import Engine

WORLDS = int(os.environ.get("RANDOM_WORLDS", "60"))
DAYS = 20


@settings(max_examples=WORLDS, deadline=None, suppress_health_check=list(HealthCheck))
@given(case=st.one_of(cases(), peopled()), first=st.integers(0, 30), events_first=st.booleans())
def test_the_past_follows_each_delivery(engine: Engine, case: Case, first: int, events_first: bool) -> None:
    product = engine.new_product(case.zone)
    messages = sorted(case.messages, key=lambda each: each.kind != "event") if events_first else case.messages
    for received in (messages[:first], messages):
        engine.receive(product, received)  # the second time the first ones come again, as duplicates
        compare(World(received, case.zone), product, case.definition, case.as_of)


def test_a_group_call_gives_the_account_the_past_of_its_user(engine: Engine) -> None:
    product, opens = engine.new_product(), Definition(events={"Open": 1})
    engine.receive(product, did("u", "Open", at(10)))
    before = book_history(product, opens, date(2026, 3, 10), date(2026, 3, 20))
    assert [row["active_accounts"] for row in before] == [0] * 11
    engine.receive(product, [joins("u", "acme", at(20))])
    after = book_history(product, opens, date(2026, 3, 10), date(2026, 3, 20))
    assert [row["active_accounts"] for row in after] == [1] * 7 + [0] * 4


def compare(world: World, product: int, given: reference.Definition, as_of: date) -> None:
    definition = as_product(given)
    days = [as_of - timedelta(days=back) for back in reversed(range(DAYS))]
    assert book_history(product, definition, days[0], as_of) == [of_book(world, given, day) for day in days]
    users, accounts = world.users(as_of), world.users_by_account(as_of)
    both: tuple[tuple[Kind, int, list[str]], ...] = (
        ("user", USER, sorted(users)), ("account", ACCOUNT, sorted(accounts)),
    )  # fmt: skip
    for kind, kind_number, names in both:
        for name in names:
            id = id_of(product, kind_number, name)
            shown = history(product, definition, kind, id, days[0], as_of)
            assert shown == [of_one(world, given, kind, name, day) for day in days], (kind, name)


def of_book(world: World, definition: reference.Definition, day: date) -> Row:
    """A day's row of `book_history`; averages are over the active."""
    users = [score for score in reference.user_scores(world, definition, day).values() if score]
    there = [
        name for name in reference.account_scores(world, definition, day) if name not in definition.exclude_accounts
    ]
    accounts = [reference.account_scores(world, definition, day)[name] for name in there]
    totals = [sum(reference.member_scores(world, definition, day)[name].values()) for name in there]
    return {
        "day": day,
        "average_account_score": pytest.approx(sum(accounts) / len(accounts)) if accounts else None,
        "average_user_score": pytest.approx(sum(users) / len(users)) if users else None,
        "average_total_score": pytest.approx(sum(totals) / len(totals)) if totals else None,
        "active_accounts": len(accounts),
        "active_users": len(users),
        "benchmark": reference.benchmark(world, definition, day),
    }


def of_one(world: World, definition: reference.Definition, kind: Kind, name: str, day: date) -> Row:
    scores = reference.user_scores if kind == "user" else reference.account_scores
    points = reference.raws(world, definition, day).items()
    raw = sum(raw for (user, account), raw in points if name == (user if kind == "user" else account))
    if kind == "account":
        raw = reference.told(Fraction(raw), definition)
    return {"day": day, "score": scores(world, definition, day).get(name, 0), "raw": pytest.approx(float(raw))}

"""The SQL against the reference: every number of every user and account, in random worlds.

RANDOM_WORLDS in the environment says how many worlds (default 60); a long run takes thousands.
"""

import os
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings

from accoil.count.counts import counts
from accoil.count.ids import ACCOUNT, USER, id_of
from accoil.score.definition import Definition
from accoil.score.explain import explain
from accoil.score.history import history
from accoil.score.what_if import what_if
from tests.reference import World, benchmark, score_accounts, score_users
from tests.reference_facts import Row
from tests.strategies import Case, cases
from tests.world import engine

WORLDS = int(os.environ.get("RANDOM_WORLDS", "60"))
EVERYONE = 10_000  # more than any of these worlds holds


@settings(max_examples=WORLDS, deadline=None, suppress_health_check=list(HealthCheck))
@given(cases())
def test_every_number_equals_the_reference(case: Case) -> None:
    world, given = World(case.messages, case.zone), case.definition
    definition = Definition(window=given.window, events=given.events, benchmark=given.benchmark, curve=given.curve)
    with engine(case.messages, case.zone) as running:
        book = running.book(definition, case.as_of)
        users, accounts = book.page("user", limit=EVERYONE), book.page("account", limit=EVERYONE)
        counted = counts(running.product_id, limit=EVERYONE)
        against = book.benchmark
    assert against == pytest.approx(benchmark(world, given, case.as_of))
    told = {(row["user"], row["account"], row["event"], row["day"]): row["count"] for row in counted.rows}
    assert (told, counted.total_count) == (dict(world.told()), world.told().total())
    assert (users.total, accounts.total) == (len(users.rows), len(accounts.rows))
    assert_same(with_account(users.rows, running.product_id, world), score_users(world, given, case.as_of))
    assert_same(accounts.rows, score_accounts(world, given, case.as_of))


def with_account(users: list[Row], product_id: int, world: World) -> list[Row]:
    """User rows with their account's tracking id, as the reference has it."""
    names = {message.account for message in world.messages if message.account}
    tracking_ids = {id_of(product_id, ACCOUNT, name): name for name in names}
    return [{**row, "account": tracking_ids.get(row["account_id"])} for row in users]


def assert_same(shown: list[Row], expected: dict[str, Row]) -> None:
    by_tracking_id = {row["tracking_id"]: row for row in shown}
    assert by_tracking_id.keys() == expected.keys()
    for tracking_id, row in expected.items():
        assert {key: by_tracking_id[tracking_id].get(key) for key in row} == row, tracking_id


@settings(max_examples=WORLDS // 2, deadline=None, suppress_health_check=list(HealthCheck))
@given(cases())
def test_history_and_explanations_equal_the_reference_on_every_day(case: Case) -> None:
    world, given = World(case.messages, case.zone), case.definition
    definition = Definition(window=given.window, events=given.events, benchmark=given.benchmark, curve=given.curve)
    first = case.as_of - timedelta(days=9)
    expected = {
        "user": [score_users(world, given, first + timedelta(later)) for later in range(10)],
        "account": [score_accounts(world, given, first + timedelta(later)) for later in range(10)],
    }
    with engine(case.messages, case.zone) as running:
        for kind, code in (("user", USER), ("account", ACCOUNT)):
            for name in expected[kind][-1]:
                id = id_of(running.product_id, code, name)
                days = history(running.product_id, definition, kind, id, first, case.as_of)
                quiet = {"score": 0, "raw": 0}
                shown = [{key: day[key] for key in quiet} for day in days]
                assert shown == [{key: rows.get(name, quiet)[key] for key in quiet} for rows in expected[kind]]
                explained = explain(running.product_id, definition, kind, id, case.as_of)
                assert explained["score"] == expected[kind][-1][name]["score"]
                assert explained["raw"] == sum(part["points"] for part in explained["parts"])
                assert explained["raw"] == expected[kind][-1][name]["raw"]
                if kind == "account":
                    assert sum(user["raw"] for user in explained["users"]) == explained["raw"]
        draft = what_if(running.product_id, None, definition, case.as_of)
        book = running.book(definition, case.as_of).summary()
        assert draft.accounts.bands[1] == book["bands_accounts"]
        assert draft.benchmark[1] == pytest.approx(benchmark(world, given, case.as_of))

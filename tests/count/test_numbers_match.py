"""The SQL against the reference: every number of every user and account, in random worlds.

ACCOIL_TEST_WORLDS says how many worlds (default 60); a long run takes thousands.
"""

import os

import pytest
from hypothesis import HealthCheck, given, settings

from accoil.count.ids import ACCOUNT, id_of
from accoil.score.definition import Definition
from tests.reference import World, benchmark, score_accounts, score_users
from tests.reference_facts import Row
from tests.strategies import Case, cases
from tests.world import engine

WORLDS = int(os.environ.get("ACCOIL_TEST_WORLDS", "60"))
EVERYONE = 10_000  # more than any of these worlds holds


@settings(max_examples=WORLDS, deadline=None, suppress_health_check=list(HealthCheck))
@given(cases())
def test_every_number_equals_the_reference(case: Case) -> None:
    world, given = World(case.messages, case.zone), case.definition
    definition = Definition(window=given.window, events=given.events, benchmark=given.benchmark, curve=given.curve)
    with engine(case.messages, case.zone) as running:
        book = running.book(definition, case.as_of)
        users, accounts = book.users(limit=EVERYONE), book.accounts(limit=EVERYONE)
        against = book.benchmark
    assert against == pytest.approx(benchmark(world, given, case.as_of))
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

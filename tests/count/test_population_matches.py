"""Who counts, caps and activation against the reference: every number of every user and account, in random worlds.

RANDOM_WORLDS in the environment says how many worlds (default 60); a long run takes thousands.
"""

import os

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accoil.rule.tree import Names, check, inlined
from accoil.score.definition import Definition
from accoil.score.reading import SCOPES
from tests.count.test_numbers_match import EVERYONE, assert_same, with_account
from tests.drawn_definitions import as_product, peopled
from tests.reference import World, benchmark, score_accounts, score_users, view_of
from tests.reference_rules import holds
from tests.rule.drawn import FEATURES, rules
from tests.strategies import Case
from tests.world import engine

WORLDS = int(os.environ.get("RANDOM_WORLDS", "60"))
RULES = 2  # of each scope, in each world


@settings(max_examples=WORLDS, deadline=None, suppress_health_check=list(HealthCheck))
@given(peopled(), st.data())
def test_every_number_of_those_who_count_equals_the_reference(case: Case, data: st.DataObject) -> None:
    world, given = World(case.messages, case.zone), case.definition
    definition = as_product(given)
    assert Definition.stored(definition.to_yaml_dict()) == definition
    expected = {
        "user": score_users(world, given, case.as_of),
        "account": score_accounts(world, given, case.as_of),
    }
    with engine(case.messages, case.zone) as running:
        book = running.book(definition, case.as_of)
        users, accounts = book.users(limit=EVERYONE), book.accounts(limit=EVERYONE)
        assert book.benchmark == pytest.approx(benchmark(world, given, case.as_of))
        assert_same(with_account(users.rows, running.product_id, world), expected["user"])
        assert_same(accounts.rows, expected["account"])
        summary = book.summary()
        assert (summary["users"], summary["accounts"]) == (len(users.rows), len(accounts.rows))
        view = view_of(world, given, case.as_of)
        for scope in SCOPES:
            view.activation = dict(view.activation) | {
                (scope, id): row["activation"] for id, row in expected[scope].items()
            }
            for _ in range(RULES):
                raw = data.draw(rules(scope, case.as_of, named=False))
                rule = inlined(check(raw, scope), Names(features=definition.features | FEATURES))
                chosen = (book.users if scope == "user" else book.accounts)(limit=EVERYONE, rule=rule)
                told = {row["tracking_id"] for row in chosen.rows}
                assert told == {id for id in expected[scope] if holds(raw, scope, id, view)}, (scope, raw)
                assert book.matching(rule, scope) == sorted(row["id"] for row in chosen.rows)
                assert book.count(rule, scope) == chosen.total
    for row in accounts.rows:
        assert row["active_users"] <= row["total_users"]

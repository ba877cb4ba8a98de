"""Who counts, caps and activation against the reference: every number of every user and account, in random worlds.

RANDOM_WORLDS in the environment says how many worlds (default 60); a long run takes thousands.
"""

import os
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accoil.count.ids import ACCOUNT, USER, id_of
from accoil.rule.tree import Names, check, inlined
from accoil.score.definition import Definition
from accoil.score.explain import explain
from accoil.score.reading import SCOPES
from tests import reference, reference_explain
from tests.count.test_numbers_match import EVERYONE, assert_same, with_account
from tests.drawn_definitions import as_product, peopled
from tests.reference import World, benchmark, score_accounts, score_users, view_of
from tests.reference_facts import Row
from tests.reference_rules import View, holds
from tests.rule.drawn import FEATURES, Settling, rules
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
        users, accounts = book.page("user", limit=EVERYONE), book.page("account", limit=EVERYONE)
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
            settle = Settling(view, scope, expected[scope])
            for _ in range(RULES):
                raw = settle.settled(data.draw(rules(scope, named=False)))
                rule = inlined(check(raw, scope), Names(features=definition.features | FEATURES))
                chosen = (book.users if scope == "user" else book.accounts)(limit=EVERYONE, rule=rule)
                told = {row["tracking_id"] for row in chosen.rows}
                assert told == {id for id in expected[scope] if holds(raw, scope, id, view)}, (scope, raw)
                assert book.matching(rule, scope) == sorted(row["id"] for row in chosen.rows)
                assert book.count(rule, scope) == chosen.total
    for row in accounts.rows:
        assert row["active_users"] <= row["total_users"]


@settings(max_examples=WORLDS // 2, deadline=None, suppress_health_check=list(HealthCheck))
@given(peopled())
def test_explanations_add_up_and_say_which_steps_are_met_and_who_is_not_scored(case: Case) -> None:
    world, given = World(case.messages, case.zone), case.definition
    definition = as_product(given)
    expected = {
        "user": score_users(world, given, case.as_of),
        "account": score_accounts(world, given, case.as_of),
    }
    everyone = {"user": world.users(case.as_of), "account": set(world.users_by_account(case.as_of))}
    view = view_of(world, given, case.as_of)
    with engine(case.messages, case.zone) as running:
        for kind, code in (("user", USER), ("account", ACCOUNT)):
            for name in everyone[kind]:
                told = explain(running.product_id, definition, kind, id_of(running.product_id, code, name), case.as_of)
                assert (told["not_scored"] is None) == (name in expected[kind])
                if name in expected[kind]:
                    compare(told, expected[kind][name], reference_explain.explain(world, given, kind, name, case.as_of))
                    compare_steps(told["steps"], view, kind, name)
                else:
                    assert (told["raw"], told["score"], told["steps"]) == (0, 0, [])
                    assert told["not_scored"].startswith("Not scored: ")


def compare(told: Row, row: Row, exact: Row) -> None:
    assert (told["raw"], told["score"]) == (row["raw"], row["score"])
    assert told["benchmark"] == pytest.approx(exact["benchmark"])
    parts = {part["event"]: part for part in told["parts"] if part["count"]}
    assert round(sum(part["points"] for part in told["parts"]), 1) == told["raw"]
    assert parts.keys() == {part["event"] for part in exact["parts"]}
    for part in exact["parts"]:
        mine = parts[part["event"]]
        assert (mine["count"], mine["weight"]) == (part["count"], part["weight"])
        assert mine["points"] == pytest.approx(float(part["points"]), abs=0.1)
    if "users" in exact:
        assert round(sum(user["raw"] for user in told["users"]), 1) == told["raw"]
        assert sorted(user["score"] for user in told["users"]) == sorted(user["score"] for user in exact["users"])


def compare_steps(told: list[Row], view: View, kind: str, name: str) -> None:
    steps = view.definition.user_steps if kind == "user" else view.definition.account_steps
    assert [step["met"] for step in told] == [holds(step, kind, name, view) for step in steps]
    for mine, step in zip(told, steps, strict=True):
        on = reference.reached_on(view, kind, step, name) if reference.has_day(step) else date.max
        assert mine["on"] == (None if on == date.max else on)
        assert mine["met"] or mine["count"] is None or mine["count"] < mine["at_least"]

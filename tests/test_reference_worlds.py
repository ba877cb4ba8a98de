"""What must hold for the reference in every world, however nasty."""

from hypothesis import HealthCheck, given, settings

from tests.reference import World, benchmark, score_accounts, score_users
from tests.reference_explain import explain
from tests.strategies import Case, cases

# Worlds are large to draw and machines are busy: time says nothing about these.
unhurried = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


@unhurried
@given(cases())
def test_the_parts_of_every_explanation_add_up(case: Case) -> None:
    world = World(case.messages, case.zone)
    for kind, score in (("user", score_users), ("account", score_accounts)):
        for id, row in score(world, case.definition, case.as_of).items():
            why = explain(world, case.definition, kind, id, case.as_of)
            assert (why["raw"], why["score"]) == (row["raw"], row["score"])
            assert sum(part["points"] for part in why["parts"]) == row["raw"]
            if kind == "account":
                assert sum(user["raw"] for user in why["users"]) == row["raw"]
                assert sum(user["score"] for user in why["users"]) == row["total_score"]


@unhurried
@given(cases())
def test_numbers_stay_within_their_bounds(case: Case) -> None:
    world = World(case.messages, case.zone)
    users = score_users(world, case.definition, case.as_of)
    accounts = score_accounts(world, case.definition, case.as_of)
    for row in [*users.values(), *accounts.values()]:
        assert 0 <= row["score"] <= 100 and (row["score"] > 0) == (row["raw"] > 0)
        assert 0 <= row["adoption"] <= row["lifetime_adoption"] <= 1
        assert 0 <= row["frequency"] <= case.definition.window
        assert row["tenure"] >= 0
    for row in accounts.values():
        assert row["active_users"] <= row["total_users"] <= len(users)
    # Points without an account belong to users alone.
    assert sum(row["raw"] for row in accounts.values()) <= sum(row["raw"] for row in users.values())
    if any(row["raw"] for row in users.values()):
        assert benchmark(world, case.definition, case.as_of) is not None


@unhurried
@given(cases())
def test_the_order_of_arrival_changes_nothing(case: Case) -> None:
    once = World(case.messages, case.zone).received
    forwards, backwards = World(once, case.zone), World(once[::-1], case.zone)
    for score in (score_users, score_accounts):
        assert score(forwards, case.definition, case.as_of) == score(backwards, case.definition, case.as_of)

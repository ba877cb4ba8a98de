"""One account, one user: found by what somebody knows of them, with everything about them."""

import json
from datetime import timedelta

import pytest
from django.test import Client

from accoil.count import ids
from accoil.score.definition import Definition
from tests.api.conftest import EVENTS, TODAY, at
from tests.reference_facts import Message
from tests.world import _engine

DAY = TODAY.date()


def receive(ask, *messages: Message) -> None:
    _engine().receive(ask.product.pk, messages)


def told(who: str, days_ago: int, **traits) -> Message:
    kind, user, account = ("group", None, who) if who in ("acme", "globex") else ("identify", who, None)
    return Message(kind, f"told-{who}-{days_ago}-{sorted(traits)}", at(days_ago), user, account, None, traits)


def names(ask, kind: str, what: str, value: str, **more) -> list[str]:
    found = ask.workspace(f"/api/v2/{kind}", match_type=what, match_value=value, **more)
    assert found["pagination"]["total"] == len(found["data"])
    return [row["tracking_id"] for row in found["data"]]


def test_people_are_found_by_what_somebody_knows_of_them(ask):
    receive(ask, told("acme", 10, domain="acme.example", seats=40, vip=True, sf="001"), told("bob", 9, hubspot_id="h7"))
    assert names(ask, "users", "email", "ANN@acme.example") == ["ann"]
    assert names(ask, "users", "name", "Ann") == ["ann"]
    assert names(ask, "users", "hubspot_id", "h7") == ["bob"]
    assert names(ask, "accounts", "domain", "Acme.Example") == ["acme"]
    assert names(ask, "accounts", "seats", "40") == names(ask, "accounts", "vip", "true") == ["acme"]
    assert names(ask, "accounts", "seats", "4") == names(ask, "users", "email", "ann@acme") == []
    assert names(ask, "users", "role", "admin", as_of=DAY - timedelta(days=41)) == []


def test_the_latest_word_of_that_day_counts(ask):
    receive(ask, told("ann", 5, team="red"), told("ann", 2, team="blue"), told("ann", 1, team=None))
    asked = [names(ask, "users", "team", "red", as_of=DAY - timedelta(days=days)) for days in (6, 5, 3, 2, 0)]
    assert asked == [[], ["ann"], ["ann"], [], []]
    ann = f"/api/v2/users/{ask.one('users', 'ann')['id']}"
    traits = [
        ask.workspace(ann, expand="traits", traits="team", as_of=DAY - timedelta(days=days))["traits"]
        for days in (4, 2, 0)
    ]
    assert traits == [{"team": "red"}, {"team": "blue"}, {}]


def test_of_several_the_one_with_the_highest_score_is_meant(ask):
    receive(ask, told("bob", 3, email="ann@acme.example"))
    assert names(ask, "users", "email", "ann@acme.example") == ["ann"]


def test_the_first_api_answers_one_bare_account(ask):
    acme = ask.one("accounts", "acme")["id"]
    by_id = ask.workspace("/v1/accounts", id=acme, expand="traits,segments")
    by_name = ask.workspace("/api/v1/accounts", match_type="name", match_value="Acme", expand="traits,segments")
    assert (by_id["id"], by_id["traits"]["plan"], by_id["metrics"]["engagement_score"]) == (acme, "pro", 0.5)
    assert by_id["_expansions"] == ["insights", "traits", "segments"]
    assert {**by_id, "computed_at": 0} == {**by_name, "computed_at": 0}
    assert ask.workspace("/v1/accounts", 404, match_type="name", match_value="Nobody")["error"]["code"] == "not_found"
    assert ask.workspace("/v1/accounts", 404, id=ids.id_of(ask.product.pk + 1, ids.ACCOUNT, "acme"))
    for wrong in ({}, {"match_type": "name"}, {"match_value": "x"}):
        assert ask.workspace("/v1/accounts", 400, **wrong)["error"]["code"] == "missing_match_parameter"


def test_lists_are_sorted_searched_filtered_and_linked(ask):
    asked = {"limit": 1, "sort": "name", "search": "o"}
    first = ask.workspace("/api/v2/users", **asked)
    assert [row["name"] for row in first["data"]] == ["bob"]
    assert first["pagination"]["total"] == 2
    second = ask.get(f"/api{first['_links']['next']}")
    assert [row["name"] for row in second["data"]] == ["cyd@globex.example"]
    assert ask.get(second["_links"]["previous"])["data"] == first["data"]
    assert "next" not in second["_links"] and "previous" not in first["_links"]
    low = ask.workspace("/api/v2/users", filter=json.dumps({"metric": "score", "below": 50}))
    assert [row["tracking_id"] for row in low["data"]] == ["cyd", "bob"]
    of_acme = ask.workspace("/api/v2/users", account_id=ask.one("accounts", "acme")["id"])
    assert [row["tracking_id"] for row in of_acme["data"]] == ["ann", "bob"]


@pytest.mark.parametrize(
    "filter",
    ["{", "[]", '{"metric": "shoe_size", "above": 3}', '{"segment": "Nowhere", "in": true}', "7" * 3000, "null"],
)
def test_a_filter_that_is_no_rule_is_refused_with_a_sentence(ask, filter):
    error = ask.workspace("/api/v2/users", 400, filter=filter)["error"]
    assert error["code"] == "invalid_filter"
    assert error["message"].startswith("filter")


def test_scores_are_fractions_with_the_whole_number_beside_them(ask):
    metrics = ask.get(ask.one("accounts", "acme")["_links"]["self"])["metrics"]
    assert (metrics["engagement_score"], metrics["score"]) == (0.5, 50)
    assert metrics["score_change"] == metrics["change"] / 100
    assert metrics["score_last_period"] == metrics["engagement_score"] - metrics["score_change"]


def test_activation_is_told_where_there_are_steps(ask):
    acme = ask.one("accounts", "acme")["_links"]["self"]
    assert ask.get(acme)["metrics"]["activation_rate"] is None
    steps = {"account": [{"event": "Report_Created", "at_least": 2}, {"event": "Never_Done"}]}
    ask.profile.save_definition(Definition.check({"window": 7, "events": EVENTS, "activation": steps}), None)
    assert ask.get(acme)["metrics"]["activation_rate"] == 0.5


def test_insights_are_words_made_of_the_numbers(ask):
    path = f"/api/v2/accounts/{ask.one('accounts', 'acme')['id']}"
    now = ask.workspace(path, expand="insights")["insights"]
    assert now["health"] == "steady"
    assert now["summary"] == "Acme is at 50, up 50 in a week: 2 of 2 users were active this week, last today."
    quiet = ask.workspace(path, expand="insights", as_of=DAY - timedelta(days=10))["insights"]
    assert quiet["health"] == "inactive"
    assert quiet["recommendations"] == ["Ask what stopped them; they pay $5,000 a month."]
    assert ask.workspace(f"/api/v2/users/{ask.one('users', 'ann')['id']}", 400, expand="insights")


def test_every_answer_says_of_which_day_and_by_which_definition_it_is(ask):
    acme, ann = ask.one("accounts", "acme")["id"], ask.one("users", "ann")["id"]
    paths = ["accounts", "users", "segments", f"accounts/{acme}", f"users/{ann}", f"workspaces/{ask.profile.pk}"]
    paths += [f"{who}/{what}" for who in (f"accounts/{acme}", f"users/{ann}") for what in ("explain", "why", "history")]
    for path in paths:
        answer = ask.workspace(f"/api/v2/{path}")
        assert (answer["as_of"], answer["version"]) == (str(DAY), 1), path
        assert answer["computed_at"] > str(DAY), path
    for path in ("workspaces", "counts"):
        answer = ask.get(f"/api/v2/{path}")
        assert (answer["as_of"], answer["version"]) == (str(DAY), None)
        assert answer["computed_at"] > str(DAY)


def test_ids_are_numbers_that_every_client_carries_exactly(ask):
    for kind, who in (("accounts", "acme"), ("users", "ann")):
        id = ask.one(kind, who)["id"]
        assert 0 < id < 2**53
    for path in (
        f"/api/v2/users/{2**53}",
        f"/api/v2/accounts/{10**30}",
        "/api/v2/users/0",
        f"/api/v2/segments/{10**30}",
    ):
        assert ask.workspace(path, 404)["error"]["code"] == "not_found"
    assert ask.get("/api/v2/users", 400, workspace_id=2**53)["error"]["code"] == "invalid_workspace_id"


def test_nothing_else_below_api_is_a_page(ask):
    assert ask.get("/api/v2/nowhere", 404)["error"]["code"] == "not_found"
    assert ask.get("/api/v2/segments/a%0Ab/members", 404)["error"]["code"] == "not_found"
    posted = Client(enforce_csrf_checks=True).post("/api/v2/workspaces/null/what_if", b"{", content_type="text/plain")
    assert (posted.status_code, posted.json()["error"]["code"]) == (404, "not_found")
    assert ask.get("/api/", 404)["error"]["message"].startswith("There is no /api/")

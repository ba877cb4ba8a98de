"""Why a score is what it is, why it changed, and how it came about."""

from datetime import timedelta

import pytest

from accoil.score.definition import Definition
from tests.api.conftest import EVENTS, TODAY

DAY = TODAY.date()


@pytest.mark.parametrize(("kind", "who"), [("accounts", "acme"), ("users", "ann")])
def test_the_parts_add_up_to_the_score(ask, kind, who):
    one = ask.one(kind, who)
    explained = ask.workspace(f"/api/v2/{kind}/{one['id']}/explain")
    assert explained["raw"] == sum(part["points"] for part in explained["parts"]) == one["metrics"]["raw_score"]
    assert all(part["points"] == part["count"] * part["weight"] for part in explained["parts"])
    assert explained["score"] == one["metrics"]["score"]
    assert (explained["benchmark"], explained["curve"]) == (50.0, "exponential")
    if kind == "accounts":
        scores = [user["score"] for user in explained["users"]]
        assert explained["score"] == int(sum(scores) / len(scores) + 0.5)


def test_who_does_not_count_is_told_why_and_steps_say_what_is_missing(ask):
    ann, cyd = (ask.one("users", name)["id"] for name in ("ann", "cyd"))
    steps = {"user": [{"event": "Report_Created", "at_least": 5}, {"user_trait": "role", "is_set": True}]}
    raw = {"window": 7, "events": EVENTS, "filter": {"user_trait": "role", "is": "admin"}, "activation": steps}
    ask.profile.save_definition(Definition.check(raw), None)
    assert ask.workspace(f"/api/v2/users/{cyd}", 404)
    out = ask.workspace(f"/api/v2/users/{cyd}/explain")
    assert out["not_scored"].startswith("Not scored: ") and (out["score"], out["parts"]) == (0, [])
    told = ask.workspace(f"/api/v2/users/{ann}/explain")
    assert told["not_scored"] is None
    assert [(step["met"], step["count"], step["at_least"]) for step in told["steps"]] == [
        (False, 4, 5),
        (True, None, None),
    ]
    assert ask.workspace("/api/v2/users/12345/explain", 404)


@pytest.mark.parametrize(("kind", "who"), [("accounts", "acme"), ("users", "ann")])
def test_the_parts_of_a_change_sum_to_it(ask, kind, who):
    one = ask.one(kind, who)
    why = ask.workspace(f"/api/v2/{kind}/{one['id']}/why")
    assert (why["from"], why["to"]) == (str(DAY - timedelta(days=7)), str(DAY))
    assert sum(why["parts"].values()) == why["change"] == one["metrics"]["change"]
    assert why["sentence"] == f"Up {why['change']}: 4 Reports created this week against none last week."
    gained = {event["event"]: event["gained"] - event["aged_out"] for event in why["events"]}
    assert sum(gained.values()) == why["raw_after"] - why["raw_before"]


def test_a_change_of_definition_is_told_as_such(ask):
    ask.profile.versions.update(in_force_from=DAY - timedelta(days=60))
    ask.profile.save_definition(Definition(window=7, events={"Report_Created": 1}, benchmark=50.0), None)
    ann = ask.one("users", "ann")["id"]
    yesterday = {"from": DAY - timedelta(days=1)}
    why = ask.workspace(f"/api/v2/users/{ann}/why", **yesterday)
    assert (why["version_from"], why["version_to"], why["definition_changed"]) == (1, 2, True)
    assert why["parts"]["definition"] < 0
    assert sum(why["parts"].values()) == why["change"] != why["change_alike"]
    alike = ask.workspace(f"/api/v2/users/{ann}/why", version=1, **yesterday)
    assert (alike["parts"]["definition"], alike["definition_changed"]) == (0, False)


def test_history_tells_every_day_and_what_was_reported(ask):
    ask.profile.versions.update(in_force_from=DAY - timedelta(days=60))
    ask.profile.save_definition(Definition(window=7, events={"Report_Created": 9}, benchmark=50.0), None)
    ann = ask.one("users", "ann")["id"]
    history = ask.workspace(f"/api/v2/users/{ann}/history", **{"from": DAY - timedelta(days=3)})
    assert [row["day"] for row in history["data"]] == [str(DAY - timedelta(days=days)) for days in (3, 2, 1, 0)]
    assert [row["raw"] for row in history["data"]] == [0, 0, 0, 36]
    assert [row["version"] for row in history["data"]] == [1, 1, 1, 2]
    assert [row["reported_score"] > 0 for row in history["data"]] == [True] * 4
    first = ask.workspace(f"/api/v2/users/{ann}/history", version=1, **{"from": DAY - timedelta(days=3)})
    assert [row["raw"] for row in first["data"]] == [6, 6, 6, 42]
    assert len(ask.workspace(f"/api/v2/users/{ann}/history")["data"]) == 90


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"from": DAY, "to": DAY - timedelta(days=1)}, "invalid_from"),
        ({"to": DAY + timedelta(days=1)}, "invalid_to"),
        ({"from": "1999-01-01"}, "invalid_from"),
        ({"from": "2001-01-01"}, "invalid_from"),
        ({"from": "a while ago"}, "invalid_from"),
    ],
)
def test_days_that_make_no_range_are_named(ask, asked, code):
    acme = ask.one("accounts", "acme")["id"]
    for what in ("history", "why"):
        assert ask.workspace(f"/api/v2/accounts/{acme}/{what}", 400, **asked)["error"]["code"] == code
    same = ask.workspace(f"/api/v2/accounts/{acme}/why", 400, **{"from": DAY, "to": DAY})
    assert same["error"]["code"] == "invalid_from"

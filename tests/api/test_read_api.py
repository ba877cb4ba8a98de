"""The read API, asked as a client asks it, over numbers that the real engine made."""

from datetime import date, timedelta

import pytest
from django.test import Client

from accoil.score.definition import Definition
from tests.api.conftest import TODAY


def test_workspaces_are_the_products_profiles(ask):
    answer = ask.get("/api/v2/workspaces", expand="stats")
    (workspace,) = answer["data"]
    assert (workspace["id"], workspace["name"], workspace["lookback_days"]) == (ask.profile.pk, "Everyone", 7)
    assert workspace["stats"] == {"total_users": 3, "total_accounts": 1}
    assert answer["pagination"] == {"limit": 20, "offset": 0, "total": 1}
    assert ask.get("/api/v2/profiles")["data"][0]["id"] == ask.profile.pk
    assert ask.get(f"/api/v2/workspaces/{ask.profile.pk}")["name"] == "Everyone"


def test_users_are_ranked_by_score(ask):
    answer = ask.workspace("/api/v2/users")
    assert [row["tracking_id"] for row in answer["data"]] == ["ann", "cyd", "bob"]
    assert [row["metrics"]["raw_score"] for row in answer["data"]] == [42, 9, 3]
    assert [row["metrics"]["score"] for row in answer["data"]] == [86, 34, 13]
    assert [row["metrics"]["engagement_score"] for row in answer["data"]] == [0.86, 0.34, 0.13]
    assert [row["name"] for row in answer["data"]] == ["Ann", "cyd@globex.example", "bob"]
    assert (answer["version"], answer["as_of"]) == (1, str(TODAY.date()))


def test_lists_come_in_pages(ask):
    first = ask.workspace("/api/v2/users", limit=2)
    second = ask.workspace("/api/v2/users", limit=2, offset=2)
    beyond = ask.workspace("/api/v2/users", limit=2, offset=4)
    assert [len(page["data"]) for page in (first, second, beyond)] == [2, 1, 0]
    assert {page["pagination"]["total"] for page in (first, second, beyond)} == {3}


def test_an_account_shows_every_metric(ask):
    acme = ask.one("accounts", "acme")
    answer = ask.get(acme["_links"]["self"] + "&expand=traits")
    assert answer["traits"] == {"mrr": 500000, "name": "Acme", "plan": "pro"}
    expected = {
        "score": 50,  # the mean of 86 and 13, half up
        "raw_score": 45,
        "total_score": 99,
        "active_users": 2,
        "total_users": 2,
        "active_users_percentage": 1.0,
        "frequency": 3,
        "adoption_rate": 1.0,
        "benchmark": 50.0,
        "last_active": str(TODAY.date()),
        "tenure": 40,
    }
    assert {key: answer["metrics"][key] for key in expected} == expected


def test_a_user_shows_chosen_traits_only(ask):
    ann = ask.one("users", "ann")
    path = f"/api/v2/users/{ann['id']}"
    answer = ask.workspace(path, expand="traits", traits="role,unknown")
    assert answer["traits"] == {"role": "admin"}
    assert answer["account_id"] == ask.one("accounts", "acme")["id"]
    refused = ask.workspace(path, 400, expand="traits", traits="a,b,c,d,e,f,g,h,i")
    assert refused["error"]["code"] == "invalid_traits"


def test_any_past_day_can_be_asked_for(ask):
    answer = ask.workspace("/api/v2/users", as_of=TODAY.date() - timedelta(days=15))
    assert answer["data"][0]["tracking_id"] == "ann"
    assert answer["data"][0]["metrics"]["raw_score"] == 15
    before_anyone = ask.workspace("/api/v2/users", as_of=date(2020, 1, 1))
    assert (before_anyone["data"], before_anyone["pagination"]["total"]) == ([], 0)


def test_an_older_version_can_be_asked_for(ask):
    ask.profile.save_definition(Definition(window=7, events={"Dashboard_Viewed": 1}, benchmark=50.0), None)
    now, before = ask.workspace("/api/v2/users"), ask.workspace("/api/v2/users", version=1)
    assert (now["version"], now["data"][0]["metrics"]["raw_score"]) == (2, 2)
    assert (before["version"], before["data"][0]["metrics"]["raw_score"]) == (1, 42)
    assert ask.workspace("/api/v2/users", 400, version=9)["error"]["code"] == "invalid_version"


def test_counts_are_exact_and_can_be_grouped_and_filtered(ask):
    whole = ask.get("/api/v2/counts")
    assert whole["total_count"] == sum(row["count"] for row in whole["data"]) == 20
    by_event = ask.get("/api/v2/counts", group_by="event")["data"]
    assert by_event == [
        {"event": "Dashboard_Viewed", "count": 8},
        {"event": "Never_Scored", "count": 7},
        {"event": "Report_Created", "count": 5},
    ]
    cyd = ask.get("/api/v2/counts", user="cyd")["data"]
    assert cyd == [
        {"user": "cyd", "account": None, "event": "Report_Created",
         "day": str(TODAY.date() - timedelta(days=2)), "count": 1}
    ]  # fmt: skip
    days = {"from": TODAY.date() - timedelta(days=3), "to": TODAY.date() - timedelta(days=1)}
    assert ask.get("/api/v2/counts", **days, account="acme", group_by="")["total_count"] == 10
    page = ask.get("/api/v2/counts", limit=1, offset=1)
    assert (page["total_count"], page["pagination"]["total"], len(page["data"])) == (20, 6, 1)
    nothing = ask.get("/api/v2/counts", event="Nobody_Did_This")
    assert (nothing["data"], nothing["total_count"], nothing["pagination"]["total"]) == ([], 0, 0)


@pytest.mark.parametrize(
    ("path", "parameters", "status", "code"),
    [
        ("/api/v2/accounts", {}, 400, "missing_workspace_id"),
        ("/api/v2/accounts", {"workspace_id": "x"}, 400, "invalid_workspace_id"),
        ("/api/v2/accounts", {"workspace_id": 0}, 400, "invalid_workspace_id"),
        ("/api/v2/accounts", {"workspace_id": 999_999}, 404, "not_found"),
        ("/api/v2/workspaces", {"limit": 101}, 400, "invalid_limit"),
        ("/api/v2/workspaces", {"offset": -1}, 400, "invalid_offset"),
        ("/api/v2/workspaces", {"expand": "everything"}, 400, "invalid_expand"),
        ("/api/v2/counts", {"group_by": "weather"}, 400, "invalid_group_by"),
        ("/api/v2/counts", {"from": "yesterday"}, 400, "invalid_from"),
        ("/api/v2/counts", {"limit": 10_001}, 400, "invalid_limit"),
    ],
)
def test_a_wrong_parameter_is_named(ask, path, parameters, status, code):
    error = ask.get(path, status, **parameters)["error"]
    assert error["code"] == code
    assert error["message"]


@pytest.mark.parametrize(
    ("parameters", "code"),
    [
        ({"as_of": "2999-01-01"}, "invalid_as_of"),
        ({"as_of": "soon"}, "invalid_as_of"),
        ({"match_type": "tracking_id"}, "missing_match_parameter"),
        ({"match_type": "", "match_value": "44"}, "invalid_match_type"),
        ({"as_of": "1999-12-31"}, "invalid_as_of"),
        ({"as_of": "20251101"}, "invalid_as_of"),
        ({"sort": "shoe_size"}, "invalid_sort"),
        ({"limit": "many"}, "invalid_limit"),
        ({"offset": -1}, "invalid_offset"),
    ],
)
def test_a_wrong_question_about_users_is_named(ask, parameters, code):
    assert ask.workspace("/api/v2/users", 400, **parameters)["error"]["code"] == code


def test_nobody_without_a_token(ask):
    ask.token = "accoil_" + "0" * 40
    assert ask.get("/api/v2/workspaces", 401)["error"]["code"] == "unauthorized"
    assert Client().get("/api/v2/workspaces").status_code == 401


def test_a_token_that_asks_too_often_is_told_when_to_come_back(ask, monkeypatch):
    monkeypatch.setattr("accoil.show.api.access.MOST_A_MINUTE", 3)
    for _ in range(3):
        ask.get("/api/v2/workspaces")
    answer = ask.client.get("/api/v2/workspaces", headers={"Authorization": f"Bearer {ask.token}"})
    assert answer.status_code == 429
    assert 1 <= int(answer["Retry-After"]) <= 61


def test_clients_of_the_original_change_only_the_host(ask):
    assert ask.workspace("/v2/users")["data"] == ask.workspace("/api/v2/users")["data"]


def test_the_document_names_every_path(ask):
    document = ask.get("/api/openapi.json")
    assert document["openapi"].startswith("3.1")
    assert {"/api/v2/accounts", "/api/v2/users/{user_id}", "/api/v2/counts"} <= set(document["paths"])

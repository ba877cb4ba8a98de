"""The segments of a profile, how many are in each, and who; and which ones somebody is in."""

from datetime import timedelta

import pytest

from accoil.segment import keeping
from tests.api.conftest import TODAY

DAY = TODAY.date()
PRO = {"all": [{"account_trait": "plan", "is": "pro"}, {"metric": "score", "above": 40}]}


@pytest.fixture
def pro(ask):
    return keeping.create(ask.profile, "account", "Engaged pros", PRO)


def test_segments_tell_who_is_meant_and_how_many_they_are(ask, pro):
    every = ask.workspace("/api/v2/segments", limit=100)["data"]
    assert {"Most Engaged", "All Accounts", "All Users", "Red Hot", "Engaged pros"} <= {row["name"] for row in every}
    of_accounts = ask.workspace("/api/v2/segments", scope="account", exclude_defaults=True)
    assert of_accounts["pagination"]["total"] == 1
    (own,) = of_accounts["data"]
    assert (own["id"], own["name"], own["scope"], own["default"]) == (pro.pk, "Engaged pros", "account", False)
    assert (own["size"], own["value"], own["score"]) == (1, 500000, 50.0)
    assert own["rule"] == PRO and "pro" in own["words"]
    assert own["_links"] == {"self": f"/v2/segments/{pro.pk}", "members": f"/v2/segments/{pro.pk}/members"}
    sizes = {row["name"]: row["size"] for row in every if row["scope"] == "user"}
    assert (sizes["All Users"], sizes["Most Engaged"], sizes["Least Engaged"]) == (3, 1, 1)
    assert ask.workspace("/api/v2/segments", 400, scope="robot")["error"]["code"] == "invalid_scope"


def test_a_rule_is_told_in_words_of_whom_it_is_about(ask):
    admins = keeping.create(ask.profile, "user", "Admins", {"user_trait": "role", "is": "admin"})
    assert ask.get(f"/api/v2/segments/{admins.pk}")["words"] == "role is admin"


def test_a_segment_alone_needs_no_profile_named(ask, pro):
    one = ask.get(f"/api/v2/segments/{pro.pk}")
    assert (one["name"], one["size"], one["workspace_id"], one["version"]) == ("Engaged pros", 1, ask.profile.pk, 1)
    past = ask.get(f"/api/v2/segments/{pro.pk}", as_of=DAY - timedelta(days=10))
    assert past["size"] == 0
    assert ask.get(f"/api/v2/segments/{pro.pk}", 404, workspace_id=ask.profile.pk + 1)
    assert ask.get("/api/v2/segments/999999", 404)["error"]["code"] == "not_found"


def test_members_come_in_pages_and_as_files(ask, pro):
    users = {row["name"]: row["id"] for row in ask.workspace("/api/v2/segments", scope="user", limit=100)["data"]}
    path = f"/api/v2/segments/{users['All Users']}/members"
    page = ask.get(path, limit=2)
    assert (page["scope"], page["segment_id"], page["pagination"]["total"]) == ("user", users["All Users"], 3)
    assert [row["tracking_id"] for row in page["data"]] == ["ann", "cyd"]
    assert [row["tracking_id"] for row in ask.get(page["_links"]["next"])["data"]] == ["bob"]
    assert [row["tracking_id"] for row in ask.get(path, sort="score", search="b")["data"]] == ["bob", "cyd"]
    low = ask.get(f"/api/v2/segments/{users['Least Engaged']}/members")["data"]
    assert [row["tracking_id"] for row in low] == ["bob"]
    lines = b"".join(ask.asked(f"{path}.csv", columns="tracking_id,score").streaming_content).decode().split()
    assert lines == ['"tracking_id","score"', '"ann",86', '"cyd",34', '"bob",13']
    assert [row["tracking_id"] for row in ask.get(f"/v2/segments/{pro.pk}/members")["data"]] == ["acme"]


def test_a_minimum_stay_is_waited_for(ask):
    fresh = keeping.create(ask.profile, "account", "Stayed", PRO, stay_days=2)
    assert ask.get(f"/api/v2/segments/{fresh.pk}/members")["data"] == []


def test_everyone_says_which_segments_he_is_in(ask, pro):
    acme = ask.get(ask.one("accounts", "acme")["_links"]["self"] + "&expand=segments")["segments"]
    assert {"id": pro.pk, "name": "Engaged pros", "default": False} in acme
    in_all = {
        row["name"] for row in ask.workspace("/api/v2/segments", scope="account", limit=100)["data"] if row["size"]
    }
    assert {row["name"] for row in acme} == in_all
    ann = ask.get(ask.one("users", "ann")["_links"]["self"] + "&expand=segments")["segments"]
    assert "Most Engaged" in {row["name"] for row in ann}


def test_lists_can_be_filtered_by_a_segment(ask, pro):
    found = ask.workspace("/api/v2/accounts", filter='{"segment": "Engaged pros", "in": true}')["data"]
    assert [row["tracking_id"] for row in found] == ["acme"]

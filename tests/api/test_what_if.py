"""What a profile would say if it were written otherwise."""

import json

import pytest

from tests.api.conftest import EVENTS

SAME = {"window": 7, "events": EVENTS, "benchmark": {"fixed": 50}}


def post(ask, draft, status: int = 200, of: int | None = None):
    path = f"/api/v2/workspaces/{of or ask.profile.pk}/what_if"
    body = draft if isinstance(draft, str) else json.dumps(draft)
    headers = {"Authorization": f"Bearer {ask.token}"}
    answer = ask.client.post(path, body, content_type="application/json", headers=headers)
    assert answer.status_code == status, answer.content
    return answer.json()


def test_a_draft_is_tried_out_and_nothing_is_saved(ask):
    answer = post(ask, {**SAME, "name": "Trial", "events": {"Report_Created": 1}})
    assert (answer["scored"], answer["version"], answer["workspace_id"]) == (2, 1, ask.profile.pk)
    assert answer["bands"]["from"]["users"] == {"most": 1, "slightly": 0, "passive": 1, "least": 1}
    assert answer["bands"]["to"]["users"] == {"most": 0, "slightly": 0, "passive": 0, "least": 3}
    moved = {(row["type"], row["tracking_id"]): (row["from"], row["to"], row["change"]) for row in answer["movers"]}
    assert moved["user", "ann"] == (86, 17, -69)
    assert moved["account", "acme"] == (50, 17, -33)
    left = {(row["scope"], row["name"]): row["left"] for row in answer["segments"]}
    assert left["user", "Most Engaged"] == 1
    assert (answer["automations"], answer["writes"]) == ([], 0)
    assert ask.profile.versions.count() == 1


def test_the_same_definition_moves_nobody(ask):
    apart = {"sync": {"intercom": "all"}, "fields": {"salesforce": {"user": {"Score": "Health__c"}}}}
    answer = post(ask, {**SAME, **apart, "name": "As it stands in a file", "open_to_inbox": True})
    assert answer["bands"]["from"] == answer["bands"]["to"]
    assert not answer["movers"]
    assert not [row for row in answer["segments"] if row["entered"] or row["left"]]


@pytest.mark.parametrize(
    ("draft", "code", "word"),
    [
        ({"window": 7}, "invalid_profile", "events"),
        ({"events": {"Report_Created": 11}}, "invalid_profile", "Report_Created"),
        ({"events": {"Report_Created": 1}, "window": 8}, "invalid_profile", "window"),
        ({"events": {"Report_Created": 1}, "weather": 1}, "invalid_profile", "weather"),
        ({"events": {"Report_Created": 1}, "filter": {"metric": "score", "above": 1}}, "invalid_profile", "score"),
        ("{", "invalid_body", "body"),
        ("[]", "invalid_profile", "profile"),
    ],
)
def test_what_is_no_profile_is_refused_with_a_sentence(ask, draft, code, word):
    error = post(ask, draft, 400)["error"]
    assert error["code"] == code
    assert word in error["message"]


def test_a_profile_that_is_not_there_is_not_found(ask):
    assert post(ask, SAME, 404, of=ask.profile.pk + 1)["error"]["code"] == "not_found"

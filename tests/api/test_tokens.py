"""What a token opens: one product, what it may read, as long as it works."""

import json
from datetime import timedelta
from urllib.parse import urlencode

from django.utils import timezone

from accoil.team.models import ApiToken


def test_a_token_reads_what_it_is_kept_to(ask):
    ann, acme = ask.one("users", "ann")["id"], ask.one("accounts", "acme")["id"]
    paths = {
        "accounts": ["/api/v2/accounts", f"/api/v2/accounts/{acme}", f"/api/v2/accounts/{acme}/explain",
                     f"/api/v2/accounts/{acme}/history", "/api/v2/accounts.csv", f"/api/v1/accounts?id={acme}"],
        "users": ["/api/v2/users", f"/api/v2/users/{ann}", f"/api/v2/users/{ann}/explain",
                  f"/api/v2/users/{ann}/history", "/api/v2/users.csv"],
        "counts": ["/api/v2/counts", "/api/v2/counts.csv"],
    }  # fmt: skip
    for scope in paths:
        ask.token = ApiToken.issue(ask.product, scope, [scope])
        assert ask.workspace("/api/v2/workspaces")["data"]
        for needs, some in paths.items():
            for path in some:
                answer = ask.asked(f"{path}{'&' if '?' in path else '?'}workspace_id={ask.profile.pk}")
                assert answer.status_code == (200 if needs == scope else 403), path
                if needs != scope:
                    assert answer.json() == {
                        "error": {
                            "code": "forbidden",
                            "message": f"This token may not read {needs}; an owner can make one that may.",
                        }
                    }


def test_an_account_is_explained_without_its_people_to_who_may_not_read_them(ask):
    acme = ask.one("accounts", "acme")["id"]
    whole = ask.workspace(f"/api/v2/accounts/{acme}/explain")
    ask.token = ApiToken.issue(ask.product, "accounts", ["accounts"])
    part = ask.workspace(f"/api/v2/accounts/{acme}/explain")
    assert [user["name"] for user in whole["users"]] == ["Ann", "bob"]
    assert (part["users"], part["parts"]) == (None, whole["parts"])


def test_a_token_guesses_no_traits_of_those_it_may_not_read(ask):
    guesses = {"users": {"user_trait": "email", "starts_with": "a"}, "accounts": {"account_trait": "plan", "is": "x"}}
    for may, asked in (("accounts", "users"), ("users", "accounts")):
        ask.token = ApiToken.issue(ask.product, may, [may])
        for path in (f"/api/v2/{may}", f"/api/v2/{may}.csv"):
            for rule in (guesses[asked], {"any": [{"metric": "score", "above": 1}, guesses[asked]]}):
                query = urlencode({"workspace_id": ask.profile.pk, "filter": json.dumps(rule)})
                answer = ask.asked(f"{path}?{query}")
                assert (answer.status_code, answer.json()["error"]["code"]) == (403, "forbidden")
        ask.workspace(f"/api/v2/{may}", filter=json.dumps(guesses[may]))
        ask.workspace(f"/api/v2/{may}", filter=json.dumps({"event": "Report_Created"}))


def test_an_expired_token_opens_nothing(ask):
    token = ApiToken.issue(ask.product, "soon", expires_at=timezone.now() + timedelta(hours=1))
    ask.token = token
    assert ask.get("/api/v2/workspaces")["data"]
    ApiToken.objects.filter(name="soon").update(expires_at=timezone.now())
    assert ask.get("/api/v2/workspaces", 401)["error"]["code"] == "unauthorized"


def test_a_token_asks_as_often_under_both_addresses(ask, monkeypatch):
    monkeypatch.setattr("accoil.show.api.access.MOST_A_MINUTE", 3)
    for path in ("/api/v2/workspaces", "/v2/workspaces", "/api/v2/workspaces"):
        ask.get(path)
    for path in ("/api/v2/workspaces", "/v2/workspaces"):
        assert ask.get(path, 429)["error"]["code"] == "rate_limited"

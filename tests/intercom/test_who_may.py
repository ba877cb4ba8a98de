"""Tokens, the limits of calls, and what goes wrong on purpose."""

from __future__ import annotations

import json
import time
from http.client import HTTPException
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from tests.door import Answer, ask
from tests.intercom import Intercom
from tests.intercom.asking import Asking
from tests.intercom.contract import NotChecked, contract

BACK = "http://127.0.0.1:1/done"


def test_me_tells_the_workspace_of_the_token(intercom: Intercom, asking: Asking) -> None:
    other = intercom.add_workspace("ws2", "Other", region="EU")
    assert asking("GET", "/me").json()["app"]["id_code"] == "ws1"
    told = Asking(intercom, intercom.token(other))("GET", "/me").json()["app"]
    assert (told["id_code"], told["region"]) == ("ws2", "EU")
    contact = other.contact("a@example.com")
    assert asking.code("GET", f"/contacts/{contact.id}") == (404, "not_found")


def test_a_token_that_was_revoked_or_never_was_is_refused(intercom: Intercom, asking: Asking) -> None:
    intercom.workspace.revoke()
    assert asking.code("GET", "/me") == (401, "unauthorized")
    assert "x-ratelimit-limit" not in asking("GET", "/me").headers
    assert Asking(intercom, "").code("GET", "/me") == (401, "missing_authorization")


def test_a_call_without_its_version_is_refused(asking: Asking) -> None:
    assert asking.code("GET", "/me", version="") == (400, "intercom_version_invalid")


def test_over_the_limit_calls_wait_for_the_next_window(intercom: Intercom, asking: Asking) -> None:
    intercom.limits.per_window = 2
    now = intercom.clock.forward()  # type: ignore[attr-defined]
    left = [asking("GET", "/me").headers["x-ratelimit-remaining"] for _ in range(2)]
    refused = asking("GET", "/me")
    assert (left, refused.status, refused.json()["errors"][0]["code"]) == (["1", "0"], 429, "rate_limit_exceeded")
    reset = int(refused.headers["x-ratelimit-reset"])
    assert now < reset <= now + 10
    intercom.clock.forward(reset - now)  # type: ignore[attr-defined]
    assert asking("GET", "/me").status == 200
    assert (intercom.limits.peak, intercom.limits.refused) == (2, 1)


def test_an_admin_lets_the_app_in_and_the_code_becomes_a_token_once(intercom: Intercom) -> None:
    asked = {"client_id": intercom.client_id, "state": "s1", "redirect_uri": BACK}
    page = ask(intercom.address, "GET", f"/oauth?{urlencode(asked)}", None, {})
    assert page.status == 200 and ">Allow</button>" in page.body.decode()
    told = _back(_said(intercom, asked, "allow"))
    assert told["state"] == "s1"
    answers = [_exchange(intercom, told["code"]) for _ in range(2)]
    assert [answer.status for answer in answers] == [200, 401]
    token = answers[0].json()["access_token"]
    assert Asking(intercom, token)("GET", "/me").json()["app"]["id_code"] == "ws1"


def test_an_admin_who_says_no_is_sent_back_with_the_reason(intercom: Intercom) -> None:
    asked = {"client_id": intercom.client_id, "state": "s1", "redirect_uri": BACK}
    assert _back(_said(intercom, asked, "deny")) == {"error": "access_denied", "state": "s1"}


@pytest.mark.parametrize("change", [{"client_id": "other"}, {"redirect_uri": "http://127.0.0.1:2/elsewhere"}])
def test_an_unknown_app_or_address_to_return_to_is_refused(intercom: Intercom, change: dict[str, str]) -> None:
    intercom.grants.addresses = [BACK]
    asked = {"client_id": intercom.client_id, "state": "s1", "redirect_uri": BACK} | change
    assert ask(intercom.address, "GET", f"/oauth?{urlencode(asked)}", None, {}).status == 400


def test_a_code_does_not_live_for_ever_and_needs_the_secret(intercom: Intercom) -> None:
    intercom.clock.forward()  # type: ignore[attr-defined]
    assert _exchange(intercom, intercom.grants.code("ws1"), client_secret="wrong").status == 401
    code = intercom.grants.code("ws1")
    intercom.clock.forward(601)  # type: ignore[attr-defined]
    assert _exchange(intercom, code).status == 401


def test_what_is_planned_to_fail_fails_so_often_and_does_nothing(intercom: Intercom, asking: Asking) -> None:
    contact = intercom.workspace.contact("a@example.com")
    intercom.faults.plan("refuse", "PUT /contacts", times=2, status=503)
    answers = [asking("PUT", f"/contacts/{contact.id}", {"name": "Ann"}).status for _ in range(3)]
    assert (answers, len(intercom.workspace.writes)) == ([503, 503, 200], 1)
    assert asking("GET", "/me").status == 200


@pytest.mark.parametrize(("how", "kept"), [("drop", 0), ("lose", 1)])
def test_a_line_that_is_cut_before_or_after_the_write(intercom: Intercom, asking: Asking, how: str, kept: int) -> None:
    contact = intercom.workspace.contact("a@example.com")
    intercom.faults.plan(how, "PUT /contacts")  # type: ignore[arg-type]
    with pytest.raises((HTTPException, OSError)):
        asking("PUT", f"/contacts/{contact.id}", {"name": "Ann"})
    assert len(intercom.workspace.written("contact")) == kept


def test_an_answer_can_be_slow_or_wrong_though_all_was_done(intercom: Intercom, asking: Asking) -> None:
    contact = intercom.workspace.contact("a@example.com")
    intercom.faults.plan("refuse after", "PUT", status=500)
    assert asking("PUT", f"/contacts/{contact.id}", {"name": "Ann"}).status == 500
    assert contact.name == "Ann"
    intercom.faults.plan("slow", "GET /me", seconds=0.2)
    began = time.monotonic()
    assert asking("GET", "/me").status == 200
    assert time.monotonic() - began >= 0.2


def test_a_request_that_the_description_does_not_allow_is_refused(intercom: Intercom, asking: Asking) -> None:
    if not intercom.contract:
        pytest.skip("intercom-openapi.yaml is not here: nothing is held against it (set ACCOIL_CONTRACTS)")
    answer = asking("POST", "/contacts/search", {"query": {"field": "email", "operator": "like", "value": "x"}})
    assert "Against the description" in answer.json()["errors"][0]["message"]


def test_without_the_description_nothing_is_checked_and_that_is_said(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("ACCOIL_CONTRACTS", str(tmp_path))
    with pytest.warns(NotChecked, match="Set ACCOIL_CONTRACTS"):
        assert contract.__wrapped__() is None


def _said(intercom: Intercom, asked: dict[str, str], said: str) -> Answer:
    form = urlencode(asked | {"said": said, "workspace": "ws1"}).encode()
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    return ask(intercom.address, "POST", "/oauth/allow", form, kind)


def _back(answer: Answer) -> dict[str, str]:
    assert answer.status == 302 and answer.headers["location"].startswith(BACK)
    return {name: texts[0] for name, texts in parse_qs(urlsplit(answer.headers["location"]).query).items()}


def _exchange(intercom: Intercom, code: str, client_secret: str | None = None) -> Answer:
    body = {"code": code, "client_id": intercom.client_id, "client_secret": client_secret or intercom.client_secret}
    kind = {"Content-Type": "application/json"}
    return ask(intercom.address, "POST", "/auth/eagle/token", json.dumps(body).encode(), kind)

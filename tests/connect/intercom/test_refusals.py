"""What Intercom's refusals mean says who must act."""

import pytest

from accoil.connect.connection import Closed, Gone, Rejected, SignInAgain, ToolError, TryLater
from accoil.connect.http import Answer
from accoil.connect.intercom.speaking import Speaker, refused
from accoil.connect.now import Driven, now
from accoil.connect.rate import Lane
from tests.connect.intercom.conftest import Here
from tests.intercom import Intercom


def _refusal(status: int, code: str = "", message: str = "Some words", **headers: str) -> ToolError:
    body = {"type": "error.list", "request_id": "r1", "errors": [{"code": code, "message": message}]}
    return refused(Answer(status=status, json=body, headers=headers, request_id="r1"))


@pytest.mark.parametrize(
    ("status", "code", "error"),
    [
        (401, "unauthorized", SignInAgain),
        (401, "", SignInAgain),
        (401, "token_revoked", SignInAgain),
        (400, "token_blocked", SignInAgain),
        (403, "token_not_found", SignInAgain),
        (400, "missing_authorization", SignInAgain),
        (403, "api_plan_restricted", SignInAgain),
        (403, "action_forbidden", SignInAgain),
        (429, "rate_limit_exceeded", TryLater),
        (400, "too_many_requests", TryLater),
        (408, "request_timeout", TryLater),
        (500, "server_error", TryLater),
        (502, "", TryLater),
        (503, "service_unavailable", TryLater),
        (504, "", TryLater),
        (400, "parameter_invalid", Rejected),
        (400, "type_mismatch", Rejected),
        (422, "data_invalid", Rejected),
        (422, "unprocessable_entity", Rejected),
        (402, "", Rejected),
        (404, "not_found", Gone),
        (404, "company_not_found", Gone),
        (410, "contact_merged", Gone),
        (409, "conflict", Gone),
    ],
)
def test_each_has_its_error(status: int, code: str, error: type[ToolError]) -> None:
    refusal = _refusal(status, code)
    assert type(refusal) is error
    assert (refusal.code, refusal.status, refusal.request_id) == (code, status, "r1")


def test_too_much_in_a_short_time_is_no_attempt() -> None:
    too_much, broken = _refusal(429, "rate_limit_exceeded"), _refusal(500)
    assert isinstance(too_much, TryLater) and too_much.limited
    assert isinstance(broken, TryLater) and not broken.limited


@pytest.mark.parametrize(
    ("link", "moved_to"),
    [
        ('</contacts/abc123>; rel="canonical"', "abc123"),
        ('<https://api.intercom.io/contacts/abc123>; rel="canonical"', "abc123"),
        ("", None),
        ("</somewhere/else>", None),
    ],
)
def test_a_merged_contact_names_the_other(link: str, moved_to: str | None) -> None:
    refusal = _refusal(410, "contact_merged", link=link)
    assert isinstance(refusal, Gone) and refusal.moved_to == moved_to


@pytest.mark.parametrize(
    "body", [None, [], "text", {}, {"errors": []}, {"errors": [7]}, {"errors": {}}, {"errors": [{"code": None}]}]
)
def test_whatever_stands_in_the_body_there_is_a_sentence(body: object) -> None:
    refusal = refused(Answer(status=422, json=body, headers={}))
    assert refusal.reason == "Intercom refused it (status 422)."


def test_its_own_words_are_told_and_cut() -> None:
    assert _refusal(422, "data_invalid", "x" * 1000).reason == f"Intercom refused it (status 422). It said: {'x' * 300}"


def test_a_revoked_token_asks_for_connecting_again(here: Here, intercom: Intercom) -> None:
    intercom.workspace.revoke()
    with pytest.raises(SignInAgain, match="no longer accepts the access token; connect again") as refusal:
        here.session.read("user", "1", [])
    assert here.connection.secrets["token"] not in str(refusal.value)


def test_a_short_fault_is_not_even_noticed(here: Here, intercom: Intercom, clock: Driven) -> None:
    joe = intercom.workspace.contact("joe@example.com")
    intercom.faults.plan("refuse", "GET /contacts", times=2, status=503)
    assert here.session.read("user", joe.id, ["A"]) == {"A": None}


def test_what_was_closed_is_not_waited_for(clock: Driven) -> None:
    speaker, began = Speaker("token", "us", Lane()), now()
    speaker.close()
    with pytest.raises(Closed):
        speaker.patiently("GET", "/contacts")
    assert now() == began

"""Whoever was deleted is refused at the door, and only he."""

import json
from typing import Any

import pytest

from accoil.receive import steps, tracks
from accoil.receive.calls import Call, decode
from accoil.receive.handling import Handling
from accoil.receive.suppressed import CODE, DELETED_ACCOUNT, DELETED_USER, Suppressed, digest
from accoil.receive.tracks import MANY

KEY = b"a key of the product"
GONE = Suppressed(KEY, frozenset({digest(KEY, "user", "ann")}), frozenset({digest(KEY, "account", "acme")}), "company")


def taken(**call: Any) -> tuple[Call | None, tuple[str, str] | None]:
    """The call as it is kept, or code and reason of its refusal."""
    body = decode(json.dumps({"messageId": "m", **call}).encode(), batch=False)
    assert body
    kept = steps.run(body, steps.Arrival(0, handling=Handling(suppressed=GONE)))
    refused = (body.rejected[0].code, body.rejected[0].message) if body.rejected else None
    return (kept[0] if kept else None), refused


@pytest.mark.parametrize(
    "call",
    [
        {"type": "track", "event": "Login", "userId": "ann"},
        {"type": "track", "event": "Login", "anonymousId": "ann"},
        {"type": "page", "userId": "ann"},
        {"type": "identify", "userId": "ann", "traits": {"name": "Ann"}},
        {"type": "alias", "userId": "ann", "previousId": "browser"},
        {"type": "alias", "userId": "bob", "previousId": "ann"},
    ],
)
def test_what_a_deleted_user_did_is_refused_with_the_reason(call: dict[str, Any]) -> None:
    assert taken(**call) == (None, (CODE, DELETED_USER))


def test_a_group_call_he_sends_still_tells_of_the_account() -> None:
    kept, refused = taken(type="group", userId="ann", groupId="beta", traits={"plan": "Pro"}, messageId="ann-beta")
    assert refused is None
    assert kept
    assert (kept.userId, kept.groupId, kept.pairs) == (None, "beta", [("plan", '"Pro"')])
    assert "ann" not in (kept.messageId or "")


def test_another_user_of_his_browser_is_not_taken_for_him() -> None:
    kept, _ = taken(type="track", event="Login", userId="bob", anonymousId="ann")
    assert kept
    assert (kept.userId, kept.anonymousId) == ("bob", None)


def test_calls_of_a_deleted_account_are_refused_and_events_that_name_it_count_without_it() -> None:
    assert taken(type="group", userId="bob", groupId="acme") == (None, (CODE, DELETED_ACCOUNT))
    kept, _ = taken(type="track", event="Login", userId="bob", groupId="acme")
    assert kept
    assert kept.groupId is None
    kept, _ = taken(type="identify", userId="bob", traits={"company": "acme", "role": "Analyst"})
    assert kept
    assert kept.pairs == [("role", '"Analyst"')]


def test_a_user_called_like_a_deleted_account_is_somebody_else() -> None:
    kept, _ = taken(type="track", event="Login", userId="acme", groupId="ann")
    assert kept
    assert (kept.userId, kept.groupId) == ("acme", "ann")


@pytest.mark.parametrize("many", [1, MANY])
def test_plain_bodies_of_others_still_take_the_short_way(many: int) -> None:
    def body(user: str, account: str | None = None) -> bytes:
        item = {"type": "track", "event": "E", "messageId": "m", "timestamp": "2026-03-01T00:00:00Z"}
        others = [{**item, "userId": "bob"}] * (many - 1)
        return json.dumps({"batch": [*others, {**item, "userId": user, "groupId": account}]}).encode()

    handling = Handling(suppressed=GONE)
    for user, account, is_short in (("bob", "beta", True), ("ann", None, False), ("bob", "acme", False)):
        short = tracks.decode(body(user, account), batch=True)
        assert short
        assert handling.takes_short(short) is is_short
        assert not Handling(events=frozenset(), suppressed=GONE).takes_short(short)


def test_whoever_is_deleted_later_was_let_in_before_and_is_not_any_more() -> None:
    item = {"type": "track", "event": "E", "messageId": "m", "timestamp": "2026-03-01T00:00:00Z", "userId": "bob"}
    short = tracks.decode(json.dumps({"batch": [item]}).encode(), batch=True)
    assert short
    before = Handling().refusing(GONE)
    assert before.takes_short(short) and before.takes_short(short)
    later = before.refusing(Suppressed(KEY, GONE.users | {digest(KEY, "user", "bob")}))
    assert not later.takes_short(short)
    assert before != later
    assert before == Handling(suppressed=GONE), "who else was asked about makes no other handling"


def test_a_hash_tells_nothing_without_the_key() -> None:
    assert digest(KEY, "user", "ann") != digest(b"another key", "user", "ann")
    assert digest(KEY, "user", "ann") != digest(KEY, "account", "ann")

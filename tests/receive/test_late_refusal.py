"""Somebody who is deleted while his calls are on their way: what becomes of them is what the door would have made."""

from __future__ import annotations

import json
from typing import Any

from accoil.receive import steps
from accoil.receive.calls import Call, decode
from accoil.receive.columns import Request, table
from accoil.receive.handling import PLAIN, Handling
from accoil.receive.late_refusal import without
from accoil.receive.suppressed import Suppressed, digest

KEY = b"a key of the product"
GONE = Suppressed(KEY, frozenset({digest(KEY, "user", "ann")}), frozenset({digest(KEY, "account", "acme")}), "company")
NOW = 1_790_000_000_000
KEPT_SINCE = 1_700_000_000_000
CALLS: list[dict[str, Any]] = [
    {"type": "track", "event": "Login", "userId": "bob"},
    {"type": "track", "event": "Login", "userId": "ann"},
    {"type": "track", "event": "Login", "anonymousId": "ann"},
    {"type": "track", "event": "Login", "userId": "bob", "anonymousId": "ann"},
    {"type": "track", "event": "Login", "userId": "bob", "context": {"groupId": "acme"}},
    {"type": "track", "event": "Login", "userId": "bob", "timestamp": "2023-11-14T00:00:00Z"},
    {"type": "track", "event": "Login", "userId": "bob", "timestamp": "2023-11-15T00:00:00Z"},
    {"type": "identify", "userId": "bob", "timestamp": "2023-11-14T00:00:00Z", "traits": {"name": "Bob"}},
    {"type": "identify", "userId": "ann", "traits": {"name": "Ann"}},
    {"type": "identify", "userId": "bob", "traits": {"company": "acme", "name": "Bob"}},
    {"type": "identify", "userId": "eve", "traits": {"company": "beta"}},
    {"type": "group", "userId": "ann", "groupId": "beta", "traits": {"plan": "Pro"}},
    {"type": "group", "userId": "bob", "groupId": "acme", "traits": {"plan": "Pro"}},
    {"type": "alias", "userId": "ann", "previousId": "browser"},
    {"type": "alias", "userId": "bob", "previousId": "ann"},
]


def kept(handling: Handling) -> list[Call]:
    found = []
    for number, call in enumerate(CALLS):
        body = decode(json.dumps({"messageId": f"m{number}", **call}).encode(), batch=False)
        assert body
        found += steps.run(body, steps.Arrival(NOW, handling=handling))
    return found


def test_it_is_what_the_door_would_have_kept() -> None:
    handling = Handling(suppressed=GONE, kept_since=KEPT_SINCE)
    late = without(table([Request(1, 5, kept(PLAIN), 7)]), {1: handling}.__getitem__)
    at_the_door = table([Request(1, 5, kept(handling), 7)])
    assert sorted(late.to_pylist(), key=str) == sorted(at_the_door.to_pylist(), key=str)
    assert 0 < len(late) < len(CALLS)


def test_another_product_keeps_who_has_the_same_name() -> None:
    facts = table([Request(2, 5, kept(PLAIN), 7)])
    assert without(facts, lambda product: Handling(suppressed=GONE) if product == 1 else PLAIN).equals(facts)

"""Where clients put their key."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

import pytest

from accoil.receive.auth import look_up
from accoil.receive.keys import Key, KeyRing, Ring
from accoil.team.models import IngestKey, Product
from accoil.team.staging import make_staging
from tests.door import Door, basic

CALL = {"type": "track", "userId": "u1", "event": "E", "messageId": "m1"}


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


BY_HEADER: dict[str, Callable[[str], str]] = {
    "user name of basic auth": lambda key: f"Basic {encoded(key + ':')}",
    "with a password": lambda key: f"Basic {encoded(key + ':secret')}",
    "encoded, without a colon": lambda key: f"Basic {encoded(key)}",
    "raw": lambda key: f"Basic {key}",
    "without padding": lambda key: f"Basic {encoded(key + ':').rstrip('=')}",
    "scheme in lower case": lambda key: f"basic {encoded(key + ':')}",
    "scheme in upper case": lambda key: f"BASIC {key}",
    "more blanks": lambda key: f"Basic   {key} ",
    "bearer": lambda key: f"Bearer {key}",
    "with stg_, encoded": lambda key: f"Basic {encoded(f'stg_{key}:')}",
    "with STG_, raw": lambda key: f"Basic STG_{key}",
}

NO_KEY_OF_OURS = {
    "another key": lambda key: basic(f"{key[::-1]}:"),
    "in another case": lambda key: basic(f"{key.upper()}:"),
    "a piece of it": lambda key: basic(f"{key[:-1]}:"),
    "as the password": lambda key: basic(f":{key}"),
    "stg_ in the middle": lambda key: basic(f"{key[:4]}stg_{key[4:]}:"),
    "no scheme": lambda key: key,
    "another scheme": lambda key: f"Digest {key}",
    "nothing after the scheme": lambda key: "Basic ",
    "no text": lambda key: "Basic " + base64.b64encode(b"\xff\xfe:").decode(),
    "not ASCII": lambda key: "Basic \xfc\xfc",
    "a very long one": lambda key: "Basic " + "A" * 20_000,
}


@pytest.mark.parametrize("how", BY_HEADER)
def test_the_key_in_the_authorization_header(door: Door, how: str) -> None:
    assert door.post("/v1/track", CALL, Authorization=BY_HEADER[how](door.key)).status == 200


@pytest.mark.parametrize("how", NO_KEY_OF_OURS)
def test_what_is_no_key_of_ours_is_refused(door: Door, how: str) -> None:
    # The longest header is refused by the HTTP server before anybody looks for a key in it.
    answer = door.post("/v1/track", CALL, Authorization=NO_KEY_OF_OURS[how](door.key))
    assert answer.status in (401, 431) or (how == "a very long one" and answer.status == 400), answer
    assert door.counts() == {}


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/track", {**CALL, "writeKey": "KEY"}),
        ("/v1/track", {**CALL, "api_key": "KEY"}),
        ("/v1/track", {**CALL, "writeKey": "stg_KEY"}),
        ("/v1/track", {**CALL, "writeKey": "KEY", "userId": 1}),
        ("/v1/track?writeKey=KEY", CALL),
        ("/v1/track?x=1&writeKey=KEY", CALL),
        ("/v1/batch", {"batch": [CALL], "writeKey": "KEY"}),
        ("/v1/batch", {"batch": [CALL], "api_key": "KEY"}),
        ("/v1/batch", {"batch": [{**CALL, "writeKey": "KEY"}]}),
        ("/v1/batch", {"batch": [5, {**CALL, "writeKey": "KEY"}]}),
        ("/v1/b", {"batch": [CALL], "writeKey": "KEY", "sentAt": "2026-11-22T12:00:00Z"}),
        ("/segment", {**CALL, "writeKey": "KEY"}),
    ],
)
def test_the_key_outside_the_headers(door: Door, path: str, body: Any) -> None:
    def with_key(part: Any) -> Any:
        if isinstance(part, dict):
            return {name: with_key(inner) for name, inner in part.items()}
        if isinstance(part, list):
            return [with_key(inner) for inner in part]
        return part.replace("KEY", door.key) if isinstance(part, str) else part

    answer = door.post(with_key(path), with_key(body), Authorization="")
    assert answer.status in (200, 202), answer


def test_behind_a_colon_the_write_key_header_may_hold_anything(door: Door) -> None:
    """Jitsu's clients refuse to start with a key that has no colon."""
    assert door.post("/v1/track", CALL, Authorization="", X_Write_Key=f"{door.key}:anything").status == 200


def test_the_write_key_header_wins_over_a_masked_key_in_the_body(door: Door) -> None:
    masked = {**CALL, "writeKey": f"{door.key[:4]}:***"}
    assert door.post("/v1/track", masked, Authorization="", X_Write_Key=door.key).status == 200


def test_a_key_that_holds_a_colon_is_read_whole(server: Any, door: Door) -> None:
    IngestKey.objects.create(product_id=door.product_id, key="keyid:secret")
    for header in (basic("keyid:secret"), basic("keyid:secret:"), "Basic keyid:secret"):
        assert door.post("/v1/track", CALL, Authorization=header).status == 200
    assert door.post("/v1/track", CALL, Authorization="", X_Write_Key="keyid:secret").status == 200


@pytest.mark.parametrize("token", ["eyJhbGciOi.eyJz.c2ln", "eyJhbGciOi." + "eyJz" * 200 + ".c2ln"])
def test_an_oauth_token_is_passed_over_for_the_key_in_the_body(door: Door, token: str) -> None:
    assert door.post("/v1/track", {**CALL, "writeKey": door.key}, Authorization=f"Bearer {token}").status == 200


@pytest.mark.parametrize("path", ["/v1/track", "/v1/batch", "/segment", "/v2/track", "/v1/b"])
def test_without_any_key_the_answer_says_how_to_send_one(door: Door, path: str) -> None:
    answer = door.post(path, {**CALL, "batch": [CALL]}, Authorization="")
    assert (answer.status, answer.code) == (401, "unauthorized")
    assert "Basic" in answer.json()["message"]


@pytest.mark.parametrize("how", BY_HEADER)
def test_a_staging_key_in_the_authorization_header(server: Any, door: Door, how: str) -> None:
    """As it is, and with stg_ taken off by its sender."""
    staging = make_staging(Product.objects.get(pk=door.product_id))
    key = staging.ingest_keys.get().key
    for sent in (key, key.removeprefix("stg_")):
        if "stg_" not in how.lower() or sent != key:
            assert door.post("/v1/track", CALL, Authorization=BY_HEADER[how](sent)).status == 200
    assert server.wait_counted()
    assert door.counts() == {}  # all went to the staging product


def test_a_key_is_found_as_it_is_before_any_other_spelling_of_it() -> None:
    ring = KeyRing(lambda: Ring({"abc": Key(1, 10), "stg_abc": Key(2, 20), "stg_x": Key(3, 30), "y": Key(4, 40)}))
    ring.refresh()
    found = {sent: look_up(ring, sent) for sent in ("abc", "stg_abc", "STG_abc", "x", "stg_x", "y", "stg_y", "Stg_y")}
    products = {sent: key.product if key else None for sent, key in found.items()}
    assert products == {
        "abc": 10, "stg_abc": 20, "STG_abc": 20, "x": 30, "stg_x": 30, "y": 40, "stg_y": 40, "Stg_y": 40,
    }  # fmt: skip
    assert look_up(ring, "X") is None


def test_a_key_that_was_switched_off_is_refused_as_such(server: Any, door: Door) -> None:
    from django.utils import timezone

    off = IngestKey.objects.create(product_id=door.product_id, disabled_at=timezone.now())
    answer = door.post("/v1/track", CALL, Authorization=basic(f"{off.key}:"))
    assert (answer.status, answer.code) == (403, "key_disabled")


def test_a_key_made_a_moment_ago_is_known(server: Any, new_product: Callable[[], Door]) -> None:
    """Also when somebody with a wrong key made the server look at the keys just before."""
    for _ in range(5):
        first = new_product()
        assert first.post("/v1/track", CALL, Authorization=basic("wrong:")).status == 401
        second = new_product()
        assert second.post("/v1/track", CALL).status == 200


def test_the_key_in_the_headers_decides_where_a_call_goes(server: Any, new_product: Callable[[], Door]) -> None:
    theirs = new_product()
    assert theirs.post("/v1/track", CALL).status == 200
    mine = new_product()  # so young that the server has not heard of it
    assert mine.post(f"/v1/track?writeKey={theirs.key}", {**CALL, "writeKey": theirs.key}).status == 200
    assert server.wait_counted()
    assert (mine.events(), theirs.events()) == ({"E": 1}, {"E": 1})

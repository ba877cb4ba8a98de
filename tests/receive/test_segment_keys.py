"""The key on /segment: its test, what is heard of it, stg_ either way, signatures, web pages."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from accoil.asgi import Server
from accoil.receive.heard import heard
from accoil.team.models import ApiToken, IngestKey, Product
from accoil.team.staging import make_staging
from tests.door import PATIENCE, Door, basic
from tests.receive.cloud import BARE, COUNTED, SEGMENT, TRACK, deliver, stream, whole


def test_the_test_of_the_key(server: Server, door: Door) -> None:
    deliver(door, {})
    for wrong in (basic("wrong:"), "", "Basic", f"Bearer {'x' * 32}"):
        assert door.post("/segment", {}, Authorization=wrong).status >= 400
    off = IngestKey.objects.create(product_id=door.product_id, disabled_at=datetime.now(UTC))
    assert door.post("/segment", {}, Authorization=basic(f"{off.key}:")).status == 403
    assert server.wait_counted()
    assert door.counts() == {}


def test_a_test_of_the_key_and_a_call_are_heard_before_anything_is_counted(server: Server, door: Door) -> None:
    key = IngestKey.objects.get(key=door.key)
    assert heard.last(key.pk) is None
    deliver(door, {})
    last = heard.last(key.pk)
    assert last is not None
    assert (last.agent, last.is_ping) == ("Segment (Actions)", True)
    deliver(door, TRACK, User_Agent="RudderLabs")
    last = heard.last(key.pk)
    assert last is not None
    assert (last.agent, last.is_ping) == ("RudderLabs", False)
    assert abs(last.at - datetime.now(UTC).timestamp()) < 60


def test_when_a_key_was_last_used_outlives_the_server(server: Server, door: Door) -> None:
    deliver(door, TRACK)
    key, until = IngestKey.objects.get(key=door.key), time.monotonic() + PATIENCE
    while key.last_seen_at is None:
        assert time.monotonic() < until, "nobody kept it"
        time.sleep(0.1)
        key.refresh_from_db()
    assert abs(key.last_seen_at - datetime.now(UTC)) < timedelta(seconds=PATIENCE)


def test_a_call_with_a_key_that_is_off_is_heard_as_refused(server: Server, door: Door) -> None:
    off = IngestKey.objects.create(product_id=door.product_id, disabled_at=datetime.now(UTC))
    assert door.post("/segment", TRACK, Authorization=basic(f"{off.key}:"), **SEGMENT).status == 403
    assert heard.last(off.pk) is None
    last = heard.last_refused(off.pk)
    assert last is not None
    assert (last.agent, last.refused) == ("Segment (Actions)", "key_disabled")


def test_a_key_for_web_pages_is_refused_from_a_cloud_and_heard_as_such(server: Server, door: Door) -> None:
    key = IngestKey.objects.create(product_id=door.product_id, name="Website", origins="*.example.com")
    header = basic(f"{key.key}:")
    assert door.post("/segment", TRACK, Authorization=header, **SEGMENT).code == "origin_not_allowed"
    last = heard.last_refused(key.pk)
    assert last is not None
    assert last.refused == "origin_not_allowed"
    for origin in ("https://app.example.com", "http://app.example.com"):
        assert door.post("/segment", TRACK, Authorization=header, Origin=origin).status == 202
    for origin in ("https://example.com", "https://app.example.com.evil.test", "null"):
        assert door.post("/segment", TRACK, Authorization=header, Origin=origin).status == 403


@pytest.mark.parametrize("sent", [lambda key: key, lambda key: f"stg_{key}", lambda key: f"STG_{key}"])
def test_a_live_key_finds_its_product_with_and_without_stg(
    server: Server, door: Door, sent: Callable[[str], str]
) -> None:
    staging_of(door)  # its key must not catch what is meant for the real one
    deliver(door, *BARE, Authorization=basic(f"{sent(door.key)}:"))
    assert server.wait_counted()
    assert door.events() == COUNTED


@pytest.mark.parametrize(
    "sent", [lambda key: key, lambda key: key.removeprefix("stg_"), lambda key: key.upper()[:4] + key[4:]]
)
def test_a_staging_key_finds_its_product_as_it_is_and_stripped(
    server: Server, door: Door, sent: Callable[[str], str]
) -> None:
    """Segment's and PostHog's destinations take stg_ off, RudderStack's leaves it on."""
    staging = staging_of(door)
    deliver(door, *BARE, Authorization=basic(f"{sent(staging.key)}:"))
    assert server.wait_counted()
    assert door.events() == {}
    assert staging.events() == COUNTED


def staging_of(door: Door) -> Door:
    """The staging product of the one behind the door."""
    made = make_staging(Product.objects.get(pk=door.product_id))
    key = made.ingest_keys.get().key
    assert key.startswith("stg_")
    return Door(door.address, made.pk, key, ApiToken.issue(made, "Test"))


def signed_by(secret: str, text: bytes) -> str:
    return hmac.new(secret.encode(), text, hashlib.sha1).hexdigest()


def compact(body: Any) -> bytes:
    """JSON as JavaScript writes it."""
    return json.dumps(body, separators=(",", ":"), ensure_ascii=False).encode()


SECRET = "a shared secret"


@pytest.fixture
def signed(door: Door) -> Door:
    """The same product by a key whose calls must be signed."""
    key = IngestKey.objects.create(product_id=door.product_id, name="Segment", secret=SECRET)
    return Door(door.address, door.product_id, key.key, door.token)


def test_signed_events_and_arrays_are_taken(server: Server, signed: Door) -> None:
    one, many = compact(whole(TRACK, 1)), stream(50, first=100)
    batch = compact(many)
    assert signed.post("/segment", one, X_Signature=signed_by(SECRET, one)).status == 202
    # Of a batch, Segment signs the first event; others sign the whole body.
    assert signed.post("/segment", batch, X_Signature=signed_by(SECRET, compact(many[0]))).status == 202
    assert signed.post("/segment", batch, X_Signature=signed_by(SECRET, batch)).status == 202
    assert server.wait_counted()
    assert sum(signed.events().values()) == 51


@pytest.mark.parametrize(
    "signature",
    ["", "0" * 40, signed_by("another secret", compact(TRACK)), signed_by(SECRET, b"{}"), "nonsense", "é"],
    ids=["none", "zeros", "another secret", "another body", "no hex", "no ASCII"],
)
def test_what_is_not_signed_with_the_shared_secret_is_refused(server: Server, signed: Door, signature: str) -> None:
    body = compact(TRACK)
    headers = {"X_Signature": signature} if signature else {}
    answer = signed.post("/segment", body, **headers)
    assert (answer.status, answer.code) == (401, "invalid_signature")
    refused = heard.last_refused(IngestKey.objects.get(key=signed.key).pk)
    assert refused is not None
    assert refused.refused == "invalid_signature"
    assert server.wait_counted()
    assert signed.counts() == {}

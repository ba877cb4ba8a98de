"""What a key may be bound to: web pages, so many calls a second, a signature. And what mappings do at the door."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import Any

from accoil.asgi import Server
from accoil.receive.limits import Limits
from accoil.team.models import IngestKey, Mapping
from tests.door import Door

TRACK = {"type": "track", "userId": "u", "event": "E", "timestamp": "2026-11-20T12:00:00Z"}


def bind(server: Server, door: Door, **rules: Any) -> None:
    IngestKey.objects.filter(key=door.key).update(**rules)
    server.parts.ring.refresh()


def test_a_key_for_some_pages(server: Server, door: Door) -> None:
    bind(server, door, origins="https://app.example.com\n*.acme.test")
    assert door.post("/v1/track", TRACK, Origin="https://app.example.com").status == 200
    assert door.post("/v1/track", TRACK, Origin="https://eu.acme.test").status == 200
    for others in ({"Origin": "https://evil.example"}, {"Origin": "null"}, {}):
        refused = door.post("/v1/track", TRACK, **others)
        assert (refused.status, refused.code) == (403, "origin_not_allowed")
    assert refused.json()["message"]
    answer = door.post("/v1/track", TRACK, Origin="https://evil.example")
    assert answer.headers["access-control-allow-origin"] == "https://evil.example"  # so that its console can say why


def test_a_key_with_a_limit_is_told_when_to_come_back(server: Server, door: Door) -> None:
    bind(server, door, calls_a_second=5)
    assert door.post("/v1/batch", {"batch": [TRACK] * 50}).status == 200  # a batch is never too large ever to come in
    refused = door.post("/v1/track", TRACK)
    assert (refused.status, refused.code) == (429, "rate_limited")
    assert 1 <= int(refused.headers["retry-after"]) <= 10
    assert refused.headers["x-ratelimit-reset"] == refused.headers["retry-after"]


def test_a_limit_lets_through_what_it_says() -> None:
    limits = Limits()
    taken = sum(limits.wait(1, 10, 1, now / 100) == 0 for now in range(1000))  # 100 a second, for ten seconds
    assert 100 <= taken <= 111
    assert limits.wait(2, 10, 1, 0) == 0  # another key has its own


def test_a_key_with_a_secret_takes_signed_bodies_alone(server: Server, door: Door) -> None:
    IngestKey.objects.get(key=door.key)
    key = IngestKey.objects.get(key=door.key)
    key.secret = "s3cret"
    key.save()
    server.parts.ring.refresh()

    def signed(body: Any, text: bytes) -> int:
        signature = hmac.new(b"s3cret", text, hashlib.sha1).hexdigest()
        return door.post("/segment", body, X_Signature=signature).status

    one = json.dumps(TRACK).encode()
    many = json.dumps([{**TRACK, "messageId": "1"}, {**TRACK, "messageId": "2"}]).encode()
    first = json.dumps({**TRACK, "messageId": "1"}).encode()
    assert signed(one, one) == 202
    assert signed(many, many) == 202
    assert signed(many, first) == 202
    assert signed(b"{}", b"{}") == 202
    assert signed(one, b"another") == 401
    refused = door.post("/segment", TRACK)
    assert (refused.status, refused.code) == (401, "invalid_signature")


def test_a_secret_is_encrypted_in_the_database(door: Door) -> None:
    from django.db import connection

    key = IngestKey.objects.get(key=door.key)
    key.secret = "s3cret"
    key.save()
    with connection.cursor() as cursor:
        cursor.execute("select secret from team_ingestkey where id = %s", [key.pk])
        (kept,) = cursor.fetchone()
    assert kept and "s3cret" not in kept
    assert IngestKey.objects.get(pk=key.pk).secret == "s3cret"


def test_mappings_rename_drop_and_split_at_the_door(server: Server, door: Door) -> None:
    def mapping(name: str, trigger: str, **fields: Any) -> None:
        Mapping.objects.create(product_id=door.product_id, name=name, trigger=trigger, action="track", fields=fields)

    mapping("Rename", 'event = "report.created"', event="Report_Created")
    mapping("Split", 'event = "Both"')
    mapping("Second", 'event = "Both"', event="Both_Too")
    server.parts.ring.refresh()
    for event in ("report.created", "Both", "Dropped"):
        assert door.post("/v1/track", {**TRACK, "event": event, "messageId": event}).status == 200
    in_body = {"batch": [{**TRACK, "event": "report.created", "messageId": "b"}], "writeKey": door.key}
    assert door.post("/v1/batch", in_body, Authorization="").status == 200
    assert door.post("/v1/identify", {"userId": "u", "traits": {"name": "Ann"}}).status == 200
    assert server.wait_counted()
    assert door.events() == {"Report_Created": 2, "Both": 1, "Both_Too": 1}
    retried = door.post("/v1/track", {**TRACK, "event": "Both", "messageId": "Both"})
    assert retried.status == 200
    assert server.wait_counted()
    assert door.events()["Both_Too"] == 1


def test_a_mapping_that_finds_nothing_says_so(server: Server, door: Door) -> None:
    fields = {"event": "$.properties.name"}
    Mapping.objects.create(
        product_id=door.product_id, name="Named", trigger='type = "track"', action="track", fields=fields
    )
    server.parts.ring.refresh()
    answer = door.post("/v1/track", TRACK)
    assert answer.json()["rejected"] == 1
    assert "Named" in answer.json()["errors"][0]["message"]

"""What clouds really send to /segment: the bare bodies of the ready-made destinations, whole events one by one and in
arrays, tests of the key, all of it again after a delivery that was thought to have failed. Counted exactly."""

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
from accoil.team.models import IngestKey, Product
from accoil.team.staging import make_staging
from tests.door import PATIENCE, Answer, Door, basic

Body = dict[str, Any]

DAY = datetime.now(UTC) - timedelta(days=2)
SEGMENT = {"User_Agent": "Segment (Actions)", "Content_Type": "application/json"}


def at(second: int = 0) -> str:
    """As JavaScript writes a time."""
    return (DAY.replace(microsecond=678_000) + timedelta(seconds=second)).isoformat()[:23] + "Z"


# The ready-made destination, one body for each of its actions: no message id, no properties.
TRACK = {"type": "track", "event": "Report Created", "userId": "u1", "timestamp": at()}
PAGE = {"type": "page", "userId": "u1", "name": "Home", "timestamp": at()}
SCREEN = {"type": "screen", "userId": "u1", "name": "Dashboard", "timestamp": at()}
IDENTIFY = {
    "type": "identify",
    "userId": "u1",
    "traits": {"email": "ada@example.com", "name": "Ada", "createdAt": "2023-05-12T08:00:00", "role": "Admin"},
    "timestamp": at(),
}
GROUP = {
    "type": "group",
    "userId": "u1",
    "groupId": "acme",
    "traits": {"name": "Acme Ltd", "mrr": 9900, "plan": "starter", "createdAt": "2021-03-15 09:00:00Z"},
    "timestamp": at(),
}
BARE = [GROUP, IDENTIFY, TRACK, PAGE, SCREEN]
COUNTED = {"Report Created": 1, "Viewed Home": 1, "Viewed Dashboard": 1}


def whole(bare: Body, number: int) -> Body:
    """A whole event, as Segment hands it to webhooks."""
    return {
        "anonymousId": "507f191e810c19729de860ea",
        "context": {
            "ip": "8.8.8.8",
            "library": {"name": "analytics.js", "version": "2.11.1"},
            "page": {"path": "/reports", "title": "Reports", "url": "https://app.example.com/reports"},
            "userAgent": "Mozilla/5.0",
        },
        "integrations": {"All": True},
        "messageId": f"ajs-next-{number}-be1e0c3a",
        "originalTimestamp": bare["timestamp"],
        "receivedAt": at(5),
        "sentAt": at(4),
        "version": 2,
        "channel": "client",
        "projectId": "kDq2Zz6vYKmf",
        "properties": {"name": bare["name"]} if "name" in bare else {"item": "Book", "price": 25.0},
        **bare,
    }


def stream(n: int, first: int = 0) -> list[Body]:
    """Track events of ten users, three names, all different."""
    names = ("Report Created", "Report Shared", "Login")
    return [
        whole({"type": "track", "event": names[i % 3], "userId": f"u{i % 10}", "timestamp": at(i)}, i)
        for i in range(first, first + n)
    ]


def deliver(door: Door, *bodies: Any, **headers: str) -> list[Answer]:
    answers = [door.post("/segment", body, **{**SEGMENT, **headers}) for body in bodies]
    assert [answer.status for answer in answers] == [202] * len(bodies), answers
    return answers


def test_each_action_of_the_ready_made_destination_counts_once(server: Server, door: Door) -> None:
    deliver(door, *BARE)
    assert server.wait_counted()
    assert door.events() == COUNTED
    assert {(user, account) for user, account, *_ in door.counts()} == {("u1", "acme")}


def test_a_bare_body_delivered_again_counts_once_also_with_its_members_in_another_order(
    server: Server, door: Door
) -> None:
    deliver(door, *BARE, *BARE, *(dict(reversed(body.items())) for body in BARE))
    assert server.wait_counted()
    assert door.events() == COUNTED


def test_bare_bodies_that_differ_in_anything_are_different_events(server: Server, door: Door) -> None:
    others = [{**TRACK, "timestamp": at(1)}, {**TRACK, "userId": "u2"}, {**TRACK, "event": "Report created"}]
    deliver(door, TRACK, *others)
    assert server.wait_counted()
    assert door.events() == {"Report Created": 3, "Report created": 1}


def test_calls_without_a_user_are_taken_and_not_counted(server: Server, door: Door) -> None:
    """As the destination sends page, screen and group; anything else than 2xx would only be tried again."""
    bodies = [{key: value for key, value in body.items() if key != "userId"} for body in (PAGE, SCREEN, GROUP)]
    deliver(door, *bodies, {**bodies[2], "anonymousId": "a1"})
    assert server.wait_counted()
    assert door.counts() == {}


def test_names_travel_as_they_are(server: Server, door: Door) -> None:
    names = ["Bericht erstellt ✓", "a\u2028b", "42", "Fünf  Leerzeichen "]
    deliver(door, *({**TRACK, "event": name} for name in names))
    assert server.wait_counted()
    assert door.events() == dict.fromkeys(names, 1)


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH"])
def test_a_whole_event_by_every_method_of_the_webhook(server: Server, door: Door, method: str) -> None:
    for number, body in enumerate(BARE):
        assert door.post("/segment", whole(body, number), method=method, **SEGMENT).status == 202
    assert server.wait_counted()
    assert door.events() == COUNTED


def test_whole_events_keep_nothing_of_their_properties(server: Server, door: Door) -> None:
    before = server.counting.journal.last
    deliver(door, whole({**TRACK, "properties": {"item": "a secret novel"}}, 1))
    kept = str([row for block in server.counting.journal.blocks(before) for row in block.facts.to_pylist()])
    assert "Report Created" in kept
    assert not [word for word in ("secret novel", "8.8.8.8", "Mozilla", "app.example.com") if word in kept]


@pytest.mark.parametrize("n", [1, 2, 100, 4_000])
def test_an_array_counts_exactly_and_a_repeated_delivery_changes_nothing(server: Server, door: Door, n: int) -> None:
    events = stream(n)
    deliver(door, events)
    deliver(door, events)
    assert server.wait_counted()
    assert sum(door.events().values()) == n
    counts = door.counts()
    assert {user for user, *_ in counts} == {f"u{i % 10}" for i in range(n)}
    assert sum(count for (user, _, event, _), count in counts.items() if (user, event) == ("u0", "Report Created")) == (
        len([i for i in range(n) if i % 30 == 0])
    )


def test_an_array_of_bare_bodies_counts_once_too(server: Server, door: Door) -> None:
    deliver(door, BARE, [*BARE, *BARE], BARE[::-1])
    assert server.wait_counted()
    assert door.events() == COUNTED


def test_batches_that_were_cut_anew_for_a_retry_count_once(server: Server, door: Door) -> None:
    events = stream(300)
    deliver(door, events[:200], events[100:], *events[95:105], events)
    assert server.wait_counted()
    assert sum(door.events().values()) == 300


def test_one_event_of_an_array_that_can_not_be_counted_costs_none_of_the_others(server: Server, door: Door) -> None:
    odd: list[Any] = [None, 5, {}, {"type": "delete", "userId": "u1"}, {**TRACK, "event": ""}]
    answer = deliver(door, [*stream(3), *odd, *stream(3, first=3)])[0]
    assert (answer.json()["accepted"], answer.json()["rejected"]) == (6, 5)
    assert [error["index"] for error in answer.json()["errors"]] == [3, 4, 5, 6, 7]
    assert server.wait_counted()
    assert sum(door.events().values()) == 6


def test_an_empty_array_is_well(server: Server, door: Door) -> None:
    deliver(door, [])
    assert server.wait_counted()
    assert door.counts() == {}


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
    from accoil.team.models import ApiToken

    made = make_staging(Product.objects.get(pk=door.product_id))
    key = made.ingest_keys.get().key
    assert key.startswith("stg_")
    return Door(door.address, made.pk, key, ApiToken.issue(made, "Test"))


# RudderStack's Accoil destination: no message id, times with their own zone, traits as they were sent.
RUDDER = [
    {"type": "group", "userId": "u1", "groupId": "acme", "traits": {"name": "Acme", "mrr": "10.1"}, "timestamp": at()},
    {"type": "identify", "userId": "u1", "traits": {"email": "a@b.c", "createdAt": 1700000000}, "timestamp": at()},
    {"type": "track", "event": "Report Created", "userId": "u1", "timestamp": at()[:-1] + "+00:00"},
    {"type": "page", "name": "Home", "userId": "u1", "timestamp": at()},
    {"type": "screen", "name": "Dashboard", "userId": "u1", "timestamp": at()},
]
# PostHog's: createdAt as text, mrr as a number with a fraction, perhaps an anonymous id beside the user.
POSTHOG = [
    {"type": "group", "userId": "u1", "groupId": "acme", "traits": {"name": "Acme", "mrr": 99.0, "seats": 5},
     "timestamp": at()},
    {"type": "identify", "userId": "u1", "anonymousId": "0190-a", "timestamp": at(),
     "traits": {"email": "a@b.c", "name": "Ada", "createdAt": "1700000000", "browser": "Chrome"}},
    {"type": "track", "event": "Report Created", "userId": "u1", "anonymousId": "0190-a", "timestamp": at()},
    {"type": "page", "name": "Home", "userId": "u1", "timestamp": at()},
    {"type": "screen", "name": "Dashboard", "userId": "u1", "timestamp": at()},
]  # fmt: skip


@pytest.mark.parametrize("bodies", [RUDDER, POSTHOG], ids=["RudderStack", "PostHog"])
def test_the_ready_made_destinations_of_others(server: Server, door: Door, bodies: list[Body]) -> None:
    deliver(door, *bodies, *bodies)
    assert server.wait_counted()
    assert door.events() == COUNTED
    assert {account for _, account, *_ in door.counts()} == {"acme"}


def test_rudders_webhook_sends_whole_events(server: Server, door: Door) -> None:
    """Their time is in originalTimestamp, the traits of an identify in the context alone."""
    event = {
        "channel": "web",
        "messageId": "1578564113557-af022c68",
        "originalTimestamp": at(),
        "sentAt": at(1),
        "receivedAt": at(2),
        "request_ip": "1.1.1.1",
        "rudderId": "8f8fa6b5",
        "context": {"library": {"name": "RudderLabs JavaScript SDK", "version": "3.34.1"}, "traits": {"name": "Ada"}},
        "integrations": {"All": True},
        "userId": "u1",
    }
    track = {**event, "type": "track", "event": "Report Created", "properties": {}, "traits": {}}
    identify = {**event, "type": "identify", "messageId": "1578564113557-af022c69"}
    deliver(door, track, identify, track)
    assert server.wait_counted()
    assert list(door.counts().items()) == [(("u1", None, "Report Created", DAY.date()), 1)]


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

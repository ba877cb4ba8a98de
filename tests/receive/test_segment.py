"""What clouds really send to /segment: the bare bodies of the ready-made destinations, whole events one by one and in
arrays, all of it again after a delivery that was thought to have failed. Counted exactly."""

from __future__ import annotations

from typing import Any

import pytest

from accoil.asgi import Server
from tests.door import Door
from tests.receive.cloud import (
    BARE,
    COUNTED,
    DAY,
    GROUP,
    PAGE,
    SCREEN,
    SEGMENT,
    TRACK,
    Body,
    at,
    deliver,
    stream,
    whole,
)


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

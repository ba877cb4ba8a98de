"""Bodies as clouds send them to /segment, and their delivery."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from tests.door import Answer, Door

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

"""The worked examples of the numbers: in through the front door, out of the read API."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from accoil.asgi import Server
from accoil.score.definition import Definition
from accoil.score.models import Profile
from accoil.team.models import Product
from tests.door import Door

RAWS = (475, 89, 101, 7, 3, 21, 2, 149, 223, 1, 13, 9, 37)
EXPONENTIAL = (99, 63, 67, 7, 3, 21, 2, 81, 92, 1, 13, 9, 34)
LINEAR = (100, 43, 49, 3, 1, 10, 1, 72, 100, 1, 6, 4, 18)
ONE_POINT = {"Did": 1}


def did(door: Door, user: str, **events: int) -> None:
    """The user does these things now, so often; every item without a time and id of its own counts."""
    batch = [{"type": "track", "userId": user, "event": event} for event, n in events.items() for _ in range(n)]
    assert door.post("/v1/batch", {"batch": batch}).status == 200


def profile(door: Door, definition: Definition) -> int:
    return Profile.create(Product.objects.get(pk=door.product_id), str(definition.digest()), definition).pk


def listed(door: Door, what: str, workspace: int) -> dict[str, dict[str, Any]]:
    """Tracking id → metrics in the list."""
    answer = door.get(f"/{what}", workspace_id=workspace, limit=100)
    assert answer.status == 200, answer
    return {row["tracking_id"]: {**row["metrics"], "id": row["id"]} for row in answer.json()["data"]}


def whole(door: Door, what: str, workspace: int, tracking_id: str) -> dict[str, Any]:
    """All metrics of one."""
    found = listed(door, what, workspace)[tracking_id]
    answer = door.get(f"/{what}/{found['id']}", workspace_id=workspace)
    assert answer.status == 200, answer
    metrics: dict[str, Any] = answer.json()["metrics"]
    return metrics


def test_weights_times_counts_are_the_raw_score(server: Server, door: Door) -> None:
    weights = {"a": 9, "b": 7, "c": 5, "d": 3, "e": 1}
    did(door, "ann", a=3, b=5, c=10, d=20, e=15, f=99)
    assert server.wait_counted()
    assert listed(door, "users", profile(door, Definition(events=weights)))["ann"]["raw_score"] == 187


@pytest.mark.parametrize(("curve", "scores"), [("exponential", EXPONENTIAL), ("linear", LINEAR)])
def test_thirteen_users_their_benchmark_and_their_scores(
    server: Server, door: Door, curve: Any, scores: tuple[int, ...]
) -> None:
    for raw in RAWS:
        did(door, f"user {raw}", Did=raw)
    assert server.wait_counted()
    workspace = profile(door, Definition(events=ONE_POINT, curve=curve))
    users = listed(door, "users", workspace)
    assert {id: user["score"] for id, user in users.items()} == dict(
        zip((f"user {raw}" for raw in RAWS), scores, strict=True)
    )
    assert {id: user["raw_score"] for id, user in users.items()} == {f"user {raw}": raw for raw in RAWS}
    assert [user["score"] for user in users.values()] == sorted(scores, reverse=True)
    assert all(user["engagement_score"] == user["score"] / 100 for user in users.values())
    assert whole(door, "users", workspace, "user 475")["benchmark"] == 208.2


def test_one_active_user_alone_scores_90(server: Server, door: Door) -> None:
    did(door, "alone", Did=17)
    did(door, "elsewhere", Other=5)
    assert server.wait_counted()
    users = listed(door, "users", profile(door, Definition(events=ONE_POINT)))
    assert {id: user["score"] for id, user in users.items()} == {"alone": 90, "elsewhere": 0}


def test_a_raw_score_at_the_benchmark_is_90_none_is_0_and_halves_of_accounts_round_up(
    server: Server, door: Door
) -> None:
    for user, raw in (("ninety", 100), ("seventy-five", 60)):
        assert door.post("/v1/group", {"userId": user, "groupId": "acme"}).status == 200
        did(door, user, Did=raw)
    assert door.post("/v1/group", {"userId": "silent", "groupId": "acme"}).status == 200
    assert server.wait_counted()
    workspace = profile(door, Definition(events=ONE_POINT, benchmark=100))
    users = listed(door, "users", workspace)
    assert {id: user["score"] for id, user in users.items()} == {"ninety": 90, "seventy-five": 75, "silent": 0}
    account = whole(door, "accounts", workspace, "acme")
    assert (account["score"], account["engagement_score"]) == (83, 0.83)
    assert (account["raw_score"], account["total_score"], account["active_users"]) == (160, 165, 2)
    assert (account["total_users"], account["active_users_percentage"]) == (2, 1)


def test_the_past_is_asked_for_in_the_same_way(server: Server, door: Door) -> None:
    ago = datetime(2026, 3, 1, 12, tzinfo=UTC).isoformat()
    batch = [
        {"type": "track", "userId": "ann", "event": "Did", "timestamp": ago, "messageId": str(n)} for n in range(9)
    ]
    assert door.post("/v1/batch", {"batch": batch}).status == 200
    assert server.wait_counted()
    workspace = profile(door, Definition(events=ONE_POINT, benchmark=9))

    def score(day: str) -> list[int]:
        answer = door.get("/users", workspace_id=workspace, as_of=day).json()
        assert answer["as_of"] == day
        return [user["metrics"]["score"] for user in answer["data"]]

    assert [score(f"2026-03-0{day}") for day in (1, 7, 8)] == [[90], [90], [0]]
    assert score("2026-02-28") == []

"""What Accoil itself sent to another tool, and that tool sent here, counts for nothing: else it would be sent again."""

from __future__ import annotations

from typing import Any

import pytest

from accoil.asgi import Server
from accoil.receive.calls import OUR_LIBRARY, OWN
from accoil.receive.lines import CAME_BACK, lines
from tests.door import Door

OURS = {"library": {"name": OUR_LIBRARY, "version": "1"}}


def track(name: str, **more: Any) -> dict[str, Any]:
    told = {"type": "track", "messageId": f"m-{name}", "userId": "u1", "event": name, "properties": {}}
    return {**told, "timestamp": "2026-11-22T10:00:00Z", **more}


@pytest.mark.parametrize("path", ["/v1/batch", "/segment"])
def test_it_is_left_out_of_a_batch_and_the_rest_counts(server: Server, door: Door, path: str) -> None:
    calls = [
        track("Report_Created"),
        track("Account Entered Segment", context=OURS),
        {"type": "identify", "userId": "u1", "traits": {"Accoil_Trial_Score": 7}, "context": OURS, "messageId": "i"},
        {"type": "group", "userId": "u1", "groupId": "g", "traits": {"seats": 9}, "context": OURS, "messageId": "g"},
    ]
    assert door.post(path, {"batch": calls} if path == "/v1/batch" else calls).status in (200, 202)
    assert server.wait_counted()
    assert door.events() == {"Report_Created": 1}
    (seen,) = server.parts.watch.debugger.visits(door.product_id)
    told = [(line.outcomes, line.code) for line in lines(seen)]
    assert told.count(([CAME_BACK], OWN)) == 3 and len(told) == 4


@pytest.mark.parametrize("path", ["/v1/track", "/segment"])
def test_alone_it_is_taken_like_any_other_so_that_nobody_sends_it_again(server: Server, door: Door, path: str) -> None:
    assert door.post(path, track("Account Entered Segment", context=OURS)).status in (200, 202)
    other = {"library": {"name": "analytics-node"}}
    assert door.post(path, track("Report_Created", context=other)).status in (200, 202)
    assert server.wait_counted()
    assert door.events() == {"Report_Created": 1}


def test_who_merely_mentions_it_counts(server: Server, door: Door) -> None:
    """The short way looks for the name anywhere in a body; what is found that way goes the long one."""
    assert door.post("/v1/batch", {"batch": [track("Told", properties={"by": OUR_LIBRARY})]}).status == 200
    assert server.wait_counted()
    assert door.events() == {"Told": 1}


def test_the_source_says_how_many_and_they_are_not_called_rejected(server: Server, door: Door) -> None:
    assert door.post("/v1/batch", {"batch": [track("A"), track("B", context=OURS)]}).status == 200
    (seen,) = server.parts.watch.debugger.visits(door.product_id)
    added = [each for each in server.parts.watch.debugger.sources.take() if each.key == seen.key.id]
    assert [each.reasons for each in added] == [{OWN: 1}]

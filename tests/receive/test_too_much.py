"""What somebody may send who only wants to do harm: it costs no more than as much that is meant."""

import json
import time
from typing import Any

import pytest

from accoil.receive import lenient
from accoil.receive.calls import BadBody
from tests.receive.reading import read

TRACK = {"type": "track", "userId": "u", "event": "E", "timestamp": "2026-11-20T12:00:00Z"}


@pytest.mark.parametrize(
    "context",
    [
        {"traits": {f"t{number}": number for number in range(100)}},  # a million parts
        {"traits": {"long": "x" * 5_000}},  # 50 MB
        {"unknown": [[[]]] * 100},
    ],
)
def test_a_context_beside_a_batch_counts_as_often_as_it_is_meant(context: dict[str, Any]) -> None:
    body = {"context": context, "batch": [{**TRACK, "messageId": str(number)} for number in range(10_000)]}
    began = time.process_time()
    with pytest.raises(BadBody, match="`context` beside `batch`"):
        read(body)
    assert time.process_time() - began < 1


def test_a_context_beside_a_batch_is_looked_through_once() -> None:
    context = {"library": {"name": "go"}, "traits": {"plan": "pro"}}
    items = [{"type": "identify", "userId": "u", "messageId": str(number)} for number in range(3)]
    items[1]["context"] = {"groupId": "acme"}
    body = lenient.decode(json.dumps({"context": context, "batch": items}).encode(), batch=True)
    first, second, third = (call.context for call in body.calls)
    assert first and second and third
    assert first is third and second.traits is first.traits
    assert second.groupId == "acme"
    assert [fact["traits"] for fact in read({"context": context, "batch": items}).facts] == [{"plan": "pro"}] * 3
    assert body.repeated == 3 * len(json.dumps(context, separators=(",", ":")))


def test_a_context_that_is_nested_too_deeply_is_refused_wherever_it_stands() -> None:
    deep: Any = []
    for _ in range(150):
        deep = [deep]
    with pytest.raises(BadBody, match="nested"):
        read({"context": {"deep": deep}, "batch": [TRACK]})

"""What the door answers where others would let pass what nobody will ever count."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path as FilePath
from typing import Any

import pytest

from accoil.receive.app import FrontDoor
from accoil.receive.journal import Journal
from accoil.receive.keys import Key, KeyRing, Ring
from accoil.receive.paths import find
from accoil.receive.place import Place

TRACK = {"type": "track", "userId": "u", "event": "E"}


@pytest.fixture
def journal(tmp_path: FilePath) -> Iterator[Journal]:
    opened = Journal(tmp_path / "journal.sqlite3")
    opened.start()
    yield opened
    opened.stop()


def answered(journal: Journal, place: Place, path: str, body: Any, key: str = "good") -> tuple[int, bytes]:
    ring = KeyRing(lambda: Ring({"good": Key(1, 1)}))
    ring.refresh()
    door = FrontDoor(journal, ring, place)
    sent: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.request", "body": json.dumps(body).encode()}

    async def send(message: Any) -> None:
        sent.append(message)

    way = find(path)
    assert way
    headers = [(b"authorization", b"Basic " + key.encode())]
    scope = {"type": "http", "method": "POST", "path": path, "query_string": b"", "headers": headers, "scheme": "http"}
    asyncio.run(door(scope, receive, send, way))
    return sent[0]["status"], sent[1]["body"]


@pytest.mark.parametrize(
    ("pretends", "path", "status"),
    [
        (set(), "/v1/track", 401), ({200}, "/v1/track", 200), ({202}, "/v1/track", 401), ({202}, "/segment", 202),
        ({202}, "/v2/track", 202), ({200}, "/segment", 401), (set(), "/v1/b", 400), ({200}, "/v1/b", 200),
    ],
)  # fmt: skip
def test_an_unknown_key(journal: Journal, pretends: set[int], path: str, status: int) -> None:
    body = {"batch": [TRACK]} if path == "/v1/b" else TRACK
    got, _ = answered(journal, Place(pretends=frozenset(pretends)), path, body, key="nobody")
    assert got == status
    assert journal.last == 0


@pytest.mark.parametrize(("path", "usual"), [("/v1/track", 200), ("/segment", 202), ("/v2/track", 400)])
def test_a_call_without_a_user(journal: Journal, path: str, usual: int) -> None:
    wrong = {"type": "track", "event": "E"}
    assert answered(journal, Place(), path, wrong)[0] == usual
    status, body = answered(journal, Place(is_strict=True), path, wrong)
    assert (status, json.loads(body)["code"]) == (400, "invalid_event")


def test_a_batch_keeps_its_good_calls_also_when_the_door_is_strict(journal: Journal) -> None:
    status, body = answered(journal, Place(is_strict=True), "/v1/batch", {"batch": [TRACK, {"type": "track"}]})
    assert (status, json.loads(body)["accepted"]) == (200, 1)

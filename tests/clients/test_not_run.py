"""Clients that can't be run here, byte for byte as their sources write it: each says that user-1 is of acme, and made a
report."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

import pytest

from accoil.asgi import Server
from tests.door import PATIENCE, Answer, Door, basic, heard

NOW = datetime.now(UTC)
ISO = NOW.isoformat(timespec="milliseconds").replace("+00:00", "Z")
SEVEN = NOW.strftime("%Y-%m-%dT%H:%M:%S.1234567Z")
NANOS = NOW.strftime("%Y-%m-%dT%H:%M:%S.123456789+00:00")


def items(at: str = ISO, **more: Any) -> list[dict[str, Any]]:
    """The two calls; `more` goes into each."""
    calls = ({"type": "group", "groupId": "acme", "traits": {"name": "Acme Ltd"}},
             {"type": "track", "event": "Report_Created", "properties": {}})  # fmt: skip
    return [{**call, "userId": "user-1", "messageId": str(n), "timestamp": at, **more} for n, call in enumerate(calls)]


def library(name: str) -> dict[str, Any]:
    return {"context": {"library": {"name": name, "version": "1"}}}


@dataclass
class Wire:
    path: str
    body: Callable[[str], Any]  # key → what is sent as JSON
    headers: Callable[[str], dict[str, str]] = lambda key: {}
    compressed: bool = False
    chunked: bool = False


def keyed(key: str) -> dict[str, str]:
    return {"Authorization": basic(f"{key}:"), "Content-Type": "application/json"}


CLIENTS = {
    "analytics-kotlin": Wire(
        "/v1/b",
        lambda key: {"batch": items(**library("analytics-kotlin")), "sentAt": ISO, "writeKey": key},
        lambda key: {"Content-Type": "text/plain", "Content-Encoding": "gzip"},
        compressed=True, chunked=True,
    ),
    "analytics-swift": Wire(
        "/v1/b",
        lambda key: {"batch": items(**library("analytics-swift")), "sentAt": ISO, "writeKey": key},
        lambda key: {"Content-Type": "application/json; charset=utf-8"},
    ),
    "analytics-react-native": Wire(
        "/v1/b",
        lambda key: {"batch": items(), "sentAt": ISO, "writeKey": key},
        lambda key: {"Content-Type": "application/json; charset=utf-8"},
    ),
    "Analytics-CSharp": Wire(
        "/v1/b",
        lambda key: {"batch": items(SEVEN, **library("Analytics-CSharp")), "sentAt": SEVEN, "writeKey": key},
        lambda key: {"Content-Encoding": "gzip", "Accept": "text/plain", "Connection": "close"},
        compressed=True,
    ),
    "analytics-ruby": Wire("/v1/import", lambda key: {"sentAt": ISO, "batch": items()}, keyed),
    "analytics-java": Wire(
        "/v1/import/",
        lambda key: {
            "batch": items(**library("analytics-java")), "sentAt": ISO, "context": {"x": 1}, "sequence": 1,
            "writeKey": key,
        },
        keyed,
    ),
    "analytics-go": Wire(
        "/v1/batch",
        lambda key: {"messageId": "b", "sentAt": NANOS, "batch": items(NANOS), **library("analytics-go")},
        keyed,
    ),
    "analytics-php": Wire(
        "/v1/batch",
        lambda key: {"batch": items(NOW.strftime("%Y-%m-%dT%H:%M:%S+00:00")), "sentAt": ISO, "writeKey": key},
        lambda key: {**keyed(key), "Content-Encoding": "gzip"},
        compressed=True,
    ),
}  # fmt: skip


def send(door: Door, wire: Wire) -> Answer:
    body = json.dumps(wire.body(door.key)).encode()
    if wire.compressed:
        body = gzip.compress(body)
    connection = HTTPConnection(urlsplit(door.address).netloc, timeout=PATIENCE)
    try:
        pieces = iter([body[:50], body[50:]]) if wire.chunked else body
        connection.request("POST", wire.path, pieces, wire.headers(door.key), encode_chunked=wire.chunked)
        return heard(connection)
    finally:
        connection.close()


@pytest.mark.parametrize("name", CLIENTS)
def test_what_its_source_writes_counts_once(server: Server, door: Door, name: str) -> None:
    wire = CLIENTS[name]
    for _ in range(2):
        answer = send(door, wire)
        assert (answer.status, answer.json()) == (200, {"success": True})
    assert server.wait_counted()
    assert [(*what, n) for (*what, _), n in door.counts().items()] == [("user-1", "acme", "Report_Created", 1)]

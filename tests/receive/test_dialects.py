"""The paths beside Segment's: Accoil's first API, Amplitude's accounts, pixels, and the documents of libraries."""

from __future__ import annotations

import base64
import json
from typing import Any
from urllib.parse import quote, urlencode

import pytest

from accoil.asgi import Server
from tests.door import Door, ask, basic
from tests.receive.reading import read

MS = 1_763_640_000_123  # 2025-11-20T12:00:00.123Z


def test_the_first_api_is_snake_case_with_milliseconds() -> None:
    fact = read({"api_key": "k", "timestamp": MS, "user_id": "u", "event": "E"}, "/v1/events").fact()
    assert (fact["user"], fact["event"], fact["sent_at"].isoformat()) == ("u", "E", "2025-11-20T12:00:00.123000+00:00")
    fact = read({"timestamp": str(MS), "group_id": 7, "traits": {"mrr": 5}}, "/v1/groups").fact()
    assert (fact["kind"], fact["account"], fact["traits"]) == ("group", "7", {"mrr": 5})
    fact = read({"timestamp": MS, "user_id": "u", "group_id": "g", "traits": {"name": "Ann"}}, "/v1/users").fact()
    assert (fact["kind"], fact["user"], fact["account"]) == ("identify", "u", "g")


def test_a_small_time_of_the_first_api_is_milliseconds_too() -> None:
    """By its size alone 1,000,000,000,000 / 1000 could be taken for seconds."""
    fact = read({"timestamp": 946_684_800_500, "user_id": "u", "event": "E"}, "/v1/events").fact()
    assert fact["sent_at"].isoformat() == "2000-01-01T00:00:00.500000+00:00"


@pytest.mark.parametrize(
    ("path", "body", "names"),
    [
        ("/v1/events", {"user_id": "u"}, "event"),
        ("/v1/events", {"event": "E"}, "userId"),
        ("/v1/groups", {"user_id": "u"}, "groupId"),
        ("/v1/users", {"traits": {}}, "userId"),
    ],
)
def test_the_first_api_says_what_is_missing(door: Door, path: str, body: Any, names: str) -> None:
    answer = door.post(path, {"api_key": door.key, **body}, Authorization="")
    assert (answer.status, answer.code) == (400, "invalid_event")
    assert names in answer.json()["message"]


def test_amplitude_packs_accounts_into_a_call() -> None:
    body = {
        "type": "track", "userId": "u", "event": "E", "timestamp": "2026-11-20T12:00:00Z", "messageId": "m",
        "groupTraits": [{"groupId": "acme", "traits": {"name": "Acme"}}, {"groupId": "eu", "traits": {"name": "EU"}}],
    }  # fmt: skip
    event, first, second = read(body, "/segment").facts
    assert (event["kind"], event["event"]) == ("event", "E")
    assert (first["kind"], first["account"], first["user"], first["traits"]) == ("group", "acme", "u", {"name": "Acme"})
    assert (second["account"], second["traits"]) == ("eu", {"name": "EU"})
    assert "user" not in second
    assert len({event["message"], first["message"], second["message"]}) == 3
    assert read(body, "/segment").facts == [event, first, second]


def pixel(server: Server, path: str, **query: str) -> Any:
    return ask(server.address, "GET", f"{path}?{urlencode(query, quote_via=quote)}", None, {})


def test_pixels_bring_one_call_each_and_always_get_their_picture(server: Server, door: Door) -> None:
    data = json.dumps({"writeKey": door.key, "userId": "u", "event": "Opened", "timestamp": "2026-11-20"}).encode()
    packed = base64.b64encode(data).decode()
    flat = {"writeKey": door.key, "userId": "u", "event": "Flat", "properties.plan": "pro"}
    for answer in (
        pixel(server, "/v1/pixel/track", data=packed),
        pixel(server, "/v1/pixel/track", data=packed),  # once more, in its own time
        pixel(server, "/v1/pixel/track", data=packed.rstrip("=")),
        pixel(server, "/v1/pixel/track", data=data.decode()),
        pixel(server, "/pixel/v1/track", **flat),
        pixel(server, "/v1/pixel/page", writeKey=door.key, userId="u", name="Pricing"),
        pixel(server, "/v1/pixel/track", writeKey="nobody", userId="u", event="Lost"),
        pixel(server, "/v1/pixel/track", data="%%%"),
        pixel(server, "/v1/pixel/track"),
    ):
        assert (answer.status, answer.headers["content-type"]) == (200, "image/gif")
        assert answer.body.startswith(b"GIF89a") and len(answer.body) == 43
        assert answer.headers["cache-control"] == "no-store"
    assert server.wait_counted()
    assert door.events() == {"Opened": 1, "Flat": 1, "Viewed Pricing": 1}


def test_the_settings_document_sends_segments_libraries_here(server: Server, door: Door) -> None:
    host = server.address.removeprefix("http://")
    for path in (f"/v1/projects/{door.key}/settings", f"/projects/{door.key}/settings/"):
        answer = ask(server.address, "GET", path, None, {"Origin": "https://shop.example"})
        assert answer.status == 200
        segment = answer.json()["integrations"]["Segment.io"]
        assert (segment["apiKey"], segment["apiHost"], segment["protocol"]) == (door.key, f"{host}/v1", "http")
        assert answer.headers["access-control-allow-origin"] == "https://shop.example"
    assert ask(server.address, "GET", "/v1/projects/nobody/settings", None, {}).status == 404
    assert ask(server.address, "HEAD", f"/v1/projects/{door.key}/settings", None, {}).body == b""


def test_a_host_that_is_none_is_not_repeated(server: Server, door: Door) -> None:
    path = f"/v1/projects/{door.key}/settings"
    answer = ask(server.address, "GET", path, None, {"Host": 'evil.example/"><script>'})
    assert answer.json()["integrations"]["Segment.io"]["apiHost"] == "localhost/v1"


def test_rudders_library_finds_its_source(server: Server, door: Door) -> None:
    by_key = ask(server.address, "GET", f"/sourceConfig/?p=npm&writeKey={door.key}", None, {})
    by_header = ask(server.address, "GET", "/sourceConfig/", None, {"Authorization": basic(f"{door.key}:")})
    for answer in (by_key, by_header):
        assert answer.status == 200
        source = answer.json()["source"]
        assert (source["writeKey"], source["enabled"], source["destinations"]) == (door.key, True, [])
    assert ask(server.address, "HEAD", "/sourceConfig/?view=ad", None, {}).status == 200
    assert ask(server.address, "GET", "/sourceConfig/?writeKey=nobody", None, {}).status == 404
    assert ask(server.address, "POST", "/sourceConfig/", b"{}", {}).status == 405

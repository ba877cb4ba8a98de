"""Every ingest path over HTTP: status, body and headers of the good answer and of every refusal."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from typing import Any

import pytest

from accoil.asgi import Server
from accoil.receive.paths import PATHS
from tests.door import Door, ask, basic, refused

TYPES = ("identify", "track", "page", "screen", "group", "alias")
SINGLE = [
    *(f"/v1/{name}" for name in (*TYPES, *"itpsga")),
    *(f"{start}/{name}" for start in ("/sdk", "/api/s", "/api/s/s2s") for name in TYPES),
]
BATCH = ["/v1/batch", "/v1/b", "/v1/import", "/v1/batch/v1/batch", "/beacon/v1/batch", "/sdk/batch"]
FIRST = ["/v1/users", "/v1/groups", "/v1/events"]
SENT = [path for path, found in PATHS.items() if "POST" in found.methods]  # the others: test_read_paths.py
V2 = [f"/v2/{name}" for name in ("identify", "track", "page", "screen", "group")]
WHOLE = {
    "type": "track",
    "userId": "u1",
    "groupId": "acme",
    "previousId": "a1",
    "event": "E",
    "timestamp": "2026-11-20",
}
OF_FIRST = {"user_id": "u1", "group_id": "acme", "event": "E", "timestamp": 1_700_000_000_000}
SUCCESS = b'{"success":true}'

GOOD = [
    *((path, WHOLE, 200, SUCCESS) for path in SINGLE),
    *((path, {"batch": [WHOLE]}, 200, SUCCESS) for path in BATCH),
    *((path, WHOLE, 202, b"") for path in V2),
    *((path, OF_FIRST, 202, b"") for path in FIRST),
    ("/segment", WHOLE, 202, SUCCESS),
    ("/v1/m", {"series": []}, 200, SUCCESS),
]  # fmt: skip


def test_no_path_is_forgotten_here() -> None:
    assert {path for path, *_ in GOOD} == set(SENT)


@pytest.mark.parametrize("path", ["/v1/tracks", "/v1/batch/more", "/v2/alias", "/v1/"])
def test_a_path_that_is_none_is_told_which_there_are(door: Door, path: str) -> None:
    got = door.post(path, WHOLE)
    assert (got.status, got.headers["content-type"], got.json()["code"]) == (404, "application/json", "not_found")
    assert "Send to /v1/batch, or to /v1/identify, /v1/track" in got.json()["message"]


@pytest.mark.parametrize("path", ["/v2/workspaces", "/api/v2/workspaces"])
def test_the_read_api_answers_beside_them(door: Door, path: str) -> None:
    answer = ask(door.address, "GET", path, None, {"Authorization": f"Bearer {door.token}"})
    assert (answer.status, answer.json()["data"]) == (200, [])


@pytest.mark.parametrize(("path", "body", "status", "answer"), GOOD)
def test_a_good_call(door: Door, path: str, body: Any, status: int, answer: bytes) -> None:
    got = door.post(path, body)
    assert (got.status, got.body) == (status, answer)
    assert got.headers.get("content-type") == ("application/json" if answer else None)
    for spelling in (path + "/", "/" + path, path.replace("/", "//") + "///"):
        assert door.post(spelling, body).status == status
    assert door.post(path, gzip.compress(json.dumps(body).encode()), Content_Encoding="gzip").status == status
    assert door.post(path, body, Content_Type="text/plain").status == status
    assert door.post(path, body, method="PUT").status == status


@pytest.mark.parametrize("path", [path for path in SENT if path != "/v1/m"])
def test_each_path_refuses_what_is_wrong(door: Door, path: str) -> None:
    refused(door.post(path, b'{"type":'), 400, "invalid_json")
    refused(door.post(path, b'"text"'), 400, "invalid_payload")
    refused(door.post(path, b"[" * 100_000 + b"]" * 100_000), 400, "invalid_json")
    refused(door.post(path, b"{", Authorization=""), 400, "invalid_json")
    refused(door.post(path, WHOLE, Authorization=""), 401, "unauthorized")
    refused(
        door.post(path, {**WHOLE, "batch": []}, Authorization=basic("nobody:")),
        400 if path == "/v1/b" else 401,
        "invalid_write_key",
    )
    refused(door.post(path, WHOLE, Content_Encoding="br"), 415, "unsupported_encoding")
    refused(door.post(path, gzip.compress(b"{}")[:-3]), 400, "invalid_payload")
    wrong_method = door.post(path, b"", method="GET")
    refused(wrong_method, 405, "method_not_allowed")
    assert "POST" in wrong_method.headers["allow"]
    assert door.post(path, b"", method="DELETE").status == 405
    assert door.post(path, b"", method="HEAD").status == 405


def test_metrics_of_browsers_need_no_key_and_are_thrown_away(door: Door) -> None:
    assert door.post("/v1/m", b"not json at all", Authorization="").status == 200


def test_the_connection_test_of_segments_destination(server: Server, door: Door) -> None:
    assert door.post("/segment", {}).status == 202
    refused(door.post("/segment", {}, Authorization=basic("wrong:")), 401, "invalid_write_key")
    refused(door.post("/segment", {}, Authorization=""), 401, "unauthorized")
    assert server.wait_counted()
    assert door.counts() == {}


NO_USER = {"type": "track", "event": "E"}
NO_EVENT = {"type": "track", "userId": "u1"}
NO_GROUP = {"type": "group", "userId": "u1"}


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/track", NO_USER),
        ("/v1/t", NO_EVENT),
        ("/v1/identify", {}),
        ("/v1/group", NO_GROUP),
        ("/v1/p", {"name": "P"}),
    ],
)
def test_a_call_no_sdk_could_repair_is_taken_and_not_counted(server: Server, door: Door, path: str, body: Any) -> None:
    answer = door.post(path, body)
    assert answer.status == 200
    told = answer.json()
    assert (told["success"], told["accepted"], told["rejected"]) == (True, 0, 1)
    assert [(error["index"], error["code"]) for error in told["errors"]] == [(0, "invalid_event")]
    assert "error" not in told
    assert server.wait_counted()
    assert door.counts() == {}


@pytest.mark.parametrize("body", [NO_USER, NO_EVENT, NO_GROUP, {"type": "page"}, {"type": "delete", "userId": "u1"}])
def test_segments_destination_is_told_202_whatever_it_sends(door: Door, body: Any) -> None:
    answer = door.post("/segment", body)
    assert (answer.status, answer.json()["rejected"]) == (202, 1)


@pytest.mark.parametrize(
    ("path", "body", "named"),
    [
        ("/v2/track", NO_USER, "userId"), ("/v2/track", NO_EVENT, "event"), ("/v2/track", {}, "event"),
        ("/v2/track", b"\xef\xbb\xbf{}", "event"),
        ("/v2/identify", {}, "userId"), ("/v2/group", NO_GROUP, "groupId"), ("/v2/page", {}, "userId"),
    ],
)  # fmt: skip
def test_a_person_who_writes_the_calls_by_hand_is_told_what_is_wrong(
    door: Door, path: str, body: Any, named: str
) -> None:
    answer = door.post(path, body)
    refused(answer, 400, "invalid_event")
    assert f"`{named}`" in answer.json()["message"]


@pytest.mark.parametrize("path", BATCH)
def test_the_good_items_of_a_bad_batch_are_kept_and_counted(server: Server, door: Door, path: str) -> None:
    bad: list[Any] = [
        None, 7, "x", [], {}, NO_USER, NO_EVENT, NO_GROUP, {"type": "dance"}, {**WHOLE, "userId": {"a": 1}},
        {**WHOLE, "event": ["E"]}, {"type": "alias", "userId": "u1"},
    ]  # fmt: skip
    good = [{**WHOLE, "messageId": f"m{place}", "event": f"Good {place % 3}"} for place in range(30)]
    absurd = [
        {**WHOLE, "messageId": f"t{time}", "timestamp": time} for time in ("1970-01-01", "9999-12-31", "soon", -5)
    ]
    mixed = [*good[:10], *bad[:6], *good[10:20], *bad[6:], *good[20:], *absurd]
    answer = door.post(path, {"batch": mixed})
    assert answer.status == 200
    told = answer.json()
    assert (told["accepted"], told["rejected"]) == (len(good) + len(absurd), len(bad))
    assert [error["index"] for error in told["errors"]] == [place for place, item in enumerate(mixed) if item in bad]
    assert door.post(path, {"batch": mixed}).status == 200  # all of it once more: counted once
    assert server.wait_counted()
    assert door.events() == {"Good 0": 10, "Good 1": 10, "Good 2": 10, "E": 4}


def test_only_the_first_errors_are_told_but_all_are_numbered(door: Door) -> None:
    told = door.post("/v1/batch", {"batch": [NO_USER] * 5000}).json()
    assert (told["accepted"], told["rejected"], len(told["errors"])) == (0, 5000, 20)


@pytest.mark.parametrize("path", ["/v1/t", "/v1/batch", "/segment", "/v2/track", "/v1/m"])
def test_browsers_may_send_from_any_page(door: Door, path: str) -> None:
    origin = {"Origin": "https://app.example.com"}
    asked = door.post(
        path, b"", method="OPTIONS", Authorization="", Access_Control_Request_Method="POST",
        Access_Control_Request_Headers="authorization,x-retry-count", **origin,
    )  # fmt: skip
    assert (asked.status, asked.body) == (204, b"")
    assert asked.headers["access-control-allow-headers"] == "authorization,x-retry-count"
    assert "POST" in asked.headers["access-control-allow-methods"]
    for answer in (asked, door.post(path, WHOLE, **origin), door.post(path, b"{", Authorization="", **origin)):
        assert answer.headers["access-control-allow-origin"] == origin["Origin"]
        assert answer.headers["access-control-allow-credentials"] == "true"
        assert answer.headers["access-control-expose-headers"] == "Retry-After"
        assert answer.headers["vary"] == "Origin"
    assert "access-control-allow-origin" not in door.post(path, WHOLE).headers


@pytest.mark.parametrize("path", ["/", "/sign-in/", "/api/v2/workspaces", "/health"])
def test_pages_and_the_read_api_are_not_open_to_other_pages(door: Door, path: str) -> None:
    answer = door.post(path, b"", method="GET", Origin="https://app.example.com")
    assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize(
    "path", ["/v1/nothing", "/v1", "/v2/alias", "/segments", "/v1/track/x", "/V1/track", "/v1/batch/v1/track"]
)
def test_other_paths_are_no_way_in(server: Server, door: Door, path: str) -> None:
    assert door.post(path, WHOLE).status in (403, 404, 405)
    assert server.wait_counted()
    assert door.counts() == {}


def test_overload_and_a_disk_that_refuses_are_answered_with_503_and_when_to_come_back(
    server: Server, door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = server.counting.journal
    pages = journal.db.execute("pragma page_count").fetchone()[0]
    journal.db.execute(f"pragma max_page_count = {pages}")
    batch = [{**WHOLE, "messageId": f"{number}", "userId": f"u{number * 7919}"} for number in range(2000)]
    try:
        full = door.post("/v1/batch", {"batch": batch})
        refused(full, 503, "unavailable")
        assert full.headers["retry-after"] == "5"
    finally:
        journal.db.execute("pragma max_page_count = 1073741823")
    monkeypatch.setattr("accoil.receive.journal.MOST_CALLS_WAITING", -1)
    flooded = door.post("/v1/batch", {"batch": batch})
    refused(flooded, 503, "unavailable")
    assert flooded.headers["retry-after"] == "1"
    monkeypatch.undo()
    assert door.post("/v1/batch", {"batch": batch}).status == 200
    assert server.wait_counted()
    assert door.events() == {"E": 2000}


def test_what_was_answered_is_in_every_number_within_seconds(server: Server, new_product: Callable[[], Door]) -> None:
    door = new_product()
    for number in range(1, 6):
        assert door.post("/v1/track", {**WHOLE, "messageId": str(number)}).status == 200
        assert server.wait_counted(5)
        assert door.events() == {"E": number}

"""Requests that are odd but allowed, and those that never end."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress

import pytest

from tests.door import Door
from tests.journey.mortal import Mortal, mortal
from tests.journey.others import counted, others_are_served
from tests.journey.raw import Raw, call, chunked, head, request


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mortal]:
    with mortal(tmp_path_factory.mktemp("odd")) as running:
        yield running


@pytest.fixture
def door(server: Mortal) -> Door:
    return server.door


def test_pipelined_requests_are_answered_in_their_order(server: Mortal, door: Door) -> None:
    raw = Raw(door)
    whole = [request(door, call(f"Pipe {number}")) if number % 3 else request(door, b"{") for number in range(300)]
    raw.send(b"".join(whole))
    buffered = raw.socket.makefile("rb")
    for number in range(300):
        status = int(buffered.readline().split()[1])
        length = 0
        while (line := buffered.readline().strip().lower()) != b"":
            if line.startswith(b"content-length:"):
                length = int(line.split(b":")[1])
        buffered.read(length)
        assert status == (200 if number % 3 else 400)
    events = counted(server)
    assert all(events.get(f"Pipe {number}") == (1 if number % 3 else None) for number in range(300))


@pytest.mark.parametrize("sizes", [[1], [2, 3, 5], [10_000], [1, 100_000]])
@pytest.mark.parametrize("extension", [b"", b";name=value"])
def test_odd_chunks(server: Mortal, door: Door, sizes: list[int], extension: bytes) -> None:
    event = f"Chunks {sizes} {extension!r}"
    body = json.dumps({"batch": [{**call(event), "messageId": f"{event} {number}"} for number in range(300)]}).encode()
    raw = Raw(door)
    wire = head(door, "/v1/batch", "Transfer-Encoding: chunked") + chunked(body, sizes, extension)
    for place in range(0, len(wire), 7001):
        raw.send(wire[place : place + 7001])
    assert raw.answer().status == 200
    raw.send(request(door, call("After chunks")))
    assert raw.answer().status == 200
    assert counted(server)[event] == 300


def test_who_asks_before_sending_a_body_is_told_to_go_on(server: Mortal, door: Door) -> None:
    body = json.dumps(call("Expected")).encode()
    raw = Raw(door)
    raw.send(head(door, "/v1/track", f"Content-Length: {len(body)}", "Expect: 100-continue"))
    assert raw.socket.recv(1000).startswith(b"HTTP/1.1 100 ")
    raw.send(body)
    assert raw.answer().status == 200
    assert counted(server)["Expected"] == 1


def test_who_offers_http_2_is_answered_in_http_1(server: Mortal, door: Door) -> None:
    """Java's client does, with the first request of a connection."""
    raw = Raw(door)
    offer = ("Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABkAAQAAP__")
    for number in range(3):
        raw.send(request(door, call("Offered"), "/v1/track", *(offer if number < 2 else ())))
        assert raw.answer().status == 200
    assert counted(server)["Offered"] == 3


CHUNKED = b"POST /v1/track HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
ENDLESS: dict[str, tuple[bytes, bytes]] = {
    "a request line": (b"POST /v1/", b"x" * 60_000),
    "one header": (b"POST /v1/track HTTP/1.1\r\nHost: x\r\nX: ", b"x" * 60_000),
    "many headers": (b"POST /v1/track HTTP/1.1\r\nHost: x\r\n", b"X: y\r\n" * 10_000),
    "trailers": (CHUNKED + b"2\r\n{}\r\n0\r\n", b"X: y\r\n" * 10_000),
    "one trailer": (CHUNKED + b"2\r\n{}\r\n0\r\nX: ", b"x" * 60_000),
    "a chunk's extension": (CHUNKED + b"2;", b"x" * 60_000),
}  # fmt: skip


@pytest.mark.parametrize("endless", ENDLESS)
def test_what_never_ends_is_not_kept(server: Mortal, door: Door, endless: str) -> None:
    first, again = ENDLESS[endless]
    memory = server.memory()
    raw = Raw(door)
    raw.send(first)
    sent = 0
    with suppress(OSError):
        while sent < 100_000_000:
            raw.send(again)
            sent += len(again)
    assert sent < 30_000_000  # what the system buffers, at most
    assert server.memory() - memory < 30
    others_are_served(door)

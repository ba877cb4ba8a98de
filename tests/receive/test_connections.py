"""Bodies as large as they may be and larger, bodies in chunks, and connections that carry many calls or half a one."""

from __future__ import annotations

import gzip
import json
import socket
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest

from accoil.asgi import Server
from accoil.receive.bodies import LARGEST_BODY
from tests.door import PATIENCE, Door, basic, heard, refused

WHOLE = {"type": "track", "userId": "u1", "event": "E", "timestamp": "2026-11-20"}


@pytest.mark.parametrize("size", [LARGEST_BODY + 1, 6_000_000, 20_000_000])
def test_a_body_that_is_too_large_is_refused_in_words(server: Server, door: Door, size: int) -> None:
    padding = b'{"type":"track","userId":"u1","event":"E","properties":{"x":"' + b"a" * size + b'"}}'
    refused(door.post("/v1/track", padding), 413, "payload_too_large")
    refused(
        door.post("/v1/track", gzip.compress(b" " * (size + 20_000_000)), Content_Encoding="gzip"),
        413,
        "payload_too_large",
    )
    assert server.wait_counted()
    assert door.counts() == {}


def test_a_body_as_large_as_it_may_be_is_taken(door: Door) -> None:
    head, tail = b'{"userId":"u1","event":"E","properties":{"x":"', b'"}}'
    body = head + b"a" * (LARGEST_BODY - len(head) - len(tail)) + tail
    assert door.post("/v1/track", body).status == 200


def test_a_client_that_will_not_stop_is_hung_up_on(door: Door) -> None:
    host, port = urlsplit(door.address).netloc.split(":")
    with socket.create_connection((host, int(port)), timeout=PATIENCE) as raw:
        raw.sendall(f"POST /v1/track HTTP/1.1\r\nHost: x\r\nContent-Length: {10**12}\r\n\r\n".encode())
        sent = 0
        with pytest.raises(OSError):
            while sent < 300_000_000:
                sent += raw.send(b"a" * 1_000_000)
        assert sent < 300_000_000


def test_chunked_bodies_and_expect_100_work(door: Door) -> None:
    connection = HTTPConnection(urlsplit(door.address).netloc, timeout=PATIENCE)
    pieces = iter([b'{"userId":"u1",', b'"event":"E"', b"}"])
    connection.request("POST", "/v1/track", pieces, {"Authorization": basic(door.key + ":")}, encode_chunked=True)
    assert heard(connection).status == 200
    body = json.dumps(WHOLE).encode()
    host, port = urlsplit(door.address).netloc.split(":")
    with socket.create_connection((host, int(port)), timeout=PATIENCE) as raw:
        head = f"POST /v1/t HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: {len(body)}\r\n"
        raw.sendall(f"{head}Authorization: {basic(door.key + ':')}\r\n\r\n".encode())
        assert raw.recv(1000).startswith(b"HTTP/1.1 100")
        raw.sendall(body)
        assert raw.recv(1000).startswith(b"HTTP/1.1 200")
    connection.close()


def test_a_client_that_hangs_up_halfway_leaves_nothing_behind(server: Server, door: Door) -> None:
    host, port = urlsplit(door.address).netloc.split(":")
    body = json.dumps(WHOLE).encode()
    for cut in (0, 1, len(body) - 1):
        with socket.create_connection((host, int(port)), timeout=PATIENCE) as raw:
            head = f"POST /v1/t HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n"
            raw.sendall(f"{head}Authorization: {basic(door.key + ':')}\r\n\r\n".encode() + body[:cut])
    assert door.post("/v1/track", {**WHOLE, "event": "After"}).status == 200
    assert server.wait_counted()
    assert door.events() == {"After": 1}


def test_many_calls_on_one_connection_good_and_bad(server: Server, door: Door) -> None:
    connection = HTTPConnection(urlsplit(door.address).netloc, timeout=PATIENCE)
    headers = {"Authorization": basic(door.key + ":")}
    seen = set()
    for number in range(50):
        bad = number % 5 == 0
        body = b"{" if bad else json.dumps({**WHOLE, "messageId": str(number)}).encode()
        connection.request("POST", "/v1/track", body, headers)
        if connection.sock:
            seen.add(connection.sock.getsockname())
        assert heard(connection).status == (400 if bad else 200)
    connection.close()
    assert len(seen) == 1
    assert server.wait_counted()
    assert door.events() == {"E": 40}

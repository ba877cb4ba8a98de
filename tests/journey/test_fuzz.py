"""Whatever comes in: an answer below 500, a connection that lives on, and exact counts of what was accepted."""

from __future__ import annotations

import json
import random
import socket
from collections import Counter
from contextlib import suppress
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accoil.asgi import Server
from accoil.receive.answers import Refused
from accoil.receive.bodies import inflate
from accoil.receive.calls import BadBody
from accoil.receive.paths import find
from tests.door import PATIENCE, Door, basic, heard
from tests.journey.bodies import spoiled
from tests.receive.reading import Fact, read

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=20,
)
call_values = st.fixed_dictionaries(
    {"type": st.sampled_from(("track", "page", "identify", "group", "alias", "dance"))},
    optional={
        name: st.one_of(st.text(max_size=8), json_values)
        for name in (
            "userId", "anonymousId", "groupId", "previousId", "event", "name", "messageId", "timestamp", "sentAt",
            "originalTimestamp", "traits", "properties", "context", "from", "to", "writeKey",
        )
    },
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(call_values | json_values, max_size=4), st.dictionaries(st.text(max_size=8), json_values, max_size=2))
def test_every_item_of_any_batch_becomes_a_fact_or_a_reason(items: list[Any], beside: dict[str, Any]) -> None:
    done = read({**beside, "batch": items})
    assert len(done.facts) + len(done.reasons) == len(items)
    again = read({**beside, "batch": [None, *items]})
    assert done.reasons == {place - 1: reason for place, reason in again.reasons.items() if place}


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=60) | json_values.map(lambda value: json.dumps(value).encode()))
def test_any_bytes_are_read_or_refused(raw: bytes) -> None:
    for path in ("/v1/batch", "/v1/track", "/segment"):
        try:
            read(raw, path)
        except BadBody as refused:
            assert refused.code in ("invalid_json", "invalid_payload")


@pytest.mark.parametrize(
    ("requests", "seed"),
    [(2_000, 1), *(pytest.param(20_000, seed, marks=pytest.mark.soak) for seed in range(2, 7))],
)
def test_spoiled_bodies(server: Server, door: Door, requests: int, seed: int) -> None:
    dice = random.Random(seed)
    connection = HTTPConnection(urlsplit(door.address).netloc, timeout=PATIENCE)
    connection.connect()
    me = connection.sock.getsockname()
    taken: list[Fact] = []
    for number in range(requests):
        path, raw, encoding = spoiled(dice)
        headers = {"Authorization": basic(f"{door.key}:"), **({"Content-Encoding": encoding} if encoding else {})}
        connection.request("POST", path, raw, headers)
        answer = heard(connection)
        assert answer.status in (200, 202, 400, 413, 415), (number, path, raw, answer)
        facts = accepted(path, raw, encoding)
        assert (facts is not None) == (answer.status in (200, 202)), (number, path, raw, answer)
        taken += facts or []
    assert connection.sock.getsockname() == me  # never hung up
    connection.close()
    assert server.wait_counted(60)
    counted: Counter[tuple[str | None, str]] = Counter()
    for (user, _, event, _), n in door.counts().items():
        counted[user, event] += n
    lacking, too_many = by_user(taken) - counted, counted - by_user(taken)
    assert (lacking, too_many) == (Counter(), Counter())


def accepted(path: str, raw: bytes, encoding: str) -> list[Fact] | None:
    """What should come of this body; None when it should be refused."""
    try:
        done = read(inflate(raw, encoding.encode()), path)
    except (Refused, BadBody):
        return None
    way = find(path)
    return None if way and way.refuses_bad_calls and done.reasons else done.facts


def by_user(facts: list[Fact]) -> Counter[tuple[str | None, str]]:
    """Each message once: of several with one id the first. Those of anonymous ids, which nobody adopts, are None's."""
    once: dict[str, Fact] = {}
    for fact in facts:
        once.setdefault(fact["message"], fact)
    return Counter((fact.get("user"), fact["event"]) for fact in once.values() if fact["kind"] == "event")


@pytest.mark.parametrize(
    "garbage",
    [
        b"\r\n\r\n", b"\x16\x03\x01\x02\x00", b"GET\r\n\r\n", b"POST /v1/track\r\n\r\n", b"\x00" * 1000,
        b"POST /v1/track HTTP/9.9\r\n\r\n", b"POST /v1/track HTTP/1.1\r\nContent-Length: -5\r\n\r\n{}",
        b"POST /v1/track HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Length: 9\r\n\r\n{}",
        b"POST /v1/track HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n",
        b"POST /v1/track HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFFF\r\n",
        b"POST /v1/track HTTP/1.1\r\nHost: x\r\n" + b"X: y\r\n" * 5000 + b"\r\n",
        b"POST /v1/track HTTP/1.1\r\nX: " + b"y" * 200_000 + b"\r\n\r\n",
        b"POST /" + b"a" * 200_000 + b" HTTP/1.1\r\n\r\n",
        b"POST /%00%ff%c3%28 HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n",
        b"OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n", b"POST http://elsewhere/v1/track HTTP/1.1\r\nHost: x\r\n\r\n",
    ],
)  # fmt: skip
def test_what_is_hardly_http_disturbs_nobody(server: Server, door: Door, garbage: bytes) -> None:
    host, port = urlsplit(door.address).netloc.split(":")
    # It may hang up before it has heard all.
    with socket.create_connection((host, int(port)), timeout=PATIENCE) as raw, suppress(OSError):
        raw.sendall(garbage)
        raw.shutdown(socket.SHUT_WR)
        while raw.recv(65536):
            pass
    assert door.post("/v1/track", {"userId": "u", "event": "After"}).status == 200
    assert server.wait_counted()
    assert door.events() == {"After": 1}

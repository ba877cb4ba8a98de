"""Clients that are slow, half there, or gone: others do not notice, and nobody keeps the server for ever."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

import pytest

from tests.door import Door
from tests.journey.mortal import Mortal, mortal
from tests.journey.others import counted, others_are_served, sign_in_page_comes
from tests.journey.raw import Raw, call, chunked, head, request
from tests.waiting import until

pytestmark = pytest.mark.xdist_group("slow clients")

TIMEOUT, IDLE = 2, 4  # seconds; as set here
LATE = 2.5  # seconds that a time-out may come later, on a busy machine


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mortal]:
    with mortal(
        tmp_path_factory.mktemp("slow"),
        ACCOIL_CLIENT_TIMEOUT=TIMEOUT, ACCOIL_IDLE_TIMEOUT=IDLE, ACCOIL_MOST_CONNECTIONS=4000,
    ) as running:  # fmt: skip
        yield running


@pytest.fixture
def door(server: Mortal) -> Door:
    return server.door


STALLED: dict[str, Callable[[Door], bytes]] = {
    "nothing at all": lambda door: b"",
    "half a request line": lambda door: b"POST /v1/tr",
    "headers that do not end": lambda door: head(door, "/v1/track")[:-2],
    "headers without a body": lambda door: head(door, "/v1/track", "Content-Length: 100"),
    "half a body": lambda door: request(door, call("Never"))[:-5],
    "half a chunk": lambda door: head(door, "/v1/track", "Transfer-Encoding: chunked") + b"40\r\n{",
    "chunks without an end": lambda door: head(door, "/v1/track", "Transfer-Encoding: chunked") + b"2\r\n{}\r\n",
    "half a body for a page": lambda door: head(door, "/sign-in/", "Content-Length: 100") + b"email=",
    "half a body where none is wanted": lambda door: head(door, "/health", "Content-Length: 100") + b"{",
}
LONG = {**call("Trickled"), "properties": {"x": "y" * 1000}}
TRICKLED: dict[str, Callable[[Door], tuple[bytes, bytes]]] = {
    "a head": lambda door: (b"", head(door, "/v1/track")),
    "a body": lambda door: (head(door, "/v1/track", "Content-Length: 1000"), b" " * 1000),
    "chunks": lambda door: (
        head(door, "/v1/track", "Transfer-Encoding: chunked"),
        chunked(json.dumps(LONG).encode(), [1]),
    ),
}


def test_whoever_stalls_is_hung_up_on(server: Mortal, door: Door) -> None:
    with ThreadPoolExecutor(2 * len(STALLED) + len(TRICKLED)) as pool:
        waits = {
            (stalled, after): pool.submit(hung_up_after, door, STALLED[stalled](door), after)
            for stalled in STALLED
            for after in (False, True)
        }
        waits |= {(part, False): pool.submit(trickle, door, *TRICKLED[part](door)) for part in TRICKLED}
        for _ in range(4):
            others_are_served(door)
            time.sleep(0.3)
    for (stalled, after), waited in waits.items():
        patience = IDLE if after and stalled == "nothing at all" else TIMEOUT
        least = 0 if stalled == "half a body where none is wanted" else patience - 0.5
        assert least < waited.result() < patience + LATE, (stalled, after, waited.result())


def hung_up_after(door: Door, sent: bytes, after_another: bool) -> float:
    """Seconds."""
    raw = Raw(door)
    if after_another:
        raw.send(request(door, call("Before")))
        assert raw.answer().status == 200
    raw.send(sent)
    began = time.monotonic()
    assert raw.is_hung_up_on(IDLE + TIMEOUT + LATE)
    raw.close()
    return time.monotonic() - began


def trickle(door: Door, at_once: bytes, slowly: bytes) -> float:
    """One byte every now and then; seconds until it was hung up."""
    raw = Raw(door)
    raw.send(at_once)
    began = time.monotonic()
    for place in range(len(slowly)):
        with suppress(OSError):
            raw.send(slowly[place : place + 1])
        if raw.is_hung_up_on(0.1):
            break
    raw.close()
    return time.monotonic() - began


def test_slow_bodies_for_pages_do_not_keep_pages_from_others(server: Mortal, door: Door) -> None:
    form = ("Content-Type: application/x-www-form-urlencoded", f"Cookie: accoil_csrf={'x' * 32}")
    with ExitStack() as stack:
        for _ in range(20):  # more than there are threads for pages
            raw = Raw(door)
            stack.callback(raw.close)
            raw.send(head(door, "/sign-in/", "Content-Length: 100", *form))
            raw.send(b"login=a")
        sign_in_page_comes(door)
        others_are_served(door)


def test_a_slow_but_steady_body_is_taken(server: Mortal, door: Door) -> None:
    """Longer on its way than the time-out: what counts is that it goes on."""
    body = json.dumps({"batch": [{**call("Steady"), "properties": {"x": "y" * 250_000}}]}).encode()
    raw = Raw(door)
    raw.send(head(door, "/v1/batch", f"Content-Length: {len(body)}"))
    pieces = 10
    for piece in range(pieces):
        raw.send(body[piece * len(body) // pieces : (piece + 1) * len(body) // pieces])
        time.sleep(2 * TIMEOUT / pieces)
    assert raw.answer().status == 200
    assert counted(server)["Steady"] == 1


@pytest.mark.parametrize("at_once", [1, 20])
@pytest.mark.parametrize("good", [True, False])
def test_a_client_that_never_reads_its_answers_is_hung_up_on(
    server: Mortal, door: Door, good: bool, at_once: int
) -> None:
    body: Any = {**call("Unread"), "messageId": "m", "timestamp": "2026-11-20T10:00:00Z"} if good else b"{"
    before, memory = server.sockets(), server.memory()
    readers = []
    for _ in range(5):
        raw = Raw(door, receive_buffer=4096)
        raw.socket.settimeout(0.2)
        with suppress(OSError):
            for _ in range(60_000 // at_once):  # answers: far more than the system holds for a connection
                raw.send(request(door, body) * at_once)
        readers.append(raw)
    others_are_served(door)
    assert server.memory() - memory < 150
    until(lambda: server.sockets() <= before + 3, TIMEOUT + LATE + 3)
    for raw in readers:
        raw.close()


def test_two_thousand_idle_connections_disturb_nobody(server: Mortal, door: Door) -> None:
    before, memory = server.sockets(), server.memory()
    with ExitStack() as stack:
        for number in range(2000):
            raw = Raw(door)
            stack.callback(raw.close)
            if number % 2:
                raw.send(request(door, call("Idle")))
                assert raw.answer().status == 200
            if number % 100 == 0:
                others_are_served(door)
        others_are_served(door)
        sign_in_page_comes(door)
        assert server.memory() - memory < 100
        until(lambda: server.sockets() <= before + 3, IDLE + LATE + 3)
    others_are_served(door)


@pytest.mark.parametrize("sent", ["half a head", "head", "half a body", "whole"])
def test_clients_that_vanish_leave_nothing_behind(server: Mortal, door: Door, sent: str) -> None:
    whole = request(door, {"batch": [call("Vanished")] * 200}, "/v1/batch")
    cut = {"half a head": 30, "head": whole.index(b"\r\n\r\n") + 4, "half a body": len(whole) // 2, "whole": len(whole)}
    before = server.sockets()
    for _ in range(50):
        raw = Raw(door)
        raw.send(whole[: cut[sent]])
        raw.vanish()
    until(lambda: server.sockets() <= before + 3, 5)
    others_are_served(door)


def test_who_hangs_up_without_waiting_for_the_answer_is_counted(server: Mortal, door: Door) -> None:
    """As PHP's socket client does: it writes and closes."""
    for number in range(50):
        raw = Raw(door)
        event = "Fired" if number % 2 else "Fired large"
        large = {} if number % 2 else {"properties": {"x": "y" * 300_000}}
        raw.send(request(door, {**call(event), **large}))
        raw.close()
    until(lambda: counted(server).get("Fired") == counted(server).get("Fired large") == 25, 5)


def test_who_has_said_all_may_still_listen(server: Mortal, door: Door) -> None:
    import socket

    raw = Raw(door)
    raw.send(request(door, call("Half closed")))
    raw.socket.shutdown(socket.SHUT_WR)
    answer = raw.answer()
    assert (answer.status, answer.headers["connection"]) == (200, "close")
    assert raw.is_hung_up_on(1)


def test_more_connections_than_allowed_are_told_to_come_back(tmp_path: Path) -> None:
    with mortal(tmp_path, ACCOIL_MOST_CONNECTIONS=50, ACCOIL_IDLE_TIMEOUT=20) as server, ExitStack() as stack:
        door = server.door
        raws = [Raw(door) for _ in range(60)]
        for raw in raws:
            stack.callback(raw.close)
        told = [raw.answer().headers["retry-after"] for raw in raws[50:]]
        assert told == ["5"] * 10
        # A crowd makes the server impatient: idle connections go after a tenth of the time.
        until(lambda: served(door), 20)


def served(door: Door) -> bool:
    with suppress(OSError):
        return door.post("/v1/track", call("Others")).status == 200
    return False

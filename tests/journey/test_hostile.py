"""Hundreds of thousands of hostile requests on real connections: nobody else notices, nothing is lost or made up."""

from __future__ import annotations

import json
import random
import re
import socket
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from accoil import control
from tests.door import Door
from tests.journey.hostile import hostile
from tests.journey.mortal import Mortal, mortal
from tests.journey.raw import request
from tests.whole import accoil

STATUS = re.compile(rb"HTTP/1\.1 (\d{3})[^\r]*\r\n((?:[^\r]+\r\n)*)\r\n")
LENGTH = re.compile(rb"content-length: (\d+)", re.IGNORECASE)
GOOD_EVERY = 20  # requests
MAY_GROW = 150  # MiB, for what is counted and what allocators keep
FAULTS = ("Traceback", "could not be handled", "could not be kept", "Exception in ASGI")


@dataclass
class Client:
    """One connection after the other. Hostile requests go out with one product's key, good ones with another's."""

    victim: Door
    good: Door
    name: int
    statuses: Counter[int] = field(default_factory=Counter)
    sent_good: int = 0
    _socket: socket.socket | None = None

    def run(self, requests: int) -> None:
        dice = random.Random(self.name)
        for number in range(requests):
            wire, is_whole = hostile(dice, self.victim.key)
            if is_whole:
                self._ask(wire)
            else:
                self._spoil(wire)
            if number % GOOD_EVERY == 0:
                self._send_good(number)
        self._hang_up()

    def _send_good(self, number: int) -> None:
        id = f"{self.name}.{number}"
        call = {"type": "track", "userId": f"u{number % 50}", "event": f"Good {number % 7}", "messageId": id}
        if number % 3:
            wire = request(self.good, {"batch": [call, call]}, "/v1/batch")  # twice is once
        else:
            wire = request(self.good, {**call, "timestamp": "2026-11-20T10:00:00Z"}, "/v1/track")
        told = self._ask(wire)
        assert told == 200, told
        self.sent_good += 1

    def _ask(self, wire: bytes) -> int | None:
        """The status; None when it was hung up on."""
        for fresh in (self._socket is None, True):  # a connection that was kept may have been closed meanwhile
            try:
                told = self._exchange(wire)
            except OSError:
                told = None
            if told is not None or fresh:
                return told
        return None

    def _exchange(self, wire: bytes) -> int | None:
        if self._socket is None:
            self._socket = _connected(self.victim)
        self._socket.sendall(wire)
        raw = b""
        while True:
            while (found := STATUS.match(raw)) and found[1] == b"100":
                raw = raw[found.end() :]
            if found:
                length = LENGTH.search(found[2])
                if length and len(raw) - found.end() >= int(length[1]):
                    break
            more = self._socket.recv(65536)
            if not more:
                self._hang_up()
                return self._note(found, wire) if found else None
            raw += more
        if b"connection: close" in found[2].lower():
            self._hang_up()
        return self._note(found, wire)

    def _spoil(self, wire: bytes) -> None:
        """On a connection of its own, which is closed on our side when all is sent: so nobody waits for more."""
        with _connected(self.victim) as once:
            raw = b""
            try:
                once.sendall(wire)
                once.shutdown(socket.SHUT_WR)
                while more := once.recv(65536):
                    raw += more
            except OSError:
                pass
        for found in STATUS.finditer(raw):
            self._note(found, wire)

    def _note(self, found: re.Match[bytes], wire: bytes) -> int:
        status = int(found[1])
        self.statuses[status] += 1
        assert status < 500 or (status == 503 and b"retry-after:" in found[2].lower()), (found[0], wire[:3000])
        return status

    def _hang_up(self) -> None:
        if self._socket:
            self._socket.close()
        self._socket = None


def _connected(door: Door) -> socket.socket:
    parts = urlsplit(door.address)
    return socket.create_connection((parts.hostname, parts.port), timeout=30)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Mortal]:
    with mortal(tmp_path / "data", ACCOIL_CLIENT_TIMEOUT=5) as running:
        yield running


def another_product(server: Mortal) -> Door:
    made = accoil(server.data, "init", "--team", "T", "--product", "Q", "--email", "t@example.com", "--json")
    told = json.loads(made.stdout)
    return Door(server.door.address, told["product_id"], told["ingest_key"], told["api_token"])


@pytest.mark.parametrize(
    # Many clients, since one with a wrong key waits until keys are looked up anew.
    ("clients", "requests"),
    [(30, 100), pytest.param(40, 5_500, marks=pytest.mark.soak)],
    ids=["3,000", "220,000"],
)
def test_hostile_requests_disturb_nobody(server: Mortal, clients: int, requests: int) -> None:
    good = another_product(server)
    started = [Client(server.door, good, name) for name in range(clients)]
    first = Client(server.door, good, 99)
    first.run(200)  # what is loaded once is loaded
    memory, sockets = server.memory(), server.sockets()
    with ThreadPoolExecutor(clients) as pool:
        for running in [pool.submit(client.run, requests) for client in started]:
            running.result()
    statuses = sum((client.statuses for client in started), Counter[int]())
    grown = server.memory() - memory
    print(f"{clients * requests:,} requests, answers {sorted(statuses.items())}, {grown} MiB grown")
    assert grown < MAY_GROW
    assert server.sockets() <= sockets + 3
    assert {200, 202, 400, 401, 405, 413, 415} - {413} <= set(statuses)
    control.ask(server.data, "checksums")  # answers when everything is counted
    counts = good.events()
    assert sum(counts.values()) == sum(client.sent_good for client in [*started, first])
    said = server.log.read_text()
    assert not [fault for fault in FAULTS if fault in said], said[-5000:]

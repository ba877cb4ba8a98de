"""Told to stop, the server answers what is on its way, loses nothing it acknowledged, and ends soon."""

from __future__ import annotations

import json
import random
import signal
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.door import PATIENCE, Door, basic, heard
from tests.journey.disks import locked
from tests.journey.mortal import Mortal, mortal
from tests.journey.raw import Raw, call, head, request
from tests.traffic import Count, Item, expected, traffic

SOON = 10  # seconds
CLIENTS = 8


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Mortal]:
    with mortal(tmp_path / "data") as running:
        yield running


def told_to_stop(server: Mortal, number: int = signal.SIGTERM) -> float:
    """Seconds until it had ended, with 0."""
    began = time.monotonic()
    server.send_signal(number)
    assert server.wait(SOON + 20) == 0, server.log.read_text()[-3000:]
    return time.monotonic() - began


def send(door: Door, items: list[Item], acknowledged: list[Item]) -> None:
    """Batch after batch on one connection, until the server is gone."""
    connection = HTTPConnection(urlsplit(door.address).netloc, timeout=30)
    headers = {"Authorization": basic(f"{door.key}:")}
    for start in range(0, len(items), 20):
        part = items[start : start + 20]
        try:
            connection.request("POST", "/v1/batch", json.dumps({"batch": part}), headers)
            if heard(connection).status == 200:
                acknowledged += part
        except (OSError, HTTPException):
            return
    raise AssertionError("everything was sent before the server was told to stop")


@pytest.mark.parametrize("seed", [1, *(pytest.param(seed, marks=pytest.mark.soak) for seed in range(2, 12))])
def test_under_load_it_loses_nothing_it_acknowledged(server: Mortal, seed: int) -> None:
    parts = [traffic(seed * 100 + client, 12_000) for client in range(CLIENTS)]
    acknowledged: list[Item] = []
    with ThreadPoolExecutor(CLIENTS) as pool:
        running = [pool.submit(send, server.door, part, acknowledged) for part in parts]
        time.sleep(random.Random(seed).uniform(0.5, 2))  # no condition to await: the moment is to be any
        assert not any(each.done() for each in running)
        assert told_to_stop(server) < SOON
        for each in running:
            each.result()
    assert acknowledged
    server.start()
    counted = by_user(server.door.counts())  # at once: all of it was counted before it stopped
    assert by_user(expected(acknowledged)) <= counted <= by_user(expected(item for part in parts for item in part))


def by_user(counts: Counter[Count]) -> Counter[tuple[str, str, date]]:
    """Without accounts: a group call that was taken and not acknowledged may have moved events to another."""
    told: Counter[tuple[str, str, date]] = Counter()
    for (user, _, event, day), n in counts.items():
        told[user, event, day] += n
    return told


def test_whoever_waits_for_an_answer_gets_it(server: Mortal) -> None:
    waiting = [Raw(server.door) for _ in range(50)]
    with ThreadPoolExecutor(1) as pool:
        with locked(server.data / "journal.sqlite3"):
            for number, raw in enumerate(waiting):
                raw.send(request(server.door, call(f"Waited {number}")))
            time.sleep(0.5)  # all are on their way to the disk
            stopping = pool.submit(told_to_stop, server)
            time.sleep(0.7)
        answers = [raw.answer() for raw in waiting]
        assert {answer.status for answer in answers} == {200}
        assert stopping.result() < SOON
    server.start()
    assert server.door.events() == {f"Waited {number}": 1 for number in range(50)}


def test_a_disk_that_hangs_does_not_keep_it_for_ever(server: Mortal) -> None:
    waiting = [Raw(server.door) for _ in range(20)]
    with locked(server.data / "journal.sqlite3"):
        for raw in waiting:
            raw.send(request(server.door, call("Stuck")))
        time.sleep(0.5)
        began = time.monotonic()
        server.send_signal(signal.SIGTERM)
        assert {raw.answer().status for raw in waiting} == {503}
        server.wait(PATIENCE)
        assert time.monotonic() - began < 2 * SOON + 5


def test_clients_that_stall_do_not_keep_it(server: Mortal) -> None:
    door = server.door
    cookie = f"Cookie: accoil_csrf={'x' * 32}"
    form = "Content-Type: application/x-www-form-urlencoded"
    stalled = [
        b"", b"POST /v1/tr", head(door, "/v1/track", "Content-Length: 100"), request(door, call("Half"))[:-3],
        head(door, "/sign-in/", "Content-Length: 100", form, cookie) + b"login=",
        head(door, "/sign-in/", "Content-Length: 3000000", form, cookie) + b"x" * 1_500_000,
    ]  # fmt: skip
    held = [Raw(door) for _ in stalled * 10]
    for raw, sent in zip(held, stalled * 10, strict=True):
        raw.send(sent)
    assert told_to_stop(server) < SOON


def test_it_ends_at_once_when_nothing_is_on_its_way(server: Mortal) -> None:
    idle = [Raw(server.door) for _ in range(100)]
    for raw in idle[:50]:
        raw.send(request(server.door, call("Idle")))
        assert raw.answer().status == 200
    assert told_to_stop(server, signal.SIGINT) < 5

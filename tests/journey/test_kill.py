"""Killed at any moment, the server loses nothing it acknowledged and counts nothing twice."""

from __future__ import annotations

import json
import random
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from accoil import control
from tests.clients.published import SEGMENT_PYTHON, tell
from tests.door import Door, basic, heard
from tests.journey.mortal import Mortal, mortal
from tests.traffic import Item, expected, traffic

BATCH = 20
GIVE_UP = 120  # seconds without a single answer


def insist(door: Door, items: list[Item]) -> None:
    """Sends each batch with the same ids until it is answered with 200."""
    headers = {"Authorization": basic(f"{door.key}:")}
    for start in range(0, len(items), BATCH):
        body = json.dumps({"batch": items[start : start + BATCH]})
        until = time.monotonic() + GIVE_UP
        while True:
            connection = HTTPConnection(urlsplit(door.address).netloc, timeout=10)
            with suppress(OSError, HTTPException):
                connection.request("POST", "/v1/batch", body, headers)
                status = heard(connection).status
                assert status in (200, 503), status
                if status == 200:
                    break
            connection.close()
            assert time.monotonic() < until, "nobody answers any more"
            time.sleep(0.02)


def all_at_once(*acts: Callable[[], None]) -> list[threading.Thread]:
    threads = [threading.Thread(target=act, daemon=True) for act in acts]
    for thread in threads:
        thread.start()
    return threads


def kill_while(server: Mortal, threads: list[threading.Thread], times: int, dice: random.Random) -> int:
    """Kills and starts again, and waits until everybody has said what he had to say; how often somebody was at it."""
    interrupted = 0
    for _ in range(times):
        time.sleep(dice.uniform(0, 0.6))  # no condition to await: the moment is to be any
        interrupted += any(thread.is_alive() for thread in threads)
        server.kill()
        server.start()
    for thread in threads:
        thread.join(GIVE_UP)
        assert not thread.is_alive()
    return interrupted


@pytest.mark.parametrize(
    ("calls", "kills", "seed"),
    [(6_000, 2, 1), *(pytest.param(40_000, 12, seed, marks=pytest.mark.soak) for seed in range(5))],
)
def test_killed_in_mid_stream_it_counts_every_call_once(tmp_path: Path, calls: int, kills: int, seed: int) -> None:
    items = traffic(seed, calls)
    share = calls // 4
    with mortal(tmp_path) as server:
        door = server.door
        given_up: list[dict[str, Any]] = []

        def tell_the_rest() -> None:
            given_up.extend(tell(SEGMENT_PYTHON, door.address, door.key, items[3 * share :], batch=BATCH).given_up)

        threads = all_at_once(
            *(lambda part=part: insist(door, items[part * share : (part + 1) * share]) for part in range(3)),  # type: ignore[misc]
            tell_the_rest,
        )
        assert kill_while(server, threads, kills, random.Random(seed)) == kills
        assert not given_up
        control.ask(server.data, "checksums")  # answers when everything is counted
        assert door.counts() == expected(items)


def test_killed_again_and_again_while_it_starts_and_catches_up(tmp_path: Path) -> None:
    """Here all is in the journal, and nothing but loading and merging is left to be hit."""
    items = traffic(9, 3_000)
    with mortal(tmp_path, merge_after=200) as server:
        insist(server.door, items)
        dice = random.Random(9)
        for _ in range(2):
            server.kill()
            for store in tmp_path.glob("facts-*"):
                store.unlink()
            server.start()
            time.sleep(dice.uniform(0, 0.2))
        server.kill()
        server.start()
        control.ask(server.data, "checksums")
        assert server.door.counts() == expected(items)


def test_told_to_stop_it_puts_everything_in_order_first(tmp_path: Path) -> None:
    items = traffic(11, 500)
    with mortal(tmp_path) as server:
        insist(server.door, items)
        assert server.stop() == 0
        assert not [*tmp_path.glob("journal*-wal"), *tmp_path.glob("facts*.wal")]
        server.start()
        assert server.door.counts() == expected(items)  # at once: all of it was counted before it stopped

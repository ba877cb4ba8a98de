"""Twenty kills at any moment: under load, while the store is made again, merged and sealed, with clients that insist
and say things twice."""

from __future__ import annotations

import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest

from accoil import control
from tests.door import Door
from tests.journey.mortal import Mortal, mortal
from tests.journey.test_kill import insist
from tests.traffic import Item, expected, traffic

CLIENTS, BATCH = 4, 20
TWICE = 0.3  # share of the batches that are sent again, sooner or later


def talk(door: Door, seed: int, over: threading.Event, told: list[Item]) -> int:
    """Batch after batch, each until it is taken; how many were sent again."""
    dice, repeated, start = random.Random(seed), 0, len(told)
    while not over.is_set():
        batch = traffic(seed * 100_000 + len(told) - start, BATCH, users=60, accounts=10)
        insist(door, batch)
        told += batch
        if dice.random() < TWICE:
            place = dice.randrange(len(told) // BATCH) * BATCH
            insist(door, told[place : place + BATCH])
            repeated += 1
    return repeated


def rebuild(server: Mortal, over: threading.Event) -> None:
    while not over.wait(0.1):
        with suppress(ConnectionError, control.Failed, ValueError, OSError):  # it is killed in the middle
            control.ask(server.data, "rebuild")


@pytest.mark.parametrize(
    ("kills", "seed"), [(3, 0), *(pytest.param(20, seed, marks=pytest.mark.soak) for seed in range(1, 11))]
)
def test_killed_at_any_moment_of_anything_it_stays_exact(tmp_path: Path, kills: int, seed: int) -> None:
    dice, over = random.Random(seed), threading.Event()
    told: list[list[Item]] = [[] for _ in range(CLIENTS)]
    with mortal(tmp_path / "data", merge_after=200, ACCOIL_OPEN_DAYS=30) as server:
        with ThreadPoolExecutor(CLIENTS + 1) as pool:
            talking = [pool.submit(talk, server.door, seed * 10 + n, over, told[n]) for n in range(CLIENTS)]
            rebuilding = pool.submit(rebuild, server, over)
            for _ in range(kills):
                time.sleep(dice.choice((dice.uniform(0, 0.2), dice.uniform(0, 2))))  # the moment is to be any
                assert not any(client.done() for client in talking)
                server.kill()
                server.start()
            over.set()
            repeated = sum(client.result() for client in talking)
            rebuilding.result()
        control.ask(server.data, "checksums")  # answers when everything is counted
        everything = [item for client in told for item in client]
        print(f"{kills} kills, {len(everything):,} calls, {repeated * BATCH:,} of them twice")
        assert server.door.counts() == expected(everything)
        control.ask(server.data, "rebuild")
        assert server.door.counts() == expected(everything)

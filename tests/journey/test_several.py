"""One server in several processes: what a receiver takes in is counted by a worker and shown by the pages."""

from __future__ import annotations

import json
import random
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.clickhouse import served
from tests.door import Count, Door, basic, heard
from tests.journey.several import Several, several
from tests.journey.test_kill import insist
from tests.postgresql import Cluster
from tests.traffic import Item, expected, traffic
from tests.waiting import until
from tests.whole import accoil

pytestmark = [
    pytest.mark.skipif(bool(served.MISSING), reason=str(served.MISSING)),
    pytest.mark.xdist_group("postgresql"),
]

CLIENTS, BATCH = 3, 20
TWICE = 0.3  # share of the batches that are sent again, sooner or later
RESTS = 0.05  # seconds


def test_what_one_receives_another_counts(tmp_path: Path, postgresql: Cluster) -> None:
    with several(tmp_path, postgresql, receivers=2, workers=2) as its:
        assert [each.health() for each in its.receivers] == [{"status": "ok", "role": "receive"}] * 2
        assert its.pages.health() == {"status": "ok", "role": "pages"}
        assert sorted(bool(each.health()["counts"]) for each in its.workers) == [False, True]
        sent = [traffic(number, 50) for number in range(2)]
        for door, items in zip(its.doors, sent, strict=True):
            insist(door, items)
        until(lambda: its.door.counts() == expected([*sent[0], *sent[1]]), every=0.2, said=its.said)
        told = {**its.settings, "ACCOIL_PUBLIC_URL": its.pages.address}  # as a proxy leads people there
        looked = [accoil(each.data, "doctor", **told) for each in (its.receivers[0], its.workers[0], its.pages)]
        assert [(each.returncode, each.stdout) for each in looked if "BAD" in each.stdout] == []
        for each in looked[:2]:
            assert f"ok   Address: {its.pages.address} leads to a server that shows pages." in each.stdout
        assert "one with pages alone answers no command" in looked[2].stdout
        said = looked[0].stdout
        assert "ok   Role: A receiver's (serve --only receive); 0 blocks wait to be handed on." in said
        assert "ok   ClickHouse: ClickHouse answers; 2 receivers have handed blocks on through it." in said
        assert its.doors[0].get("/workspaces").status == 404  # the API is asked elsewhere
        counts, other = sorted(its.workers, key=lambda each: not each.health()["counts"])
        assert counts.stop() == 0
        until(lambda: other.health().get("counts"), said=its.said)
        insist(its.doors[1], more := traffic(9, 20))
        assert its.receivers[1].stop() == 0  # having handed on what it took
        until(lambda: its.door.counts() == expected([*sent[0], *sent[1], *more]), every=0.2, said=its.said)
        assert [each.stop() for each in (its.pages, its.receivers[0], other)] == [0, 0, 0]


def insist_anywhere(doors: list[Door], dice: random.Random, items: list[Item]) -> None:
    """Sends them with the same ids until one of them answers 200: now this one, now another."""
    body, until_then = json.dumps({"batch": items}), time.monotonic() + 120
    while True:
        door = dice.choice(doors)
        connection = HTTPConnection(urlsplit(door.address).netloc, timeout=10)
        with suppress(OSError, HTTPException):
            connection.request("POST", "/v1/batch", body, {"Authorization": basic(f"{door.key}:")})
            status = heard(connection).status
            assert status in (200, 503), status
            if status == 200:
                return
        connection.close()
        assert time.monotonic() < until_then, "nobody answers any more"
        time.sleep(0.02)


def talk(doors: list[Door], seed: int, over: threading.Event, told: list[Item]) -> None:
    """Batch after batch, each until it is taken, some of them again later, by another door."""
    dice, start = random.Random(seed), 0
    while not over.is_set():
        batch = traffic(seed * 1_000_000 + start, BATCH, users=60, accounts=10)
        start += BATCH
        insist_anywhere(doors, dice, batch)
        told += batch
        if dice.random() < TWICE:
            place = dice.randrange(len(told) // BATCH) * BATCH
            insist_anywhere(doors, dice, told[place : place + BATCH])
        over.wait(RESTS)


def kill_one(its: Several, dice: random.Random, pauses: float) -> str:
    """Any of them, also ClickHouse; others that ended are started again as well, as a supervisor would."""
    its.start_those_that_ended()
    mortal = dice.choice([*its.every, *its.workers, its.clickhouse])
    mortal.kill()
    time.sleep(dice.uniform(0, pauses))
    mortal.start()
    return mortal.name


@pytest.mark.parametrize(
    ("receivers", "seconds", "seed"),
    [(2, 8, 1), *(pytest.param(3, 600, seed, marks=pytest.mark.soak) for seed in (2,))],
)
def test_whoever_is_killed_whenever_every_event_is_counted_once(
    tmp_path: Path, postgresql: Cluster, receivers: int, seconds: int, seed: int
) -> None:
    """The short form takes some thirty seconds: seven processes begin, several of them more than once."""
    dice, over, killed = random.Random(seed), threading.Event(), Counter[str]()
    told: list[list[Item]] = [[] for _ in range(CLIENTS)]
    with several(tmp_path, postgresql, receivers, workers=2) as its, ThreadPoolExecutor(CLIENTS) as pool:
        talking = [pool.submit(talk, its.doors, seed * 10 + n, over, told[n]) for n in range(CLIENTS)]
        until_then = time.monotonic() + seconds
        try:
            while time.monotonic() < until_then:
                time.sleep(dice.choice((dice.uniform(0, 0.3), dice.uniform(0, 3))))  # the moment is to be any
                assert not any(client.done() for client in talking), [client.result() for client in talking]
                killed[kill_one(its, dice, pauses=2)] += 1
        finally:
            over.set()
        for client in talking:
            client.result()
        its.wait()
        everything = [item for client in told for item in client]
        print(f"{killed.total()} kills {dict(killed)}, {len(everything):,} calls")
        whole, began = expected(everything), time.monotonic()
        until(lambda: its.door.counts() == whole, within=120, every=0.3, said=lambda: differs(its, whole))
        print(f"counted and shown {time.monotonic() - began:.1f} s after the last one was started")


def differs(its: Several, whole: Counter[Count]) -> str:
    shown = its.door.counts()
    return f"missing {len(whole - shown)}, too many {len(shown - whole)}: {[*(whole - shown)][:3]}\n{its.said()}"

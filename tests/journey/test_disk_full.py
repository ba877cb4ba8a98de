"""A full disk: calls are refused, it is said once, and when there is room again everything goes on, exact."""

from __future__ import annotations

import json
import random
import re
import threading
import time
from pathlib import Path

import pytest

from accoil import control
from tests.door import Answer, Door, ask
from tests.journey.disks import fill, small_disk
from tests.journey.mortal import Mortal, mortal
from tests.journey.test_kill import all_at_once, insist
from tests.traffic import expected, traffic
from tests.waiting import until
from tests.whole import accoil

WORDS = "the journal can't be written"


def health(door: Door) -> Answer:
    return ask(door.address, "GET", "/health", None, {})


def send_until_refused(door: Door, seed: int) -> tuple[list[dict[str, object]], Answer]:
    """What was taken until then, and the refusal."""
    taken = []
    for round in range(10_000):
        items = traffic(seed + round, 200)
        answer = door.post("/v1/batch", {"batch": items})
        if answer.status != 200:
            return taken, answer
        taken += items
    raise AssertionError("the disk never got full")


def test_a_full_disk_refuses_and_recovers(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 96) as disk, mortal(disk) as server:
        door = server.door
        first = traffic(1, 400)
        insist(door, first)
        control.ask(server.data, "checksums")
        ballast = fill(disk)
        taken, refusal = send_until_refused(door, 1000)
        assert (refusal.status, refusal.code) == (503, "unavailable")
        assert int(refusal.headers["retry-after"]) > 0
        assert "disk" in refusal.json()["message"]
        told = health(door)
        assert (told.status, told.json()["status"]) == (200, "degraded")
        assert "disk" in told.json()["wrong"][0]
        doctor = accoil(disk, "doctor")
        assert doctor.returncode == 1
        assert "BAD  Store: Events can't be written to disk" in doctor.stdout
        assert "BAD  Disk space" in doctor.stdout
        for _ in range(100):
            assert door.post("/v1/batch", {"batch": traffic(2, 200)}).status in (200, 503)
        assert door.get("/counts", group_by="event").status == 200  # what is counted can be asked for
        said = server.log.read_text()
        assert said.count(WORDS) <= 2  # once for each reason
        failed = re.findall(r"\[error +\] (.*)", said)
        assert len(failed) == len(set(failed)), failed  # a load, and each act that writes, say so once

        ballast.unlink()
        rest = traffic(3, 400)
        insist(door, rest + traffic(2, 200))
        control.ask(server.data, "checksums")
        assert door.counts() == expected([*first, *taken, *rest, *traffic(2, 200)])
        until(lambda: health(door).json() == {"status": "ok"})
        assert "the journal can be written again" in server.log.read_text()


def test_a_disk_that_gets_full_again_and_again_loses_nothing(tmp_path: Path) -> None:
    """Clients insist meanwhile; the store's and the pages' files are as full as the journal's."""
    items = traffic(21, 6_000)
    with small_disk(tmp_path / "disk", 96) as disk, mortal(disk) as server:
        share = len(items) // 3
        ballast = fill(disk)
        threads = all_at_once(
            *(lambda part=part: insist(server.door, items[part * share : (part + 1) * share]) for part in range(3))  # type: ignore[misc]
        )
        until(lambda: health(server.door).json()["status"] != "ok")
        ballast.unlink()
        dice = random.Random(21)
        while any(thread.is_alive() for thread in threads):
            ballast = fill(disk, left=dice.choice((0, 4096, 65_536, 1 << 20)))
            time.sleep(dice.uniform(0.1, 0.5))  # the disk stays full for a while
            ballast.unlink()
            time.sleep(dice.uniform(0.1, 0.5))
        control.ask(server.data, "checksums")
        until(lambda: server.door.counts() == expected(items))  # a store that gave up is made again first


@pytest.mark.parametrize("left", [0, 200_000])
def test_killed_with_a_full_disk(tmp_path: Path, left: int) -> None:
    with small_disk(tmp_path / "disk", 96) as disk, mortal(disk) as server:
        first = traffic(31, 400)
        insist(server.door, first)
        ballast = fill(disk, left)
        taken, _ = send_until_refused(server.door, 3100)
        server.kill()
        started = threading.Event()

        def make_room() -> None:
            if not started.wait(3):
                ballast.unlink()

        maker = threading.Thread(target=make_room)
        maker.start()
        patient_start(server)
        started.set()
        maker.join()
        ballast.unlink(missing_ok=True)
        insist(server.door, rest := traffic(32, 200))
        control.ask(server.data, "checksums")
        assert server.door.counts() == expected([*first, *taken, *rest])


def patient_start(server: Mortal) -> None:
    """Starts it again and again, as an init system does; each time it must say why it can't, in a sentence."""
    until = time.monotonic() + 60
    while True:
        said = len(server.log.read_text())
        try:
            return server.start()
        except AssertionError:
            assert time.monotonic() < until
            last_words = server.log.read_text()[said:].strip().splitlines()
            assert last_words and "Traceback" not in last_words[0], json.dumps(last_words)

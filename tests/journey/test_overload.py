"""More than the disk can take: shed at once with 503 and Retry-After, in bounded memory, and over when it is over."""

from __future__ import annotations

import json
import statistics
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from accoil import control
from tests.door import Answer, Door, ask, basic, heard
from tests.journey.disks import locked
from tests.journey.mortal import Mortal, mortal

CLIENTS, BATCH = 40, 100
LONGEST_WAIT = 8  # seconds; accoil.receive.journal
PADDING = "x" * 2_000  # in properties: weight on the wire that is not kept


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Mortal]:
    with mortal(tmp_path / "data", ACCOIL_WAITING_MB=4) as running:
        yield running


class Flood:
    """Clients that send as fast as they are answered, each call with an id of its own, and give up none."""

    def __init__(self, door: Door) -> None:
        self.door = door
        self.taken: Counter[str] = Counter()  # event → calls acknowledged
        self.refused: list[Answer] = []
        self.took: list[tuple[float, float]] = []  # when a 2xx came, seconds
        self._over = threading.Event()
        self._pool = ThreadPoolExecutor(CLIENTS)

    def __enter__(self) -> Flood:
        self._running = [self._pool.submit(self._send, client) for client in range(CLIENTS)]
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for running in self._running:
            running.result()

    def _send(self, client: int) -> None:
        number = 0
        event = f"Flood {client % 7}"
        while not self._over.is_set():
            number += 1
            call = {"type": "track", "userId": f"u{client}", "event": event, "properties": {"x": PADDING}}
            batch = [{**call, "messageId": f"{client}.{number}.{place}"} for place in range(BATCH)]
            self._insist(json.dumps({"batch": batch}), event)

    def _insist(self, body: str, event: str) -> None:
        while True:
            connection = HTTPConnection(urlsplit(self.door.address).netloc, timeout=30)
            with suppress(OSError, HTTPException):
                began = time.monotonic()
                connection.request("POST", "/v1/batch", body, {"Authorization": basic(f"{self.door.key}:")})
                answer = heard(connection)
                connection.close()
                if answer.status == 200:
                    self.taken[event] += BATCH
                    self.took.append((time.monotonic(), time.monotonic() - began))
                    return
                self.refused.append(answer)
            if self._over.is_set():
                return
            time.sleep(0.05)


def counted(server: Mortal) -> dict[str, int]:
    control.ask(server.data, "checksums")  # answers when everything is counted
    return server.door.events()


def health(door: Door) -> dict[str, object]:
    told: dict[str, object] = ask(door.address, "GET", "/health", None, {}).json()
    return told


def p99(took: list[float]) -> float:
    return statistics.quantiles(took, n=100)[98] if len(took) > 1 else took[0]


def test_a_disk_that_hangs_sheds_load_and_recovers(server: Mortal) -> None:
    with Flood(server.door) as flood:
        time.sleep(2)
        before, memory = [took for _, took in flood.took], server.memory()
        assert before
        with locked(server.data / "journal.sqlite3"):
            time.sleep(LONGEST_WAIT + 3)
            assert health(server.door)["status"] == "degraded"
            began = time.monotonic()
            answer = server.door.post("/v1/track", {"userId": "u", "event": "Not now"})
            assert (answer.status, answer.code, answer.headers["retry-after"]) == (503, "unavailable", "1")
            assert time.monotonic() - began < 1  # nobody waits for a disk that does not answer
            assert server.memory() - memory < 200
            asked = time.monotonic()
            assert ask(server.door.address, "GET", "/sign-in/", None, {}).status == 200
            assert time.monotonic() - asked < 5
        time.sleep(3)  # the flood goes on
        after = [took for at, took in flood.took if at > time.monotonic() - 2]
        print(
            f"p99 {p99(before) * 1000:.0f} ms before, {p99(after) * 1000:.0f} ms after; {len(flood.refused):,} refused"
        )
        assert p99(after) < 5 * p99(before) + 0.5
        assert health(server.door) == {"status": "ok"}
    assert {(answer.status, answer.headers.get("retry-after") is not None) for answer in flood.refused} == {(503, True)}
    events = counted(server)
    events.pop("Not now", None)
    at_least(events, flood)


def at_least(events: dict[str, int], flood: Flood) -> None:
    """All that was acknowledged is counted, once. What was refused after it had waited may be counted as well; sent
    again under the same ids it is the same. At the end each client may have had one such batch, sent no more."""
    for event, calls in flood.taken.items():
        assert calls <= events[event] <= calls + CLIENTS * BATCH, event
        assert events[event] % BATCH == 0
    assert set(events) == set(flood.taken)


def test_requests_that_wait_for_a_busy_disk_are_bounded(server: Mortal) -> None:
    """4 MB may wait here: with a disk that hangs, further ones are told so at once."""
    call = {"type": "track", "userId": "u", "event": "Large", "properties": {"x": "y" * 900_000}}
    with ThreadPoolExecutor(100) as pool:
        with locked(server.data / "journal.sqlite3"):
            answers = [pool.submit(server.door.post, "/v1/batch", {"batch": [call]}) for _ in range(100)]
            quick, waiting = wait(answers, LONGEST_WAIT / 2)
            assert {answer.result().status for answer in quick} == {503}
            assert 4 <= len(waiting) <= 12  # what waits, and what was taken for the block that can't be written
        statuses = Counter(answer.result().status for answer in answers)
    assert set(statuses) == {200, 503}
    assert statuses[200] == counted(server)["Large"] == len(waiting)


def test_many_large_bodies_at_once_are_bounded(tmp_path: Path) -> None:
    """Bodies that arrive slowly, 4 MB each: what is held of all of them has an end."""
    with mortal(tmp_path / "data") as server:
        memory = server.memory()
        with ThreadPoolExecutor(150) as pool:
            sent = [pool.submit(_most_of_a_body, server.door) for _ in range(150)]
            refused = sum(each.result() for each in sent)
        assert refused > 0
        assert server.memory() - memory < 600
        assert server.door.post("/v1/track", {"userId": "u", "event": "After"}).status == 200


def _most_of_a_body(door: Door) -> bool:
    """Whether it was refused before it was whole."""
    from tests.journey.raw import Raw, head

    raw = Raw(door)
    raw.send(head(door, "/v1/batch", "Content-Length: 4500000"))
    with suppress(OSError):
        raw.send(b" " * 4_000_000)
    raw.socket.settimeout(3)
    try:
        return raw.answer().status == 503
    except TimeoutError:
        return False
    except (OSError, HTTPException):
        return True
    finally:
        raw.close()

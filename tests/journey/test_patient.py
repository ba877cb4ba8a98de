"""Nobody waits for a tool that does not answer: neither who asks it something, nor anybody else."""

from __future__ import annotations

import json
import threading
import time
import urllib.parse
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest

from accoil.connect.soon import SECONDS
from tests.connect.scripted import Reply, serving
from tests.journey.synced import Synced, synced
from tests.waiting import until

MANY = 8
HANGS = 600.0  # seconds: for ever, as far as this test goes
QUICK = 1.0  # seconds that a page takes at most for who asks no tool anything
CSRF = "c" * 32


@dataclass
class Person:
    """A browser: signed in, at the pages of one product."""

    port: int
    session: str
    base: str
    took: list[tuple[float, str]] = field(default_factory=list)

    def press(self, method: str, path: str, **values: object) -> str:
        """The page that comes back, or where it sends to."""
        line = HTTPConnection("127.0.0.1", self.port, timeout=60)
        headers = {"Cookie": f"accoil_session={self.session}; accoil_csrf={CSRF}", "X-CSRFToken": CSRF}
        body = urllib.parse.urlencode(values)
        began = time.monotonic()
        try:
            if method == "GET":
                line.request("GET", f"{self.base}{path}?{body}", headers=headers)
            else:
                kind = {"Content-Type": "application/x-www-form-urlencoded"}
                line.request("POST", f"{self.base}{path}", body, headers | kind)
            answer = line.getresponse()
            text = answer.read().decode()
        finally:
            line.close()
            self.took.append((time.monotonic() - began, f"{method} {path} {values}"))
        assert answer.status in (200, 302, 422), (answer.status, method, path, text[:500])
        return answer.headers.get("Location") or text

    @property
    def slowest(self) -> tuple[float, str]:
        return max(self.took)


@dataclass
class Crowd:
    synced: Synced
    owners: list[Person]
    other: Person
    profile: int
    address: str  # where a test of the webhook is asked for

    def buttons(self, token: str) -> list[tuple[str, str, dict[str, Any]]]:
        """All that the pages of a connection offer, but its end."""
        here, mode = "settings/connections/intercom", f"settings/connections/intercom/profiles/{self.profile}"
        return [
            ("POST", f"{here}/connect", {"token": token}),
            ("GET", mode, {"mode": "segments"}),
            ("POST", mode, {"mode": "all"}),
            ("POST", self.address, {"do": "test"}),
            ("GET", mode, {"mode": "off"}),
            ("POST", mode, {"mode": "segments"}),
            ("GET", here, {}),
            ("POST", f"{here}/sync", {}),
            ("POST", f"{here}/interval", {"every": "900"}),
            ("POST", f"{here}/retry", {}),
            ("GET", f"{here}/records", {}),
            ("GET", f"{here}/ledger", {}),
            ("GET", f"{here}/check", {"who": "u1@example.com"}),
            ("GET", f"{here}/disconnect", {}),
            ("GET", "settings/connections", {}),
        ]


@pytest.fixture
def crowd(tmp_path: Path) -> Iterator[Crowd]:
    """Eight owners of one team whose Intercom works so far, a receiver of webhooks that never answers, and one person
    of another team."""
    over = threading.Event()
    with serving("127.0.0.2") as receiver, synced(tmp_path / "data", ACCOIL_WEBHOOK_NETWORKS="127.0.0.2/32") as made:
        receiver.replies = [Reply(before=lambda: over.wait(HANGS))]
        made.connect()
        made.arrange("switch", "all")
        made.converge()
        told = json.loads(made.arrange("crowd", str(MANY), f"{receiver.url}/hook"))
        owners = [Person(made.server.port, session, f"/p/{told['product']}/") for session in told["sessions"]]
        other = Person(made.server.port, told["other_session"], f"/p/{told['other']}/")
        address = f"automations/{told['automation']}/addresses/{told['address']}"
        try:
            yield Crowd(made, owners, other, told["profile"], address)
        finally:
            over.set()


@contextmanager
def stalls() -> Iterator[list[float]]:
    """How long this machine stopped by itself: other work, or somebody who measures."""
    found, over = [0.0], threading.Event()

    def watch() -> None:
        before = time.monotonic()
        while not over.wait(0.02):
            now = time.monotonic()
            found.append(now - before - 0.02)
            before = now

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield found
    finally:
        over.set()
        thread.join()


def test_eight_people_who_press_everything_of_a_dead_connection_keep_nobody_waiting(crowd: Crowd) -> None:
    crowd.other.press("GET", "")  # whatever is made once
    crowd.other.took.clear()
    crowd.synced.intercom.faults.plan("slow", times=10**6, seconds=HANGS)
    buttons, done = crowd.buttons(crowd.synced.intercom.token()), threading.Event()

    def press_all(number: int) -> None:
        for at in range(len(buttons)):  # everybody begins with another one of the slow ones
            method, path, values = buttons[(at + number) % len(buttons)]
            crowd.owners[number].press(method, path, **values)

    def look_at_the_dashboard() -> None:
        while not done.wait(0.1):
            assert "Other" in crowd.other.press("GET", "")

    with stalls() as stopped, ThreadPoolExecutor(MANY + 1) as people:
        looking = people.submit(look_at_the_dashboard)
        try:
            for each in [people.submit(press_all, number) for number in range(MANY)]:
                each.result()
        finally:
            done.set()
        looking.result()
    slowest, pressed = crowd.other.slowest, max(owner.slowest for owner in crowd.owners)
    print(f"{len(crowd.other.took)} dashboards, the slowest {slowest[0]:.2f} s; the slowest button {pressed[0]:.1f} s:"
          f" {pressed[1]}; the machine stood still for {max(stopped):.2f} s")  # fmt: skip
    assert len(crowd.other.took) > 10
    assert slowest[0] < QUICK + max(stopped), slowest
    assert pressed[0] < SECONDS + 2 * QUICK + max(stopped), pressed


def test_a_dead_connection_is_ended_at_once_and_nothing_is_kept_of_its_secrets(crowd: Crowd) -> None:
    made, owner = crowd.synced, crowd.owners[0]
    made.intercom.faults.plan("slow", times=10**6, seconds=HANGS)
    made.work()
    until(lambda: made.intercom.faults.happened, said=lambda: "nothing was asked of Intercom")
    writes = len(made.writes())
    began = time.monotonic()
    owner.press("POST", "settings/connections/intercom/disconnect")
    took = time.monotonic() - began
    assert made.state()[0] == "disconnecting"
    assert made.asked("select count(*) from connect_profilesync") == [(0,)]
    page = owner.press("GET", "settings/connections/intercom")
    assert "Nothing more is written to Intercom." in page and "End it now" in page
    owner.press("POST", "settings/connections/intercom/disconnect", do="end now")
    state, problem = made.state()
    assert state == "disconnected" and "17 attributes" not in problem and "Accoil_Everyday_Score" in problem
    assert took < QUICK * 3, took
    assert len(made.writes()) - writes <= 8, "what was on its way, and nothing more"
    assert "These attributes stay there" in owner.press("GET", "settings/connections")

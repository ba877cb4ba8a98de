"""A real server, in a process of its own, whose people are synced to the stand-in for Intercom."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from accoil import control
from tests import whole
from tests.intercom import Intercom, running
from tests.intercom.workspace import Write
from tests.journey.mortal import Mortal, mortal
from tests.waiting import until

PEOPLE, FIRMS = 120, 12
EVENTS = 10  # of a person in a round: two points more
PATIENCE = 120  # seconds until what does not come has failed
SCORE, FIRM_SCORE = "Accoil_Everyday_Score", "Accoil_Everyday_AccountScore"
DEFINITIONS = """
profiles:
  - name: Everyday
    window: 7
    events: {Report_Created: 2}
    benchmark: {fixed: 1000}
    curve: linear
automations:
  - name: Stars
    profile: Everyday
    scope: user
    when: {score: {rises_above: 60}}
    then: [{intercom_tag: {tag: star, on: user}}]
  - name: Firms of stars
    profile: Everyday
    scope: user
    when: {score: {rises_above: 60}}
    then: [{intercom_tag: {tag: star-firm, on: company}}]
"""
RISES = 400  # events that lift a person from 20 or less to more than 60


class Synced:
    """One profile of `PEOPLE` users in `FIRMS` accounts, all of them in Intercom too."""

    def __init__(self, server: Mortal, intercom: Intercom) -> None:
        self.server, self.intercom, self.workspace = server, intercom, intercom.workspace
        self._profile = 0

    def begin(self) -> None:
        file = self.server.data / "definitions.yaml"
        file.write_text(DEFINITIONS)
        applied = whole.accoil(self.server.data, "apply", str(file))
        assert applied.returncode == 0, applied.stderr
        ((self._profile,),) = self.asked("select id from score_profile")
        firms = [self.workspace.company(f"acc-{n}", f"Firm {n}") for n in range(FIRMS)]
        items: list[dict[str, Any]] = []
        for n in range(PEOPLE):
            self.workspace.contact(email(n), [firms[n % FIRMS]], role="user")
            items.append({"type": "identify", "userId": f"u{n}", "traits": {"email": email(n)}})
            items.append({"type": "group", "userId": f"u{n}", "groupId": f"acc-{n % FIRMS}", "traits": {"name": "x"}})
        self._send(items)
        self.work()

    def connect(self) -> None:
        self.arrange("connect", self.intercom.token(), self.intercom.client_secret)

    def work(self, some: Iterable[int] = range(PEOPLE), events: int = EVENTS) -> None:
        """Everybody's score, and that of all firms, is another afterwards; or that of some people."""
        track = {"type": "track", "event": "Report_Created"}
        self._send([track | {"userId": f"u{n}"} for n in some for _ in range(events)])

    def _send(self, items: list[dict[str, Any]]) -> None:
        for start in range(0, len(items), 500):
            answer = self.server.door.post("/v1/batch", {"batch": items[start : start + 500]})
            assert answer.status == 200, answer

    def arrange(self, *words: str) -> str:
        return arranged(self.server, *words)

    def asked(self, question: str, *values: object) -> list[tuple[Any, ...]]:
        """Of the server's own database."""
        return whole.rows(self.server.data, question, *values)

    def state(self) -> tuple[str, str]:
        (told,) = self.asked("select state, problem from connect_connection where tool = 'intercom'")
        return told  # type: ignore[return-value]

    def tagged(self, n: int) -> list[str]:
        with self.intercom.lock:
            return self.workspace.tagged(self.workspace.find_contact(email(n)))

    def deliveries(self) -> list[tuple[str, int]]:
        """State and how many, of all."""
        return self.asked("select state, count(*) from act_delivery group by 1 order by 1")  # type: ignore[return-value]

    def reasons(self, what: str = "failed") -> list[str]:
        """Of the ledger, oldest first."""
        return [reason for (reason,) in self.asked("select reason from connect_entry where what = ? order by id", what)]

    def converge(self) -> None:
        """Waits until every value there is what the read API says, and nothing is in doubt or has failed."""
        control.ask(self.server.data, "checksums")  # answers when everything is counted
        # Every second: the read API may be asked 600 times a minute.
        until(
            lambda: not self.stale(),
            said=lambda: f"stale: {self.stale()[:5]}, {self.state()}, {self.reasons()[-3:]}", every=1.0,
        )  # fmt: skip
        until(lambda: not self.in_doubt(), said=lambda: f"in doubt: {self.in_doubt()[:5]}")

    def in_doubt(self) -> list[tuple[Any, ...]]:
        question = "select id, unsure, problem from connect_record where match = 'matched'"
        return self.asked(question + " and (cast(unsure as text) not in ('', '[]') or problem <> '')")

    def stale(self) -> list[tuple[str, object, object]]:
        """Whose score there is another than the read API's, and what of ours there is other than was confirmed."""
        with self.intercom.lock:
            there = {one.email: self.workspace.shown("contact", one) for one in self.workspace.contacts.values()
                     if not one.gone}  # fmt: skip
            firms = {one.company_id: self.workspace.shown("company", one) for one in self.workspace.companies.values()}
        wrong: list[tuple[str, object, object]] = []
        for kind, name, found in (("users", SCORE, there), ("accounts", FIRM_SCORE, firms)):
            for id, score in self._scores(kind).items():
                key = email(int(id[1:])) if kind == "users" else id
                if key in found and found[key].get(name) != score:
                    wrong.append((key, score, found[key].get(name)))
        return wrong + self._unlike_confirmed()

    def _scores(self, kind: str) -> dict[str, int]:
        """As the read API tells them; while they move, one may be on two pages and another on none."""
        told: dict[str, int] = {}
        for offset in range(0, PEOPLE if kind == "users" else FIRMS, 100):
            page = self.server.door.get(f"/{kind}", workspace_id=self._profile, limit=100, offset=offset)
            assert page.status == 200, page
            told |= {row["tracking_id"]: row["metrics"]["score"] for row in page.json()["data"]}
        return told

    def _unlike_confirmed(self) -> list[tuple[str, object, object]]:
        records = self.asked("select kind, remote_id, confirmed from connect_record where match = 'matched'")
        wrong: list[tuple[str, object, object]] = []
        with self.intercom.lock:
            for kind, remote_id, confirmed in records:
                model, of = ("contact", self.workspace.contacts) if kind == "user" else ("company", self.workspace.companies)  # fmt: skip  # noqa: E501
                shown = {n: _day(v) if "LastActive" in n.replace("Account", "") else v
                         for n, v in self.workspace.shown(model, of[remote_id]).items()}  # type: ignore[attr-defined]  # fmt: skip
                if shown != json.loads(confirmed):
                    wrong.append((remote_id, json.loads(confirmed), shown))
        return wrong

    def rests(self) -> None:
        """A pass over everyone, after all has come to rest, writes nothing."""
        before = len(self.workspace.writes)
        (last,) = self.asked("select coalesce(max(id), 0) from connect_pass")
        self.arrange("sync_now")
        done = "select count(*) from connect_pass where id > ? and \"of\" = 'full' and ended_at is not null"
        until(lambda: self.asked(done, *last) != [(0,)], said=lambda: f"no full pass: {self.state()}")
        assert self.workspace.writes[before:] == []

    def writes(self, since: int = 0) -> list[Write]:
        """Of values, to contacts and companies."""
        return [write for write in self.workspace.writes[since:] if write.what in ("contact", "company")]


def arranged(server: Mortal, *words: str) -> str:
    """What `tests.journey.arranging` says."""
    own = whole.env(server.data, **server.settings)
    command = [sys.executable, "-m", "tests.journey.arranging", *words]
    done = subprocess.run(command, env=own, capture_output=True, text=True, timeout=PATIENCE,
                          cwd=Path(__file__).parents[2])  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def email(n: int) -> str:
    return f"u{n}@example.com"


def _day(seconds: Any) -> str:
    return str(datetime.fromtimestamp(seconds, UTC).date())


@contextmanager
def synced(data: Path, **settings: object) -> Iterator[Synced]:
    """People that are counted, and in Intercom too; not connected yet. `settings`: ACCOIL_X=…"""
    with running() as intercom, mortal(data, ACCOIL_INTERCOM_URL=intercom.address, **settings) as server:
        made = Synced(server, intercom)
        made.begin()
        yield made

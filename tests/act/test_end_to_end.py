"""The whole server in a process of its own, with nothing but defaults, and the stand-in for Intercom: from an event to
the tag, also when the server is killed in between."""

import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from accoil.act.deliveries import WORKERS
from tests.intercom import Intercom, running
from tests.journey.mortal import Mortal, mortal
from tests.waiting import until
from tests.whole import accoil, env, rows

SOON = 10.0  # seconds from an event to the tag
PATIENCE = 60.0

CONNECT = """
import sys
import django
django.setup()
from accoil.connect.intercom.connecting import by_token
from accoil.team.models import Team, User
by_token(Team.objects.get(), User.objects.get(), *sys.argv[1:])
"""

FILE = """
profiles:
- {name: Everyday, window: 7, events: {Report_Created: 9}, benchmark: {fixed: 100}}
automations:
- name: Tag the busy
  profile: Everyday
  scope: user
  when: {becomes: {metric: raw, at_least: 9}}
  then: [{intercom_tag: {tag: busy, on: user}}, {intercom_tag: {tag: "busy {{ account.name }}", on: company}}]
- name: Say goodbye
  profile: Everyday
  scope: user
  when: {leaves: All Users}
  then: [{intercom_tag: {tag: gone, on: user}}]
"""


@dataclass
class Whole:
    server: Mortal
    intercom: Intercom

    def rows(self, question: str) -> list[Any]:
        return rows(self.server.data, question)

    def change(self, statement: str) -> None:
        rows(self.server.data, statement)

    def send(self, *calls: dict[str, Any]) -> None:
        sent = [{"messageId": f"m{time.monotonic_ns()}{place}", **call} for place, call in enumerate(calls)]
        assert self.server.door.post("/v1/batch", {"batch": sent}).status == 200

    def did(self, *users: str) -> None:
        self.send(*({"type": "track", "userId": user, "event": "Report_Created"} for user in users))

    def apply(self, text: str, folder: Path) -> str:
        file = folder / "definitions.yaml"
        file.write_text(text)
        done = accoil(self.server.data, "apply", str(file))
        assert done.returncode == 0, done.stderr
        return done.stdout

    def watched(self) -> bool:
        """Whether it was looked who is inside already."""
        left = "select count(*) from segment_segment where kind = 'trigger' and recorded_from is null"
        return self.rows(left) == [(0,)]

    def tags(self, email: str) -> list[str]:
        """Of the contact there."""
        space = self.intercom.workspace
        with self.intercom.lock:
            (contact,) = [each for each in space.contacts.values() if each.email == email]
            return sorted(space.tags[id].name for id in contact.tags)


@pytest.fixture
def whole(tmp_path: Path) -> Iterator[Whole]:
    """Twenty people of one account, all of them in Intercom too, and an automation that is on; nobody did anything."""
    with running() as intercom, mortal(tmp_path / "data", ACCOIL_INTERCOM_URL=intercom.address) as server:
        made = Whole(server, intercom)
        acme = intercom.workspace.company("acme", "Acme Ltd")
        for number in range(20):
            intercom.workspace.contact(f"u{number}@acme.example", [acme], role="user")
        people = [{"userId": f"u{n}", "traits": {"email": f"u{n}@acme.example"}} for n in range(20)]
        made.send(*({"type": "identify", **each} for each in people))
        made.send(
            *({"type": "group", "userId": f"u{n}", "groupId": "acme", "traits": {"name": "Acme"}} for n in range(20))
        )
        own = env(server.data, ACCOIL_INTERCOM_URL=intercom.address)
        told = [intercom.token(), intercom.client_secret]
        subprocess.run([sys.executable, "-c", CONNECT, *told], env=own, check=True, timeout=PATIENCE)
        made.apply(FILE, tmp_path)
        until(made.watched)
        yield made


def test_from_an_event_to_the_tag_of_the_contact_and_of_its_company_in_under_ten_seconds(whole: Whole) -> None:
    whole.did("u3")
    took = until(lambda: whole.tags("u3@acme.example") == ["busy"] and _tags_of_acme(whole) == ["busy Acme"])
    assert took < SOON
    print(f"from an event to both tags: {took:.1f} s")
    until(lambda: whole.rows("select count(*) from act_delivery where state = 'done'") == [(2,)])
    assert whole.tags("u4@acme.example") == []
    ((because,),) = whole.rows("select because from act_firing")
    assert because.startswith("Came to match “points at least 9” because something was received; score 19 (+19")
    ((answer, _),) = whole.rows("select answer, kind from act_delivery where kind = 'user'")
    assert "busy" in answer


def test_a_killed_server_neither_loses_nor_doubles_what_was_to_be_done(whole: Whole) -> None:
    users = [f"u{number}" for number in range(20)]
    whole.intercom.faults.plan("slow", on="POST /contacts/c", times=1, seconds=30.0)  # done there, answered too late
    whole.did(*users)
    until(lambda: whole.intercom.faults.happened)
    whole.server.kill()
    # Nothing of it is known any more but what is in the database.
    assert whole.rows("select count(*) from act_firing") == [(20,)]
    ((taken,),) = whole.rows("select count(*) from act_delivery where state = 'taken'")
    assert 1 <= taken <= WORKERS
    whole.change("update act_delivery set leased_until = '2000-01-01' where state = 'taken'")  # as if time had passed
    whole.server.start()
    until(lambda: whole.rows("select count(*) from act_delivery where state <> 'done'") == [(0,)])
    assert whole.rows("select count(*), count(distinct entity) from act_firing") == [(20, 20)]
    assert whole.rows("select count(*) from act_delivery") == [(40,)]
    assert whole.rows("select count(*) from act_delivery where attempts > 1") == [(taken,)]
    for user in users:
        assert whole.tags(f"{user}@acme.example") == ["busy"]
    assert _tags_of_acme(whole) == ["busy Acme"]
    # Those that were on their way may be asked for twice, which changes nothing the second time; no other is.
    tagged = [
        write for write in whole.intercom.workspace.writes if write.what == "tagged" and write.id.startswith("c0")
    ]
    assert len([write for write in tagged if write.changed]) == 20
    assert len(tagged) <= 20 + taken


def test_counting_everything_anew_fires_nothing(whole: Whole, tmp_path: Path) -> None:
    whole.did("u1")
    until(lambda: whole.tags("u1@acme.example") == ["busy"])
    done = accoil(whole.server.data, "rebuild")
    assert done.returncode == 0, done.stderr
    whole.apply("time_zone: Pacific/Auckland", tmp_path)
    until(lambda: whole.rows("select zone from segment_standing where zone = 'Pacific/Auckland'"))
    assert whole.rows("select count(*) from act_firing") == [(1,)]
    whole.did("u2")
    until(lambda: whole.tags("u2@acme.example") == ["busy"])
    assert whole.rows("select count(*) from act_firing") == [(2,)]


def _tags_of_acme(whole: Whole) -> list[str]:
    space = whole.intercom.workspace
    with whole.intercom.lock:
        (acme,) = space.companies.values()
        return sorted(space.tags[id].name for id in acme.tags)

"""An automation that tells Slack, a webhook and a mailbox at once: bursts, what is refused, and whose it is."""

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import ip_network
from typing import Any

import pytest

from accoil.act import automations, bursts, claims
from accoil.act.automations import Draft
from accoil.act.deliveries import work
from accoil.act.models import Delivery
from accoil.connect.guard import check_address
from accoil.connect.models import Connection
from accoil.connect.now import driven
from accoil.connect.slack.connecting import by_token
from accoil.refused import Refused
from accoil.team.models import Member, Product, Team, User
from tests.act.conftest import queued
from tests.act.test_acting import BUSY, step
from tests.connect.scripted import Reply, Scripted, serving
from tests.mailbox import Mailbox, use
from tests.mailbox import running as mailing
from tests.segment.worlds import Looked
from tests.slack import Slack
from tests.slack import running as slacking
from tests.small_worlds import at, did, joins

WAYS = ("slack", "webhook", "email")


@dataclass
class Three:
    people: Looked
    slack: Slack
    hook: Scripted
    box: Mailbox

    def heard(self) -> dict[str, list[str]]:
        """What each of them has of whom."""
        hooked = [each.json["data"]["account"]["name"] for each in self.hook.asked]
        return {
            "slack": [text for channel in self.slack.channels for text in channel.texts],
            "webhook": hooked,
            "email": [letter["Subject"] for letter in self.box.letters],
        }

    def work(self) -> None:
        """All that is due, lane by lane, as the server's workers do."""
        for connection in claims.due_lanes():
            work(connection, threading.Event())


@pytest.fixture
def three(people: Looked, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Three]:
    monkeypatch.setattr("accoil.act.actions.check_address", check_address)
    settings.WEBHOOK_NETWORKS = [ip_network("127.0.0.2/32")]
    settings.PUBLIC_URL = "https://accoil.example.com"
    ann = User.objects.create_user(f"ann-{people.product.pk}@example.com", "a long walk home", "Ann")
    Member.objects.create(team=people.product.team, user=ann)
    with slacking(Slack(team_id=f"T{people.product.pk:06d}")) as slack, serving("127.0.0.2") as hook, mailing() as box:
        settings.SLACK_URL = slack.address
        slack.channel("sales")
        use(settings, box)
        by_token(people.product.team, ann, slack.token())
        hook.replies = [Reply(204, b"")]
        then = [
            {"slack": {"channel": "#sales", "text": "{{ account.name }} is busy"}},
            {"webhook": {"url": hook.url + "/hook"}},
            {"email": {"to": ann.email, "subject": "{{ account.name }} is busy"}},
        ]
        draft = Draft(name="Tell all", scope="account", when={"becomes": BUSY}, then=then)
        automations.create(people.profile, draft, enabled=True)
        people.look()
        yield Three(people, slack, hook, box)


def fires(three: Three, account: str = "beta", user: str = "bob") -> None:
    three.people.receive(did(user, "Report_Created", at(31), 5))
    step(three.people)


def test_a_burst_is_told_once_at_once_and_then_in_one_message(three: Three) -> None:
    more = [joins(f"u{n}", f"firm{n}", at(1), name=f"Firm {n}") for n in range(12)]
    three.people.receive(more)
    step(three.people)
    fires(three)
    with driven(time.time() + 1) as clock:
        three.work()
        for n in range(12):
            three.people.receive(did(f"u{n}", "Report_Created", at(31), 6))
        step(three.people)
        clock.move_to(time.time() + 1)
        three.work()
        assert [len(three.heard()[way]) for way in WAYS] == [1, 13, 1]  # a program can take each by itself
        clock.advance(bursts.APART)
        three.work()
        assert [len(three.heard()[way]) for way in WAYS] == [2, 13, 2]
        text = three.heard()["slack"][1]
        assert text.startswith("*12 alerts*") and all(f"Firm {n} is busy" in text for n in range(12))
        assert three.heard()["email"][1].startswith("12 alerts, the first: Firm")
    assert Delivery.objects.filter(state="done").count() == 39


def test_a_channel_that_is_gone_fails_alone_and_says_what_to_do(three: Three) -> None:
    three.slack.channels[0].is_archived = True
    fires(three)
    three.work()
    failed = Delivery.objects.get(state="failed")
    assert failed.answer == "#sales is archived in Slack; choose another channel."
    assert Connection.objects.get(tool="slack").state == "connected"
    assert [len(three.heard()[way]) for way in WAYS] == [0, 1, 1]


def test_a_token_that_was_revoked_stops_slack_alone_and_what_waits_is_told_once_it_is_connected_again(
    three: Three,
) -> None:
    three.slack.tokens.clear()
    fires(three)
    with driven(time.time() + 1) as clock:
        three.work()
        lost = Connection.objects.get(tool="slack")
        assert (lost.state, lost.problem) == (
            "needs_reconnect",
            "Slack no longer accepts the token; connect Slack again.",
        )
        clock.advance(3600)
        three.work()
        assert [len(three.heard()[way]) for way in WAYS] == [0, 1, 1]
        by_token(lost.team, User.objects.first(), three.slack.token())  # type: ignore[arg-type]
        three.work()
        assert [len(three.heard()[way]) for way in WAYS] == [1, 1, 1]


def test_an_automation_writes_to_members_of_its_own_team_and_through_its_own_slack_alone(three: Three) -> None:
    evil = Team.objects.create(name=f"Evil {three.people.product.pk}")
    eve = User.objects.create_user(f"eve-{evil.pk}@example.com", "a long walk home", "Eve")
    Member.objects.create(team=evil, user=eve)
    with pytest.raises(Refused, match="is not a member of the team"):
        draft = Draft(name="Spy", scope="account", when={"becomes": BUSY}, then=[{"email": {"to": eve.email}}])
        automations.create(three.people.profile, draft)
    theirs = Product.objects.create(team=evil, name="Theirs")
    put = queued(theirs, "slack", "account", 1, {"channel": "#sales", "text": "hello"}, key="evil")
    assert put.connection is None
    work(None, threading.Event())
    put.refresh_from_db()
    assert (put.state, three.heard()["slack"]) == ("failed", [])

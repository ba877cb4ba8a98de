"""Every tool that an automation can act in, each as a stand-in that can be down: a further one is a function here and a
line in WAYS."""

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from ipaddress import ip_network
from typing import Any

from accoil.connect.hubspot import connecting as hubspot_connecting
from accoil.connect.intercom import connecting as intercom_connecting
from accoil.connect.now import now
from accoil.connect.salesforce import connecting as salesforce_connecting
from accoil.connect.segment import connecting as segment_connecting
from accoil.connect.slack.connecting import by_token
from accoil.team.models import User
from tests import hubspot as hubspots
from tests import intercom as intercoms
from tests import mailbox
from tests.connect.salesforce import stand_in as salesforces
from tests.connect.scripted import Reply, serving
from tests.connect.segment import stand_in as segments
from tests.segment.worlds import Looked
from tests.slack import Slack
from tests.slack import running as slacking
from tests.slack.workspace import No

ALWAYS = 1_000_000
EMAIL = "bob@beta.example"  # whom it is about


FAULTS = ("500", "429", "slow", "lose")  # slow: done, and answered too late; lose: done, and never answered
SLOW = 1.5  # seconds


@dataclass
class Place:
    """A tool that listens. `then`: the action, as in definition files; `down`: whether it answers; `heard`: how often
    the action was done there; `breaks`: has the next call go wrong in one of the ways of FAULTS."""

    then: dict[str, dict[str, str]]
    down: Callable[[bool], None]
    heard: Callable[[], int]
    breaks: Callable[[str], None]


@contextmanager
def intercom(people: Looked, author: User, settings: Any) -> Iterator[Place]:
    with intercoms.running(intercoms.Intercom(checks=False)) as it:
        settings.INTERCOM_URL = it.address
        it.workspace.id_code = f"ws{people.product.pk}"
        it.workspace.contact(EMAIL, role="user")
        intercom_connecting.by_token(people.product.team, author, it.token(), it.client_secret)

        def tagged() -> int:
            return len([each for each in it.workspace.writes if each.what == "tagged" and each.changed])

        yield Place({"intercom_tag": {"tag": "busy", "on": "user"}}, lambda down: cut(it.faults, down), tagged,
                    lambda how: plan(it.faults, how, "POST /contacts/"))  # fmt: skip


@contextmanager
def hubspot(people: Looked, author: User, settings: Any) -> Iterator[Place]:
    with hubspots.running() as it:
        settings.HUBSPOT_URL = it.address
        it.portal.contact(EMAIL)
        hubspot_connecting.by_token(people.product.team, author, it.token())

        def listed() -> int:
            return len([each for each in it.calls("PUT /crm/lists/") if each.status == 200])

        yield Place({"hubspot_list": {"list": "Busy", "on": "user"}}, lambda down: cut(it.faults, down), listed,
                    lambda how: plan(it.faults, how, "PUT /crm/lists/"))  # fmt: skip


@contextmanager
def salesforce(people: Looked, author: User, settings: Any) -> Iterator[Place]:
    with salesforces.running(salesforces.Salesforce(now)) as it:
        settings.SALESFORCE_URL = it.address
        settings.SALESFORCE_CLIENT_ID, settings.SALESFORCE_CLIENT_SECRET = salesforces.CLIENT, salesforces.SECRET
        it.org.add_field("Contact", "Mood__c", "string")
        it.org.contact(EMAIL)
        back, verifier = "http://127.0.0.1/connections/salesforce/done", "v" * 64
        salesforce_connecting.by_code(
            people.product.team, author, it.code(verifier), "production", back, verifier
        )  # fmt: skip
        then = {"salesforce_field": {"field": "Mood__c", "value": "busy", "on": "user"}}
        yield Place(then, lambda down: cut(it.faults, down), lambda: len(it.org.writes),
                    lambda how: plan(it.faults, how, "PATCH "))  # fmt: skip


@contextmanager
def segment(people: Looked, author: User, settings: Any) -> Iterator[Place]:
    with segments.running(segments.Segment(now)) as it:
        settings.SEGMENT_URL = it.address
        segment_connecting.by_key(people.product.team, author, {"write_key": it.source.key, "region": "eu"})

        def tracked() -> int:
            return len(it.source.events)

        yield Place({"segment_track": {"event": "Became Busy"}}, lambda down: cut(it.faults, down), tracked,
                    lambda how: plan(it.faults, how, "POST /v1/batch"))  # fmt: skip


@contextmanager
def slack(people: Looked, author: User, settings: Any) -> Iterator[Place]:
    with slacking(Slack(team_id=f"T{people.product.pk:06d}")) as it:
        settings.SLACK_URL = it.address
        channel = it.channel("sales")
        by_token(people.product.team, author, it.token())

        def down(is_down: bool) -> None:
            it.is_down = is_down

        def breaks(how: str) -> None:
            told = {"500": No("internal_error"), "429": No("ratelimited", 429, {"retry-after": "1"})}
            it.says["chat.postMessage"] = [told[how]] if how in told else []
            it.late["chat.postMessage"] = [SLOW if how == "slow" else None] if how in ("slow", "lose") else []

        yield Place({"slack": {"channel": "#sales", "text": "Busy"}}, down, lambda: len(channel.messages), breaks)


@contextmanager
def webhook(people: Looked, author: User, settings: Any) -> Iterator[Place]:
    settings.WEBHOOK_NETWORKS = [ip_network("127.0.0.2/32")]
    with serving("127.0.0.2") as it:
        taken: list[bool] = []

        def down(is_down: bool) -> None:
            it.replies = [Reply(503)] if is_down else [Reply(204, b"", before=lambda: taken.append(True))]

        def breaks(how: str) -> None:
            heard = {
                "500": Reply(500),
                "429": Reply(429, headers={"retry-after": "1"}),
                "slow": Reply(204, b"", before=lambda: (taken.append(True), time.sleep(SLOW))[0]),
                "lose": Reply(before=lambda: taken.append(True), breaks_off=True),
            }
            it.replies = [heard[how], *it.replies]

        down(False)
        yield Place({"webhook": {"url": it.url + "/hook"}}, down, lambda: len(taken), breaks)


@contextmanager
def email(people: Looked, author: User, settings: Any) -> Iterator[Place]:
    with mailbox.running() as it:
        mailbox.use(settings, it)

        def down(is_down: bool) -> None:
            settings.EMAIL_PORT = 1 if is_down else it.port

        def breaks(how: str) -> None:
            settings.EMAIL_TIMEOUT = SLOW / 3
            told = {
                "500": "451 a problem of ours",
                "429": "450 too much",
                "slow": f"250 late {SLOW}",
                "lose": "250 lost",
            }
            it.says["END"] = [told[how]]

        yield Place({"email": {"to": author.email}}, down, lambda: len(it.letters), breaks)


def plan(faults: Any, how: str, on: str) -> None:
    """More often than the short retries of one call."""
    if how in ("500", "429"):
        faults.plan("refuse", on, times=4, status=int(how))
    else:
        faults.plan(how, on, times=1, seconds=SLOW)


def cut(faults: Any, is_down: bool) -> None:
    faults.plan("drop", times=ALWAYS) if is_down else faults.clear()


WAYS: dict[str, Callable[[Looked, User, Any], AbstractContextManager[Place]]] = {
    "intercom_tag": intercom,
    "hubspot_list": hubspot,
    "salesforce_field": salesforce,
    "segment_track": segment,
    "slack": slack,
    "webhook": webhook,
    "email": email,
}

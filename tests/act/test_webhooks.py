"""Webhooks through the queue: tried for days as Standard Webhooks suggests, then the address is off and owners know."""

import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from typing import Any

import pytest
from standardwebhooks import Webhook

from accoil.act import claims, queue
from accoil.act.deliveries import work
from accoil.act.models import Delivery
from accoil.connect import breaker
from accoil.connect.models import Connection, State
from accoil.connect.now import Driven, driven, moment
from accoil.connect.webhook.endpoints import enable
from accoil.connect.webhook.tool import RETRIES
from accoil.team.models import Member, User
from tests.act.conftest import queued
from tests.connect.scripted import Reply, Scripted, serving
from tests.mailbox import Mailbox, use
from tests.mailbox import running as mailing
from tests.segment.worlds import Looked

DAYS = 86_400


@pytest.fixture
def receiver(settings: Any) -> Iterator[Scripted]:
    settings.WEBHOOK_NETWORKS = [ip_network("127.0.0.2/32")]
    with serving("127.0.0.2") as scripted:
        yield scripted


@pytest.fixture
def box(people: Looked, settings: Any) -> Iterator[Mailbox]:
    """Of olga, who owns the team, and bob, who is a member of it."""
    for name, role in (("olga", "owner"), ("bob", "member")):
        user = User.objects.create_user(f"{name}-{people.product.pk}@example.com", "a long walk home", name.title())
        Member.objects.create(team=people.product.team, user=user, role=role)
    with mailing() as it:
        use(settings, it)
        yield it


def put(people: Looked, receiver: Scripted, key: str = "w1", path: str = "/hook") -> Delivery:
    return queued(people.product, "webhook", "account", 1, {"url": receiver.url + path}, key=key)


def work_all() -> None:
    for connection in claims.due_lanes():
        work(connection, threading.Event())


def until_tried(clock: Driven, delay: float) -> None:
    """A moment before the delay is over nothing is tried; then it is."""
    clock.advance(delay - 1)
    work_all()
    clock.advance(1.5)
    work_all()


def test_the_delays_are_those_that_standard_webhooks_suggests() -> None:
    hours = [0, 0, 0, 2, 5, 10, 14, 20, 24]
    assert RETRIES[:3] == (5, 300, 1800) and [each // 3600 for each in RETRIES] == hours
    assert sum(RETRIES) > 3 * DAYS  # a weekend is survived


def test_it_is_tried_ten_times_then_the_address_is_off_and_owners_are_told_once(
    people: Looked, receiver: Scripted, box: Mailbox
) -> None:
    receiver.replies = [Reply(400, b"no")]
    with driven(time.time() + 1) as clock:
        made = put(people, receiver)
        work_all()
        for n, delay in enumerate(RETRIES, start=1):
            made.refresh_from_db()
            assert (len(receiver.asked), made.state, made.attempts) == (n, "waiting", n)
            until_tried(clock, delay)
        work_all()
    made.refresh_from_db()
    assert (len(receiver.asked), made.state) == (10, "failed") and made.answer.startswith("Given up after 10 attempts:")
    address = Connection.objects.get(tool="webhook")
    assert address.state == State.NEEDS_RECONNECT
    assert address.problem == (
        "It took nothing for 3 days, so nothing more is sent to it. The last answer: The receiver answered 400: no."
    )
    assert [each.headers["webhook-id"] for each in receiver.asked] == ["w1"] * 10
    assert box.to == [f"olga-{people.product.pk}@example.com"]
    assert box.letters[0]["Subject"] == "Webhooks to 127.0.0.2 are switched off"
    assert "You get this as an owner or manager of" in box.bodies()[0][0]


def test_one_with_much_traffic_that_is_down_is_off_after_three_days_and_nothing_was_late_before(
    people: Looked, receiver: Scripted, box: Mailbox
) -> None:
    receiver.replies = [Reply(503, b"down")]
    address = Connection.objects.filter(tool="webhook")
    with driven(time.time() + 1) as clock:
        for n in range(15):
            put(people, receiver, f"w{n}")
        work_all()
        assert address.get().failures == breaker.OPENS_AT
        clock.advance(sum(RETRIES) - 60)
        claims.give_up_late()
        assert not Delivery.objects.exclude(state="waiting") and address.get().state == State.CONNECTED
        Delivery.objects.filter(attempts=1).update(next_at=moment() + timedelta(hours=1))
        clock.advance(90)
        work_all()
        work_all()  # what is told about it
        assert address.get().state == State.NEEDS_RECONNECT and "It took nothing for 3 days" in address.get().problem
        assert claims.give_up_late() == 4, "those that were never tried in all that time"
    assert len(box.to) == 1


def test_an_address_that_fails_now_and_then_stays_on(people: Looked, receiver: Scripted) -> None:
    with driven(time.time() + 1) as clock:
        for n, day in enumerate((0, 1, 4)):
            clock.advance(day * DAYS)
            receiver.replies = [Reply(503)]
            put(people, receiver, f"w{n}")
            work_all()
            receiver.replies = [Reply(204, b"")]
            clock.advance(RETRIES[0] + 1)
            work_all()
    address = Connection.objects.get(tool="webhook")
    assert (address.state, address.failing_since) == (State.CONNECTED, None)


def test_an_address_that_takes_others_stays_on_when_one_is_given_up(people: Looked, receiver: Scripted) -> None:
    receiver.replies = [Reply(400)]
    with driven(time.time() + 1) as clock:
        made = put(people, receiver)
        work_all()
        Delivery.objects.update(attempts=9)
        receiver.replies = [Reply(204, b"")]
        put(people, receiver, "w2")
        work_all()
        receiver.replies = [Reply(400)]
        clock.advance(RETRIES[-1] + 1)
        work_all()
    made.refresh_from_db()
    assert made.state == "failed" and Connection.objects.get(tool="webhook").state == State.CONNECTED


def test_gone_switches_it_off_at_once_and_what_waits_is_sent_when_it_is_on_again(
    people: Looked, receiver: Scripted, box: Mailbox
) -> None:
    receiver.replies = [Reply(410)]
    with driven(time.time() + 1) as clock:
        made = put(people, receiver)
        work_all()
        work_all()
        address = Connection.objects.get(tool="webhook")
        assert address.state == State.NEEDS_RECONNECT and len(receiver.asked) == 1 and len(box.to) == 1
        receiver.replies = [Reply(204, b"")]
        enable(address)
        clock.advance(5)
        work_all()
    made.refresh_from_db()
    assert made.state == "done" and len(receiver.asked) == 2


def test_a_receiver_that_says_how_long_is_kept_to_and_never_asked_earlier(people: Looked, receiver: Scripted) -> None:
    receiver.replies = [Reply(503, b"", {"Retry-After": "60"}), Reply(204, b"")]
    with driven(time.time() + 1) as clock:
        put(people, receiver)
        work_all()
        clock.advance(RETRIES[0] + 1)
        work_all()
        assert len(receiver.asked) == 1
        clock.advance(60)
        work_all()
    assert len(receiver.asked) == 2 and Delivery.objects.get().state == "done"


def test_what_arrived_can_be_sent_again_under_the_same_id(people: Looked, receiver: Scripted) -> None:
    receiver.replies = [Reply(204, b"")]
    with driven(time.time() + 1):
        made = put(people, receiver)
        work_all()
        assert queue.retry_all(Delivery.objects.all()) == 0
        assert queue.retry_all(Delivery.objects.all(), done=True) == 1
        with driven(time.time() + 60):
            work_all()
    first, second = receiver.asked
    assert first.headers["webhook-id"] == second.headers["webhook-id"] == "w1" and first.body == second.body
    key = Connection.objects.get(pk=made.connection_id).secrets["secret"]
    assert Webhook(key).sign("w1", _at(second), second.body.decode()) == second.headers["webhook-signature"]


def _at(asked: Any) -> datetime:
    return datetime.fromtimestamp(int(asked.headers["webhook-timestamp"]), UTC)

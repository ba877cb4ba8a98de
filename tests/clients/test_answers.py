"""What clients do with every answer that this server really gives: none sends again what is refused for good, none
gives up what may be taken later. The way in between only counts, and spoils bodies as no client would."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from threading import Lock

import pytest
from django.utils import timezone

from accoil.asgi import Server
from accoil.receive import bodies, journal
from accoil.team.models import IngestKey
from tests.clients.published import (
    JUNE_NODE,
    ON_NODE,
    PYTHON,
    RUDDER_NODE,
    SEGMENT_NODE,
    SEGMENT_NODE_1,
    SEGMENT_NODE_2,
    SEGMENT_PYTHON,
    Published,
    Told,
    tell,
)
from tests.clients.way import Way, way
from tests.door import Door
from tests.traffic import expected, traffic
from tests.waiting import until

ITEMS = traffic(7, 12)
TRIES = 2  # how often each may try again
INSIST = {SEGMENT_NODE_1, SEGMENT_NODE_2, JUNE_NODE}  # to these nothing but 400 is a last word, until their tries end
PATIENT = {SEGMENT_PYTHON, SEGMENT_NODE, RUDDER_NODE}  # these read Retry-After


@dataclass
class Sender:
    """A client at work, and its way to a product of its own."""

    client: Published
    door: Door
    way: Way
    told: Future[Told]

    @property
    def given_up(self) -> int:
        return sum(each["calls"] for each in self.told.result().given_up)


Send = Callable[..., list[Sender]]


@pytest.fixture(params=[PYTHON, ON_NODE], ids=["Python", "Node"])
def send(request: pytest.FixtureRequest, server: Server, new_product: Callable[[], Door]) -> Iterator[Send]:
    """Starts all clients of a language at once, since they mostly wait. Each has one batch to send."""
    clients: tuple[Published, ...] = request.param
    if missing := [f"{client}: {client.missing}" for client in clients if client.missing]:
        pytest.skip("; ".join(missing))
    with ExitStack() as stack, ThreadPoolExecutor(len(clients)) as together:

        def start(
            spoil: Callable[[Door, bytes, dict[str, str]], bytes] | None = None,
            key: Callable[[Door], str] = lambda door: door.key,
            only: set[Published] | None = None,
            **options: object,
        ) -> list[Sender]:
            senders = []
            for client in [client for client in clients if only is None or client in only]:
                door = new_product()
                own = stack.enter_context(way(door.address))
                own.spoil = partial(spoil, door) if spoil else None
                given = {"batch": len(ITEMS), "tries": TRIES, **options}
                told = together.submit(tell, client, own.address, key(door), ITEMS, **given)
                senders.append(Sender(client, door, own, told))
            return senders

        yield start


def requests_of(sender: Sender) -> set[int]:
    """How often each of its batches was sent; some clients send the first call alone."""
    return set(Counter(passed.ids() for passed in sender.way.passed).values())


def check_refused(senders: list[Sender], status: int, code: str, insist: Collection[Published] = ()) -> None:
    """Each took the first answer for the last word, but those who insist; and its program was told."""
    for sender in senders:
        assert sender.given_up == len(ITEMS), sender.client
        assert set(sender.way.statuses) == {status}, sender.client
        assert {passed.answer.code for passed in sender.way.passed} == {code}, sender.client
        assert requests_of(sender) == {1 + TRIES if sender.client in insist else 1}, sender.client
        assert not sender.door.counts()


def check_counted(server: Server, senders: list[Sender]) -> None:
    for sender in senders:
        assert sender.given_up == 0, sender.client
    assert server.wait_counted()
    for sender in senders:
        assert sender.door.counts() == expected(ITEMS), sender.client


def test_200_is_done(server: Server, send: Send) -> None:
    senders = send()
    check_counted(server, senders)
    assert all(requests_of(sender) == {1} for sender in senders)


def test_400_for_what_is_no_json_is_the_last_word(send: Send) -> None:
    def cut_short(_: Door, body: bytes, headers: dict[str, str]) -> bytes:
        headers.pop("content-encoding", None)
        return b'{"batch": [{'

    check_refused(send(spoil=cut_short), 400, "invalid_json")


def test_401_for_an_unknown_key_is_the_last_word_for_most(send: Send) -> None:
    check_refused(send(key=lambda door: "f" * 32), 401, "invalid_write_key", INSIST)


def test_403_for_a_key_that_is_switched_off_is_the_last_word_for_most(server: Server, send: Send) -> None:
    def switched_off(door: Door) -> str:
        IngestKey.objects.filter(key=door.key).update(disabled_at=timezone.now())
        server.parts.ring.refresh()
        return door.key

    check_refused(send(key=switched_off), 403, "key_disabled", INSIST)


def test_413_for_too_large_a_body_is_the_last_word_for_most(send: Send) -> None:
    def padded(_: Door, body: bytes, headers: dict[str, str]) -> bytes:
        return body + b" " * bodies.LARGEST_BODY

    check_refused(send(spoil=padded), 413, "payload_too_large", INSIST)


def test_429_is_tried_again_until_the_key_may_send(server: Server, send: Send) -> None:
    spent: set[str] = set()
    spending = Lock()  # a client may send two at once

    def limited(door: Door) -> str:
        IngestKey.objects.filter(key=door.key).update(calls_a_second=1)
        server.parts.ring.refresh()
        return door.key

    def spend(door: Door, body: bytes, headers: dict[str, str]) -> bytes:
        """Just before the first request of each passes, somebody else uses up what its key may send."""
        with spending:
            if door.key not in spent:
                spent.add(door.key)
                assert door.post("/v1/batch", {"batch": [{"type": "identify", "userId": "ann"}] * 4}).status == 200
        return body

    senders = send(key=limited, spoil=spend, tries=10)
    check_counted(server, senders)
    assert all(sender.way.statuses[0] == 429 for sender in senders)
    check_waits(senders, 429)


def test_503_is_tried_again_until_there_is_room(server: Server, send: Send, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as full:
        full.setattr(journal, "MOST_CALLS_WAITING", -1)
        senders = send(tries=10)
        until(lambda: all(503 in sender.way.statuses for sender in senders))
    check_counted(server, senders)
    check_waits(senders, 503)


def check_waits(senders: list[Sender], status: int) -> None:
    """Each refusal said how long to wait, and who reads that waited so long with what was refused first. (Segment's for
    Node forgets to wait as soon as any other batch was taken.)"""
    for sender in senders:
        passed = sender.way.passed
        refused = [number for number, each in enumerate(passed) if each.answer.status == status]
        assert all(int(passed[number].answer.headers["retry-after"]) >= 1 for number in refused)
        first = passed[refused[0]]
        again = next(later for later in passed[refused[0] + 1 :] if later.ids() == first.ids())
        wait = int(first.answer.headers["retry-after"])
        assert sender.client not in PATIENT or again.at - first.at >= wait, sender.client

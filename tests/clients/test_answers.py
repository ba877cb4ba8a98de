"""What clients do with every answer that this server really gives: none sends again what is refused for good, none
gives up what may be taken later. The way in between only counts, and spoils bodies as no client would."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass

import pytest
from django.utils import timezone

from accoil.asgi import Server
from accoil.receive import bodies, journal
from accoil.team.models import IngestKey
from tests.clients.published import (
    JUNE_NODE,
    ON_NODE,
    PYTHON,
    SEGMENT_NODE_1,
    SEGMENT_NODE_2,
    Published,
    Told,
    tell,
)  # fmt: skip
from tests.clients.way import Spoil, Way, way
from tests.door import PATIENCE, Door
from tests.traffic import expected, traffic

ITEMS = traffic(7, 12)
TRIES = 2  # how often each may try again
INSIST = {SEGMENT_NODE_1, SEGMENT_NODE_2, JUNE_NODE}  # to these nothing but 400 is a last word, until their tries end


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
            spoil: Spoil | None = None,
            key: Callable[[Door], str] = lambda door: door.key,
            only: set[Published] | None = None,
            **options: object,
        ) -> list[Sender]:
            senders = []
            for client in [client for client in clients if only is None or client in only]:
                door = new_product()
                own = stack.enter_context(way(door.address))
                own.spoil = spoil
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


def until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_200_is_done(server: Server, send: Send) -> None:
    senders = send()
    check_counted(server, senders)
    assert all(requests_of(sender) == {1} for sender in senders)


def test_400_for_what_is_no_json_is_the_last_word(send: Send) -> None:
    def cut_short(body: bytes, headers: dict[str, str]) -> bytes:
        headers.pop("content-encoding", None)
        return b'{"batch": [{'

    check_refused(send(spoil=cut_short), 400, "invalid_json")


def test_401_for_an_unknown_key_is_the_last_word_for_most(send: Send) -> None:
    check_refused(send(key=lambda door: "f" * 32), 401, "invalid_write_key", INSIST)


def test_403_for_a_key_that_is_switched_off_is_the_last_word_for_most(server: Server, send: Send) -> None:
    def switched_off(door: Door) -> str:
        IngestKey.objects.filter(key=door.key).update(disabled_at=timezone.now())
        server.ring.refresh()
        return door.key

    check_refused(send(key=switched_off), 403, "key_disabled", INSIST)


def test_413_for_too_large_a_body_is_the_last_word_for_most(send: Send) -> None:
    def padded(body: bytes, headers: dict[str, str]) -> bytes:
        return body + b" " * bodies.LARGEST_BODY

    check_refused(send(spoil=padded), 413, "payload_too_large", INSIST)


def test_503_is_tried_again_until_there_is_room(server: Server, send: Send, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as full:
        full.setattr(journal, "MOST_CALLS_WAITING", -1)
        senders = send(tries=10)
        until(lambda: all(503 in sender.way.statuses for sender in senders))
    check_counted(server, senders)
    refused = [passed.answer for sender in senders for passed in sender.way.passed if passed.answer.status == 503]
    assert all(answer.headers["retry-after"] == "1" for answer in refused)

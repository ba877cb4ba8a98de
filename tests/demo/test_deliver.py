"""The demo's messages go through the front door, whatever the door does at first."""

from __future__ import annotations

import socket
from base64 import b64encode
from collections.abc import Iterator

import pytest

from accoil.demo import messages, send
from accoil.refused import Refused
from tests.demo.looking import NOW, Message
from tests.recording import HANG_UP, Recording, recording

KEY = "0123456789abcdef0123456789abcdef"


@pytest.fixture
def door() -> Iterator[Recording]:
    with recording() as door:
        yield door


@pytest.fixture(scope="module")
def some() -> list[Message]:
    return list(messages(60, 14, NOW))


def test_everything_arrives_once_and_in_order(door: Recording, some: list[Message]) -> None:
    assert send(some, door.host, KEY) == len(some)
    assert door.taken == some
    assert [len(request["batch"]) for request in door.requests[:-1]] == [500] * (len(some) // 500)


def test_it_knocks_like_any_other_client(door: Recording, some: list[Message]) -> None:
    send(some[:3], door.host + "/behind/a/prefix/", KEY)
    (request,) = door.requests
    assert request["path"] == "/behind/a/prefix/v1/batch"
    assert request["headers"]["Authorization"] == "Basic " + b64encode(f"{KEY}:".encode()).decode()


def test_a_batch_that_was_not_answered_is_sent_again_with_the_same_ids(door: Recording, some: list[Message]) -> None:
    door.answers.extend([503, HANG_UP, 429, 200, 500])
    door.retry_after = "0"
    assert send(some[:1200], door.host, KEY) == 1200
    assert door.taken == some[:1200]
    batches = [[message["messageId"] for message in request["batch"]] for request in door.requests]
    assert batches[0] == batches[1] == batches[2] == batches[3] != batches[4] == batches[5]
    assert len(batches) == 3 + 4


def test_a_refusal_is_told_with_the_servers_words(door: Recording, some: list[Message]) -> None:
    door.answers.append(401)
    with pytest.raises(Refused, match=r"401.*said 401"):
        send(some, door.host, KEY)
    assert len(door.requests) == 1


def test_silence_is_told_after_a_while(monkeypatch: pytest.MonkeyPatch, some: list[Message]) -> None:
    monkeypatch.setattr("accoil.demo.deliver.PATIENCE", 0.3)
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))  # taken, but nobody listens
        with pytest.raises(Refused, match="did not take the demo's messages"):
            send(some, f"http://127.0.0.1:{nobody.getsockname()[1]}", KEY)


def test_an_address_that_is_none_is_refused(some: list[Message]) -> None:
    with pytest.raises(Refused, match="is no address"):
        send(some, "localhost:8000", KEY)

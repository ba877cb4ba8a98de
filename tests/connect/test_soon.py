"""What a page asks of a tool is answered soon, or not now."""

import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta

import pytest

from accoil.connect import soon as limits
from accoil.connect.connection import TryLater
from accoil.connect.given import given, turn
from accoil.connect.guard import Guarded
from accoil.connect.http import Client, Lane
from accoil.connect.models import Connection
from accoil.connect.now import moment
from accoil.connect.soon import soon
from accoil.team.models import Team
from tests.connect.scripted import Reply, Scripted

GIVEN = 0.4  # seconds
SLACK = 1.0  # seconds, on a busy machine


@pytest.fixture(autouse=True)
def shortly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "SECONDS", GIVEN)


@pytest.fixture
def over() -> Iterator[threading.Event]:
    """Set at the end: until then a tool may not answer."""
    it = threading.Event()
    yield it
    it.set()


def client(tool: Scripted, lane: Lane | None = None) -> Client:
    return Client(tool.url, {}, limits=lane or Lane())


def test_all_calls_together_take_no_longer_than_was_given(tool: Scripted, over: threading.Event) -> None:
    tool.replies = [Reply(), Reply(before=lambda: over.wait(20))]
    began = time.monotonic()
    with pytest.raises(TryLater, match="did not answer in time"), soon(1):
        for _ in range(5):
            client(tool).call("GET", "/x")
    assert time.monotonic() - began < GIVEN + SLACK


def test_a_call_that_works_is_as_ever(tool: Scripted) -> None:
    with soon(1):
        assert client(tool).call("GET", "/x").status == 200
    assert client(tool).call("GET", "/x").status == 200  # and the time of the block is not that of the next


def test_a_lane_without_room_says_so_at_once(tool: Scripted) -> None:
    lane = Lane()
    lane.heard(429, {"retry-after": "1"})
    began = time.monotonic()
    with pytest.raises(TryLater, match="too much in a short time"), soon(1):
        client(tool, lane).call("GET", "/x")
    assert time.monotonic() - began < GIVEN and not tool.asked


def test_a_connection_that_is_left_alone_is_not_asked(db: None) -> None:
    team = Team.objects.create(name="Acme")
    made = Connection(team=team, tool="intercom", waits_until=moment() + timedelta(seconds=60), problem="It is down.")
    with pytest.raises(TryLater, match=r"left alone for a while; its page says why"), soon(team.pk, made):
        raise AssertionError("it is not asked")


def test_of_a_team_one_asks_at_a_time_and_not_too_many_of_all() -> None:
    with ExitStack() as asking:
        asking.enter_context(soon(1))
        with pytest.raises(TryLater, match="somebody else of your team"):
            asking.enter_context(soon(1))
        asking.enter_context(soon(2))
        with pytest.raises(TryLater, match="Other teams"):
            asking.enter_context(soon(3))
    with soon(3), soon(1):
        pass  # their places are free again


def test_who_waits_for_a_turn_waits_no_longer_than_was_given() -> None:
    lock, taken, over = threading.Lock(), threading.Event(), threading.Event()

    def hold() -> None:
        with turn(lock):
            taken.set()
            over.wait(20)

    holder = threading.Thread(target=hold)
    holder.start()
    try:
        assert taken.wait(20)
        began = time.monotonic()
        with pytest.raises(TryLater, match="asked for somebody else"), given(GIVEN), turn(lock):
            pass
        assert time.monotonic() - began < GIVEN + SLACK
    finally:
        over.set()
        holder.join()
    with given(GIVEN), turn(lock):
        pass


def test_a_name_server_that_does_not_answer_is_not_waited_for(over: threading.Event) -> None:
    def hangs(host: str, port: int) -> list[str]:
        over.wait(20)
        return ["127.0.0.1"]

    began = time.monotonic()
    with pytest.raises(Exception, match="could not be looked up in time"), soon(1):
        Guarded(hangs).addresses("slow.test", 443)
    assert time.monotonic() - began < GIVEN + SLACK


def test_a_block_within_another_keeps_to_the_end_of_both(tool: Scripted, over: threading.Event) -> None:
    tool.replies = [Reply(before=lambda: over.wait(20))]
    began = time.monotonic()
    with given(GIVEN), pytest.raises(TryLater), given(30):
        client(tool).call("GET", "/x")
    assert time.monotonic() - began < GIVEN + SLACK

"""What may go wrong at any moment: nothing is left stale, nothing bad stops the rest, and reasons are told."""

from typing import Any

import pytest

from accoil.connect.connection import TryLater
from accoil.connect.http import Lane
from accoil.connect.models import Record, State
from accoil.connect.now import Driven, moment
from accoil.connect.segment import connecting
from accoil.connect.segment.speaking import LARGEST, LARGEST_CALL, Speaker
from tests.connect.scripted import Reply, Scripted
from tests.connect.segment.conftest import Synced, given
from tests.connect.stepped import killed

BATCH = "POST /v1/batch"


def scores(synced: Synced, names: list[str]) -> set[Any]:
    return {synced.stands(name).get("Score") for name in names}


@pytest.mark.parametrize(
    "fault",
    [("refuse", {"status": 500}), ("refuse", {"status": 503}), ("refuse", {"status": 429}), ("drop", {}), ("lose", {}),
     ("refuse after", {"status": 502})],
)  # fmt: skip
def test_whatever_goes_wrong_for_a_while_everything_comes_right(on: Synced, fault: tuple[Any, dict[str, Any]]) -> None:
    people = on.add_users(5)
    on.segment.faults.plan(fault[0], BATCH, times=7, **fault[1])
    for name in people:
        on.works(name, 13)
    on.settle()
    on.clock.advance(3600)
    on.settle()
    assert on.segment.faults.left() == 0
    assert scores(on, people) == {on.record("p000").confirmed["Accoil_Everyday_Score"]}
    assert not Record.objects.exclude(unsure=[]).exists() and not Record.objects.exclude(problem="").exists()


def test_an_answer_that_is_lost_is_asked_for_again_and_the_message_counts_once(on: Synced) -> None:
    on.segment.faults.plan("lose", BATCH, times=2)
    before = len(on.source.messages)
    on.works("bob", 13)
    on.settle()
    bob = [message for message in on.source.messages[before:] if message["userId"] == "bob" and "event" not in message]
    assert len({message["messageId"] for message in bob}) == len(bob) and on.source.repeated >= 2
    assert on.stands("bob")["AdoptionRate"] == 100


def test_after_a_kill_the_same_message_is_sent_again_and_counts_once(on: Synced) -> None:
    people = on.add_users(5)
    with killed():
        on.settle()
    taken = len(on.source.messages)
    assert Record.objects.exclude(unsure=[]).count() == 5
    on.restart()
    on.settle()
    assert not Record.objects.exclude(unsure=[]).exists()
    assert on.source.repeated == 5 and {m["userId"] for m in on.source.messages[taken:] if m["type"] == "identify"} <= {
        "ann", "bob", "carla"
    }  # fmt: skip
    assert len(scores(on, people)) == 1


def test_a_value_that_comes_back_is_not_taken_for_a_repetition(on: Synced) -> None:
    """Neither after another one was confirmed, nor after one whose answer was lost."""
    ann = Record.objects.filter(pk=on.record("ann").pk)
    for value, becomes in ((1, {"confirmed_at": moment()}), (2, {"attempts": 1}), (1, {})):
        on.session.write("user", "ann", {"Accoil_Everyday_Score": value})
        ann.update(**becomes)
    assert on.stands("ann")["Score"] == 1 and on.source.repeated == 0
    on.session.write("user", "ann", {"Accoil_Everyday_Score": 1})
    assert on.source.repeated == 1


@pytest.mark.parametrize("bad", ["p000", "p007", "p019"])
def test_of_a_call_only_the_bad_message_is_left_out(on: Synced, bad: str) -> None:
    people = on.add_users(20)
    on.source.refuses = bad
    on.settle()
    assert on.stands(bad) == {} and len(scores(on, [name for name in people if name != bad])) == 1
    assert "Segment refused it (status 400)." in on.record(bad).problem and "Malformed" in on.record(bad).problem
    on.source.refuses = ""
    on.clock.advance(7 * 3600)
    on.settle()
    assert len(scores(on, people)) == 1 and not on.record(bad).problem


def test_what_is_larger_than_segment_takes_is_not_sent(synced: Synced) -> None:
    large, fits = {"a": "x" * LARGEST}, {"a": "x" * (LARGEST - 2000)}
    told = synced.session.write_many("user", {"big": large, **{f"u{n}": fits for n in range(30)}})
    assert "takes 32,000 bytes" in str(told["big"]) and told["u7"] == fits
    assert set(synced.source.traits["identify"]) == {f"u{n}" for n in range(30)}
    assert 30 * LARGEST > LARGEST_CALL and len(synced.segment.heard) == 3  # one to connect


def test_a_key_that_was_taken_away_stops_it_until_another_one_is_there(on: Synced) -> None:
    on.source.revoked = True
    on.works("bob", 13)
    on.settle()
    lost = on.kept
    assert lost.state == State.NEEDS_RECONNECT and "no longer takes the write key" in lost.problem
    heard = len(on.segment.heard)
    on.settle()
    assert len(on.segment.heard) == heard
    on.segment.source = on.segment.add_source()
    assert lost.author
    assert connecting.by_key(lost.team, lost.author, given(on.source.key)).pk == lost.pk
    on.settle()
    assert on.stands("bob")["AdoptionRate"] == 100
    assert set(on.stands("ann")) == {
        "Score",
        "Segments",
        "AdoptionRate",
        "LifetimeAdoptionRate",
        "LastActive",
        "Frequency",
    }
    assert "AccountScore" in on.stands_at("acme")


def test_an_answer_that_comes_too_late_is_asked_for_again_and_counts_once(
    on: Synced, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("accoil.connect.http.TOTAL", 0.4)  # seconds
    on.segment.faults.plan("slow", BATCH, seconds=1.0)
    on.works("bob", 13)
    on.settle()
    on.clock.advance(60)
    on.settle()
    assert ("slow", BATCH) in on.segment.faults.happened and on.source.repeated >= 1
    assert on.stands("bob")["AdoptionRate"] == 100 and on.record("bob").unsure == []


@pytest.mark.parametrize("status", [200, 401, 403])
def test_a_page_of_somebody_else_takes_nothing_and_does_not_take_the_key_away(
    tool: Scripted, clock: Driven, status: int
) -> None:
    tool.replies = [Reply(status, b"\n<!doctype html><title>Denied by policy</title>")]
    with pytest.raises(TryLater):
        Speaker("key", tool.url, Lane(), guarded=False).call([b"{}"])

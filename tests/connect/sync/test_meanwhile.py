"""What one thread wrote down of a record or a connection is not undone by another that had read it before."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connections

from accoil.act import finding
from accoil.connect import breaker, sync
from accoil.connect.connection import SignInAgain
from accoil.connect.intercom.session import IntercomSession
from accoil.connect.models import Connection, Left, Record, State
from accoil.connect.settling import settle
from tests.connect.sync.conftest import Synced
from tests.small_worlds import at, identified, joins

SCORE = "Accoil_Everyday_Score"


def meanwhile(monkeypatch: pytest.MonkeyPatch, call: str, does: Callable[[], None]) -> None:
    """Before the first such call to Intercom is answered, another thread has done that."""
    asked, left = getattr(IntercomSession, call), [does]

    def slow(session: IntercomSession, *given: Any) -> Any:
        if left:
            left.pop()()
            connections.close_all()
        return asked(session, *given)

    monkeypatch.setattr(IntercomSession, call, slow)


def test_whose_record_it_is_leaves_what_was_confirmed_meanwhile(on: Synced) -> None:
    ann, bob = on.record("ann"), on.record("bob")
    Record.objects.filter(pk=bob.pk).update(remote_id=ann.remote_id, match=Record.Is.AMBIGUOUS)

    def weigh(ids: list[int]) -> dict[int, int]:
        Record.objects.filter(pk=ann.pk).update(confirmed={SCORE: 77}, attempts=3)
        return {ann.entity: 2, bob.entity: 1}

    settle(on.connection, on.looked.product, "user", weigh)
    assert (on.record("ann").confirmed, on.record("ann").attempts) == ({SCORE: 77}, 3)
    assert on.record("bob").confirmed == {} and SCORE in on.record("ann").unsure


def test_who_takes_a_record_over_says_what_should_stand_there_within_seconds(on: Synced) -> None:
    ann, bob = on.record("ann"), on.record("bob")
    Record.objects.filter(pk=bob.pk).update(remote_id=ann.remote_id)
    settle(on.connection, on.looked.product, "user", lambda ids: {bob.entity: 2, ann.entity: 1})
    on.settle()
    assert on.record("ann").match == Record.Is.AMBIGUOUS
    assert on.stands("ann@acme.example")["Score"] == on.record("bob").confirmed[SCORE] == 2


def test_an_answer_is_not_written_down_of_who_is_somebody_else_there_by_now(
    on: Synced, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann, other = on.record("ann"), on.workspace.contact("ann.two@acme.example", role="user")

    def matched_anew() -> None:
        Record.objects.filter(pk=ann.pk).update(remote_id=other.id, confirmed={}, unsure=[])

    meanwhile(monkeypatch, "write", matched_anew)
    on.works("ann", 15)
    on.looked.look()
    on.syncer.step()
    assert (on.record("ann").confirmed, on.record("ann").unsure) == ({}, [])


def test_who_was_found_again_is_not_lost_by_the_answer_that_the_first_is_gone(
    on: Synced, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann, other = on.record("ann"), on.workspace.contact("ann.two@acme.example", role="user")
    on.workspace.delete(on.workspace.contacts[ann.remote_id])
    meanwhile(monkeypatch, "write", lambda: Record.objects.filter(pk=ann.pk).update(remote_id=other.id) and None)
    on.works("ann", 15)
    on.looked.look()
    on.syncer.step()
    assert (on.record("ann").match, on.record("ann").remote_id) == (Record.Is.MATCHED, other.id)


def test_what_is_doubted_meanwhile_stays_doubted_when_drift_is_found(
    on: Synced, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann = on.record("ann")
    for contact in on.workspace.contacts.values():
        contact.custom_attributes[SCORE] = 3
    doubted = "Accoil_Everyday_Frequency"
    meanwhile(monkeypatch, "read", lambda: Record.objects.filter(pk=ann.pk).update(unsure=[doubted]) and None)
    on.clock.advance(24 * 3600)
    Connection.objects.filter(pk=on.connection.pk).update(full_every=10**9)
    on.syncer.step()
    assert on.record("ann").unsure == [doubted, SCORE]


def test_what_is_left_while_something_is_emptied_is_emptied_too(on: Synced, monkeypatch: pytest.MonkeyPatch) -> None:
    contact = on.workspace.contact("left@acme.example", role="user")
    contact.custom_attributes |= {SCORE: 5, "Accoil_Everyday_Frequency": 2}
    row = Left.objects.create(connection=on.connection, kind="user", remote_id=contact.id, names=[SCORE])
    both = [SCORE, "Accoil_Everyday_Frequency"]
    meanwhile(monkeypatch, "write", lambda: Left.objects.filter(pk=row.pk).update(names=both) and None)
    on.settle()
    assert set(on.stands("left@acme.example").values()) <= {None} and not Left.objects.exists()


def test_why_it_needs_reconnecting_is_not_forgotten_for_a_call_that_was_on_its_way(on: Synced) -> None:
    Connection.objects.filter(pk=on.connection.pk).update(failures=1)
    one, other = (on.kept for _ in range(2))
    breaker.lost(one, SignInAgain("The token was revoked."))
    breaker.answered(other)
    now = on.kept
    assert (now.state, now.problem) == (State.NEEDS_RECONNECT, "The token was revoked.")


def test_who_is_found_for_an_action_gets_the_attributes_within_seconds(on: Synced) -> None:
    on.looked.receive([joins("carla", "acme", at(30))])
    on.looked.receive([identified("carla", at(30), email="carla@acme.example")])
    on.settle()
    on.workspace.contact("carla@acme.example", role="user")
    carla = on.record("carla")
    assert carla.match == Record.Is.UNMATCHED
    finding.find(on.connection, sync.opened(on.connection), on.looked.product, "user", carla.entity)
    assert on.record("carla").match == Record.Is.MATCHED
    on.settle()
    assert on.stands("carla@acme.example")["Score"] == 0


def test_another_value_than_the_refused_one_is_sent_within_seconds(on: Synced) -> None:
    ann = on.record("ann")
    on.intercom.faults.plan("refuse", f"PUT /contacts/{ann.remote_id}", status=400, code="parameter_invalid")
    on.works("ann", 15)
    on.settle()
    tries = len(on.connection.ledger.filter(record=ann, what="failed"))
    assert tries == 1 and on.record("ann").refused[SCORE] == 56
    before = on.clock.now()
    on.works("ann", 16)
    on.settle()
    assert on.clock.now() - before < 10
    assert on.stands("ann@acme.example")["Score"] == 65
    assert (on.record("ann").problem, on.record("ann").refused) == ("", {})


def test_the_refused_value_itself_waits_for_the_full_pass(on: Synced) -> None:
    ann = on.record("ann")
    fault = on.intercom.faults.plan("refuse", f"PUT /contacts/{ann.remote_id}", times=9, status=400, code="invalid")
    on.works("ann", 15)
    on.settle()
    on.restart()  # everyone is looked at, as after any restart
    on.settle()
    on.works("bob", 15)
    on.settle()
    assert fault.times == 8

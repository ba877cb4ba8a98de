"""What may go wrong at any moment: nothing is left stale or written again without need, and reasons are told."""

from collections import Counter
from typing import Any

import pytest

from accoil.connect import breaker, sync
from accoil.connect.intercom.session import IntercomSession
from accoil.connect.models import Entry, Record, State
from accoil.connect.syncer import LOOKS_EVERY
from accoil.connect.writing import AT_A_TIME
from accoil.score.definition import Definition
from tests.connect.stepped import killed
from tests.connect.sync.conftest import Synced
from tests.small_worlds import at, identified


def path(synced: Synced, name: str) -> str:
    return f"PUT /contacts/{synced.record(name).remote_id}"


def test_an_answer_that_is_lost_leaves_nothing_stale(on: Synced) -> None:
    """The write was taken, nobody knows, and then it must be as it was before."""
    before = on.stands("bob@acme.example")
    on.works("bob", 13)
    on.intercom.faults.plan("lose", path(on, "bob"), times=4)  # also the short retries of one call
    on.looked.look()
    on.syncer.step()
    assert on.stands("bob@acme.example") != before
    bob = on.record("bob")
    assert bob.confirmed["Accoil_Everyday_Score"] == before["Score"] and "Accoil_Everyday_Score" in bob.unsure
    assert bob.problem
    on.intercom.faults.clear()
    without = {**on.profile.current.parsed.to_yaml_dict(), "events": {"Dashboard_Viewed": 1}}
    on.profile.save_definition(Definition.check(without), None)
    on.clock.advance(60)
    on.settle()
    assert on.stands("bob@acme.example")["AdoptionRate"] == 100
    assert on.record("bob").unsure == [] and on.record("bob").problem == ""


@pytest.mark.parametrize(("status", "code"), [(429, ""), (401, ""), (400, "parameter_invalid")])
def test_one_whose_answer_is_lost_stays_unsure_when_the_next_try_is_refused(on: Synced, status: int, code: str) -> None:
    before = on.stands("bob@acme.example")
    on.works("bob", 13)
    on.intercom.faults.plan("lose", path(on, "bob"))
    on.intercom.faults.plan("refuse", path(on, "bob"), status=status, code=code)
    on.looked.look()
    on.syncer.step()
    assert on.intercom.faults.left() == 0 and on.stands("bob@acme.example") != before
    assert "Accoil_Everyday_Score" in on.record("bob").unsure


def test_a_kill_costs_the_writes_that_were_not_noted_yet_again_and_no_other(on: Synced) -> None:
    people = add(on, 20)
    for name in people:
        on.works(name, 14)
    on.looked.look()
    with killed(1) as noted:
        on.syncer.step()
    on.syncer.close()  # calls on their way arrive, and nobody hears the answers
    on.restart()
    on.settle()
    times = Counter({each: on.workspace.per_record("contact")[each] for each in noted})
    assert set(times.values()) == {1}
    again = [times for times in on.workspace.per_record("contact").values() if times > 1]
    assert set(again) <= {2} and len(again) <= AT_A_TIME
    assert {on.stands(f"{name}@acme.example")["Score"] for name in people} == {19}
    assert not Record.objects.exclude(unsure=[]).exists()


def add(on: Synced, many: int) -> list[str]:
    """So many users who are in Intercom too."""
    names = [f"user{number}" for number in range(many)]
    for name in names:
        on.workspace.contact(f"{name}@acme.example", role="user")
    on.looked.receive([identified(name, at(2), email=f"{name}@acme.example") for name in names])
    return names


def test_a_revoked_token_stops_the_connection_until_somebody_connects_it_again(on: Synced) -> None:
    on.workspace.revoke()
    on.works("ann", 15)
    on.looked.look()
    on.syncer.step()
    connection = on.kept
    assert connection.state == State.NEEDS_RECONNECT and "connect again" in connection.problem
    calls = len(on.intercom.heard)
    on.syncer.step()
    assert len(on.intercom.heard) == calls
    connection.secrets = {**connection.secrets, "token": on.intercom.token()}
    connection.state, connection.problem = State.CONNECTED, ""
    connection.save()
    on.settle()
    assert on.stands("ann@acme.example")["Score"] == 56
    assert on.record("ann").problem == ""


def test_ten_failures_in_a_row_leave_the_connection_alone_for_a_while(on: Synced) -> None:
    people = add(on, 20)
    for name in people:
        on.works(name, 9)
    on.intercom.faults.plan("refuse", "PUT /contacts", times=10_000, status=500)
    on.looked.look()
    on.syncer.step()
    connection = on.kept
    assert breaker.is_open(connection) and connection.failures == breaker.OPENS_AT
    assert "problem of its own" in connection.problem
    calls = len(on.intercom.heard)
    on.syncer.step()
    assert len(on.intercom.heard) == calls
    on.clock.advance(61)
    on.syncer.step()
    assert len(on.intercom.heard) - calls <= 5  # one try, with its short retries
    assert breaker.is_open(on.kept)
    on.intercom.faults.clear()
    on.clock.advance(16 * 60)
    on.settle()
    assert on.kept.failures == 0
    assert {on.stands(f"{name}@acme.example")["Score"] for name in people} == {19}
    assert Entry.objects.filter(what=Entry.What.FAILED).exists()


def test_waiting_for_room_is_no_attempt(on: Synced) -> None:
    on.intercom.faults.plan("refuse", path(on, "ann"), times=3, status=429)
    on.works("ann", 15)
    on.settle()
    ann = on.record("ann")
    assert (ann.attempts, ann.problem, ann.unsure) == (0, "", [])
    assert not on.connection.ledger.filter(what=Entry.What.FAILED).exists()
    assert on.kept.failures == 0
    assert on.stands("ann@acme.example")["Score"] == 56


def test_a_refused_write_says_why_and_is_tried_again_when_asked(on: Synced) -> None:
    on.intercom.faults.plan("refuse", path(on, "ann"), times=1, status=400, code="parameter_invalid")
    on.works("ann", 15)
    on.settle()
    ann = on.record("ann")
    assert "refused it (status 400)" in ann.problem and ann.unsure == []
    (line,) = on.connection.ledger.filter(what=Entry.What.FAILED)
    assert line.status == 400 and line.reason == ann.problem
    assert on.stands("ann@acme.example")["Score"] == 46
    sync.retry(ann)
    on.settle()
    assert on.stands("ann@acme.example")["Score"] == 56 and on.record("ann").problem == ""


def test_a_value_that_is_kept_otherwise_is_noted(on: Synced, monkeypatch: pytest.MonkeyPatch) -> None:
    write = IntercomSession.write

    def kept(session: IntercomSession, kind: Any, remote_id: str, values: Any) -> Any:
        return {**write(session, kind, remote_id, values), "Accoil_Everyday_Score": 1}

    monkeypatch.setattr(IntercomSession, "write", kept)
    on.works("ann", 15)
    on.settle()
    ann = on.record("ann")
    assert ann.problem == "It was kept otherwise than sent: Accoil_Everyday_Score is 1 there, not 56."
    assert ann.confirmed["Accoil_Everyday_Score"] == 1


def test_a_refusal_while_people_are_looked_for_is_said_and_not_asked_for_every_few_seconds(on: Synced) -> None:
    on.intercom.faults.plan("refuse", "POST /contacts/search", times=10_000, status=400, code="parameter_invalid")
    sync.sync_now(on.connection)
    for _ in range(breaker.OPENS_AT - 1):
        waits = on.syncer.step()
        assert waits >= LOOKS_EVERY
        on.clock.advance(waits)
    on.syncer.step()
    connection = on.kept
    assert breaker.is_open(connection) and "refused it (status 400)" in connection.problem
    calls = len(on.intercom.heard)
    on.syncer.step()
    assert len(on.intercom.heard) == calls
    on.intercom.faults.clear()
    on.works("ann", 15)
    on.clock.advance(16 * 60)
    on.settle()
    assert (on.kept.failures, on.kept.problem) == (0, "") and on.stands("ann@acme.example")["Score"] == 56

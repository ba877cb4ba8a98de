"""Whatever goes wrong with Intercom, or with us in the middle of it: in the end every value there is right, nothing was
written again without need, and what failed said why."""

from __future__ import annotations

import time

import pytest

from accoil.connect.writing import AT_A_TIME
from tests.intercom.limits import WINDOW
from tests.journey.synced import FIRMS, PEOPLE, SCORE, Synced, email
from tests.waiting import until

pytestmark = pytest.mark.xdist_group("synced")
elsewhere = pytest.mark.xdist_group("synced too")  # together these tests would take longer than all others

ALL = PEOPLE + FIRMS


def test_errors_of_theirs_are_tried_again_and_told(on: Synced) -> None:
    unlucky = [on.workspace.find_contact(email(n)) for n in range(5)]
    for contact in unlucky:
        on.intercom.faults.plan("refuse", f"PUT /contacts/{contact.id}", times=3, status=500)
    on.intercom.faults.plan("refuse", "PUT", times=12, status=503)
    before, told = len(on.workspace.writes), len(on.reasons())
    on.work()
    on.converge()
    assert on.intercom.faults.left() == 0
    assert any("status 50" in reason for reason in on.reasons()[told:])
    assert not [write for write in on.writes(before) if not write.changed]
    on.rests()


@elsewhere
def test_a_burst_of_429_is_waited_for_and_is_no_failure(on: Synced) -> None:
    on.intercom.faults.plan("refuse", "PUT", times=AT_A_TIME + 2, status=429)
    before, told = len(on.workspace.writes), len(on.reasons())
    on.work()
    on.converge()
    assert on.intercom.faults.left() == 0
    assert on.reasons()[told:] == []
    assert not [write for write in on.writes(before) if not write.changed]
    on.rests()


@pytest.mark.soak
def test_no_more_than_half_of_a_narrow_window_is_used(on: Synced) -> None:
    on.intercom.limits.per_window = 120
    window = time.time() // WINDOW
    try:
        until(lambda: time.time() // WINDOW > window, said=lambda: "time stands still")  # in this one, more were used
        on.arrange("sync_now")  # the first answer tells the new limit
        before, refused, on.intercom.limits.peak = len(on.workspace.writes), on.intercom.limits.refused, 0
        on.work()
        on.converge()
        assert len(on.writes(before)) >= ALL
        assert on.intercom.limits.refused == refused
        assert on.intercom.limits.peak <= 60 + AT_A_TIME + 2, "what was on its way before the first answer told"
    finally:
        on.intercom.limits.per_window = 1666


def test_answers_that_are_lost_cost_one_write_more_each_and_no_value(on: Synced) -> None:
    on.intercom.faults.plan("lose", "PUT", times=6)
    on.intercom.faults.plan("drop", "PUT", times=6)
    on.intercom.faults.plan("refuse after", "PUT", times=6, status=502)
    before = len(on.workspace.writes)
    on.work()
    on.converge()
    again = [write for write in on.writes(before) if not write.changed]
    assert 1 <= len(again) <= 12, "those that were kept, and whose answer never came"
    on.rests()


@elsewhere
def test_an_answer_that_does_not_come_in_time_is_not_waited_for(on: Synced) -> None:
    slow = [on.workspace.find_contact(email(n)) for n in range(2)]
    for contact in slow:
        on.intercom.faults.plan("slow", f"PUT /contacts/{contact.id}", seconds=25.0)
    before, told = len(on.workspace.writes), len(on.reasons())
    on.work()
    on.converge()
    assert [reason for reason in on.reasons()[told:] if "did not answer in time" in reason]
    again = [write.id for write in on.writes(before) if not write.changed]
    assert set(again) <= {contact.id for contact in slow} and len(again) <= 2
    on.rests()


def test_a_revoked_token_stops_everything_until_somebody_connects_again(on: Synced) -> None:
    on.workspace.revoke()
    before = len(on.workspace.writes)
    on.work()
    until(lambda: on.state()[0] == "needs_reconnect", said=lambda: f"{on.state()}")
    assert "connect again" in on.state()[1]
    assert on.writes(before) == []
    on.connect()
    on.converge()
    assert on.state() == ("connected", "")
    assert not [write for write in on.writes(before) if not write.changed]
    on.rests()


def test_a_merged_contact_is_followed_and_a_deleted_one_is_told_of(on: Synced) -> None:
    old, deleted = on.workspace.find_contact(email(1)), on.workspace.find_contact(email(2))
    with on.intercom.lock:
        new = on.workspace.contact("", role="user")
        on.workspace.merge(old, new)
        on.workspace.set_email(new, email(1))
        on.workspace.delete(deleted)
    on.work()
    until(lambda: SCORE in new.custom_attributes, said=lambda: "the merged one is not followed")
    on.converge()
    assert any("merged" in reason for reason in on.reasons("moved"))
    lost = "select match, reason, problem from connect_record where kind = 'user' and remote_id = ''"
    until(lambda: len(on.asked(lost)) == 1, said=lambda: f"{on.asked(lost)}")
    ((match, reason, _),) = on.asked(lost)
    assert match == "unmatched" and reason
    with on.intercom.lock:
        back = on.workspace.contact(email(2), role="user")
    on.arrange("sync_now")
    until(lambda: SCORE in back.custom_attributes, said=lambda: "the new one is not found")
    on.converge()
    on.rests()


def test_a_write_that_is_refused_says_why_and_is_sent_when_that_is_mended(on: Synced) -> None:
    attribute = on.workspace.named("contact", SCORE)
    assert attribute
    with on.intercom.lock:
        attribute.archived = True  # by somebody there
    told = len(on.reasons())
    on.work(range(3))
    until(lambda: len(on.reasons()) >= told + 3 or not attribute.archived, said=lambda: f"{on.reasons()}")
    on.arrange("sync_now")
    on.converge()
    assert not attribute.archived
    on.rests()


@pytest.mark.soak
def test_an_outage_is_waited_for_and_ends_by_itself(on: Synced) -> None:
    on.intercom.faults.plan("refuse", "PUT", times=100_000, status=503)
    before, called = len(on.workspace.writes), len(on.intercom.calls("PUT"))
    on.work()
    waits = "select count(*) from connect_connection where waits_until is not null"
    until(lambda: on.asked(waits) == [(1,)], said=lambda: f"{on.state()}")
    assert "status 503" in on.state()[1]
    tried = len(on.intercom.calls("PUT")) - called
    assert tried < 3 * (10 + AT_A_TIME) + AT_A_TIME, "nobody hammers on a door that is shut"
    on.intercom.faults.clear()
    on.converge()
    assert on.state() == ("connected", "")
    assert not [write for write in on.writes(before) if not write.changed]
    on.rests()


@pytest.mark.parametrize("kills", [2, pytest.param(12, marks=pytest.mark.soak)])
def test_killed_in_mid_sync_it_goes_on_where_it_was(on: Synced, kills: int) -> None:
    before = len(on.workspace.writes)
    on.intercom.faults.plan("slow", "PUT", times=10_000, seconds=0.1)
    for n in range(kills):
        start = len(on.workspace.writes)
        on.work()
        some = 15 + 40 * (n % 3)
        until(lambda start=start, some=some: len(on.writes(start)) >= some, said=lambda: f"{on.state()}")  # type: ignore[misc]
        on.server.kill()
        assert len(on.writes(start)) < ALL, "in the middle of it"
        on.server.start()
    on.intercom.faults.clear()
    on.converge()
    again = [write for write in on.writes(before) if not write.changed]
    assert len(again) <= kills * AT_A_TIME, "only what was on its way when it died"
    on.rests()


def test_switched_off_everything_is_archived_and_nothing_is_written_any_more(on: Synced) -> None:
    on.arrange("switch", "off")
    attributes = list(on.workspace.attributes.values())
    until(
        lambda: all(one.archived for one in attributes),
        said=lambda: f"{[one.name for one in attributes if not one.archived]}",
    )
    before = len(on.workspace.writes)
    on.work()
    on.arrange("switch", "all")
    until(lambda: not any(one.archived for one in attributes), said=lambda: "still archived")
    on.converge()
    assert len(on.writes(before)) >= ALL
    on.rests()

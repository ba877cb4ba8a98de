"""From an event to the attribute and to the tag in Intercom: in seconds, and once, also when something goes wrong."""

from __future__ import annotations

import time

import pytest

from accoil.act.deliveries import WORKERS
from tests.journey.synced import RISES, SCORE, Synced, email
from tests.waiting import until

pytestmark = pytest.mark.xdist_group("synced too")


def test_from_an_event_to_the_attribute_and_the_tag_in_ten_seconds(on: Synced) -> None:
    contact = on.workspace.find_contact(email(20))
    company = on.workspace.companies[contact.companies[0]]
    score, before, began = contact.custom_attributes[SCORE], len(on.workspace.writes), time.monotonic()
    on.work([20], RISES)
    until(lambda: contact.custom_attributes[SCORE] > max(60, score), said=lambda: "the score is the old one", within=10)
    until(lambda: on.tagged(20) == ["star"], said=lambda: f"no tag: {on.deliveries()}", within=10)
    until(lambda: on.workspace.tagged(company) == ["star-firm"], said=lambda: "no tag on the company", within=10)
    assert time.monotonic() - began < 10
    on.converge()
    assert {write.id for write in on.writes(before)} <= {contact.id, company.id}, "nobody else"
    assert on.workspace.per_record("tagged") == {contact.id: 1, company.id: 1}
    on.rests()


def test_a_tag_whose_answer_is_lost_is_put_again_and_is_there_once(on: Synced) -> None:
    contact = on.workspace.find_contact(email(21))
    on.intercom.faults.plan("lose", f"POST /contacts/{contact.id}/tags")
    on.intercom.faults.plan("refuse", "POST /tags", times=2, status=503)
    on.work([21], RISES)
    until(lambda: on.tagged(21) == ["star"] and {state for state, _ in on.deliveries()} == {"done"},
            said=lambda: f"{on.deliveries()}")  # fmt: skip
    assert [write.changed for write in on.workspace.written("tagged", contact.id)] == [True, False]
    assert on.intercom.faults.left() == 0


@pytest.mark.soak
def test_killed_while_tags_are_put_everybody_has_his_tag_once(on: Synced) -> None:
    on.intercom.faults.plan("slow", "POST", times=10_000, seconds=0.2)
    some = range(30, 60)
    on.work(some, RISES)
    until(lambda: sum(on.tagged(n) == ["star"] for n in some) >= 5, said=lambda: f"{on.deliveries()}")
    on.server.kill()
    assert sum(on.tagged(n) == ["star"] for n in some) < len(some), "in the middle of it"
    on.server.start()
    on.intercom.faults.clear()
    until(lambda: all(on.tagged(n) == ["star"] for n in some) and {state for state, _ in on.deliveries()} == {"done"},
            said=lambda: f"{on.deliveries()}", within=200)  # fmt: skip  # what was on its way waits for its lease
    ids = {on.workspace.find_contact(email(n)).id for n in some}
    again = [write for write in on.workspace.written("tagged") if write.id in ids and not write.changed]
    assert len(again) <= WORKERS, "only what was on its way when it died"

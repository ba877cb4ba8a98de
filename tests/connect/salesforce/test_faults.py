"""What may go wrong at any moment: nothing is left stale, nothing bad stops the rest, and reasons are told."""

from typing import Any

import pytest
from django.db.transaction import atomic

from accoil.connect.leaving import leave
from accoil.connect.models import Mode, Record, State
from accoil.connect.salesforce import checks
from accoil.connect.salesforce.speaking import LOOKS_AGAIN
from tests.connect.salesforce.conftest import Synced, join
from tests.connect.stepped import killed

BATCH = "PATCH /services/data/v66.0/composite/sobjects"


def scores(synced: Synced, names: list[str]) -> set[Any]:
    return {synced.stands(f"{name}@acme.example").get("Score") for name in names}


@pytest.mark.parametrize(
    ("how", "more"),
    [("refuse", {"status": 500}), ("refuse", {"status": 503}), ("refuse", {"status": 429}), ("refuse", {"status": 403}),
     ("drop", {}), ("lose", {}), ("refuse after", {"status": 502})],
)  # fmt: skip
def test_whatever_goes_wrong_for_a_while_everything_comes_right(on: Synced, how: Any, more: dict[str, Any]) -> None:
    people = on.add(5)
    on.settle()
    on.salesforce.faults.plan(how, BATCH, times=4, **more)
    for name in people:
        on.works(name, 13)
    on.settle()
    for _ in range(4):
        on.clock.advance(2 * 3600)
        on.settle()
    assert on.salesforce.faults.left() == 0
    assert on.kept.state == State.CONNECTED
    assert scores(on, people) == {float(on.record("p000").confirmed["Accoil_Everyday_Score"])}
    assert not Record.objects.exclude(unsure=[]).exists() and not Record.objects.exclude(problem="").exists()


def test_after_a_kill_what_was_on_its_way_is_sent_again(on: Synced) -> None:
    people = on.add(5)
    with killed():
        on.settle()
    assert Record.objects.exclude(unsure=[]).count() == 5
    on.restart()
    on.settle()
    assert len(scores(on, people)) == 1 and not Record.objects.exclude(unsure=[]).exists()


def test_of_a_call_only_the_bad_record_is_left_out_and_says_why(on: Synced) -> None:
    people = on.add(20)
    on.settle()
    on.org.refuses = {on.record("p007").remote_id}
    for name in people:
        on.works(name, 13)
    on.settle()
    assert len(scores(on, [name for name in people if name != "p007"])) == 1
    assert on.record("p007").problem == "Salesforce refused it. It said: A rule of ours says no (Email)"
    on.org.refuses = set()
    on.clock.advance(7 * 3600)
    on.settle()
    assert len(scores(on, people)) == 1 and not on.record("p007").problem


@pytest.mark.parametrize(("times", "at_once"), [(1, True), (3, False)])
def test_a_record_that_somebody_else_is_changing_is_tried_again(on: Synced, times: int, at_once: bool) -> None:
    on.org.locked = {on.record("bob").remote_id: times}
    on.works("bob", 13)
    on.settle()
    on.clock.advance(60)
    on.settle()
    assert on.stands("bob@acme.example")["AdoptionRate"] == 100
    assert [what for what, _ in on.ledger("bob")].count("failed") == (0 if at_once else 1)


def test_at_four_fifths_of_a_days_calls_it_stops_and_looks_again_later(on: Synced) -> None:
    on.salesforce.used = 79_990
    people = on.add(5)
    on.settle()  # finds and writes some, and hears of it
    on.salesforce.used = 80_000
    for name in people:
        on.works(name, 13)
    steps = on.salesforce.used
    for _ in range(20):
        on.clock.advance(max(0.1, min(5.0, on.syncer.step())))
    assert on.salesforce.used - steps <= 2
    told = checks.checks(on.kept)
    assert "80 %" in str(told[0].answers + told[-1].answers) or "left to others" in str(told[0].answers)
    on.salesforce.used = 10
    on.clock.advance(LOOKS_AGAIN + 1)
    on.settle()
    assert len(scores(on, people)) == 1
    assert on.kept.failures == 0


def test_an_access_that_has_ended_is_renewed_once_and_nobody_notices(on: Synced) -> None:
    on.salesforce.tokens.clear()
    on.works("bob", 13)
    before = len(on.salesforce.calls("POST /services/oauth2/token"))
    on.settle()
    assert on.stands("bob@acme.example")["AdoptionRate"] == 100
    assert len(on.salesforce.calls("POST /services/oauth2/token")) == before + 1
    assert not Record.objects.exclude(problem="").exists()


def test_an_app_that_gives_another_refresh_token_each_time_is_followed(on: Synced) -> None:
    on.salesforce.rotates = True
    for hour in (13, 14):
        on.salesforce.tokens.clear()
        on.works("bob", hour)
        on.settle()
    assert on.connection.pk and on.kept.state == State.CONNECTED
    assert on.kept.secrets["refresh_token"] in on.salesforce.refreshes


def test_a_sign_in_that_was_revoked_stops_it_until_it_is_connected_again(on: Synced) -> None:
    on.salesforce.tokens.clear()
    on.salesforce.refreshes.clear()
    on.works("bob", 13)
    on.settle()
    lost = on.kept
    assert lost.state == State.NEEDS_RECONNECT and "no longer accepts the sign-in" in lost.problem
    heard = len(on.salesforce.heard)
    on.settle()
    assert len(on.salesforce.heard) == heard
    assert lost.author
    assert join(lost.team, lost.author, on.salesforce).pk == lost.pk
    on.settle()
    assert on.stands("bob@acme.example")["AdoptionRate"] == 100


def test_a_permission_that_is_missing_is_said_in_salesforces_words(on: Synced) -> None:
    on.salesforce.may = False
    on.works("bob", 13)
    on.settle()
    lost = on.kept
    assert lost.state == State.NEEDS_RECONNECT and "API is not enabled for this user" in lost.problem


def test_a_contact_that_was_deleted_is_looked_for_anew(on: Synced) -> None:
    people = on.add(3)
    on.settle()
    del on.org.records[on.record("p001").remote_id]
    for name in people:
        on.works(name, 13)
    on.settle()
    assert on.record("p001").reason == "No contact in Salesforce has this e-mail address."
    assert len(scores(on, ["p000", "p002"])) == 1


def test_an_answer_that_comes_too_late_leaves_nothing_stale(on: Synced, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("accoil.connect.http.TOTAL", 0.4)  # seconds
    on.salesforce.faults.plan("slow", BATCH, seconds=1.0)
    on.works("bob", 13)
    on.settle()
    on.clock.advance(60)
    on.settle()
    assert ("slow", BATCH) in on.salesforce.faults.happened
    assert on.stands("bob@acme.example")["AdoptionRate"] == 100
    assert on.record("bob").unsure == [] and on.record("bob").problem == ""


@pytest.mark.parametrize("type", ["textarea", "double"])
def test_a_field_for_our_id_that_is_no_text_keeps_nobody_from_being_found(synced: Synced, type: str) -> None:
    synced.org.fields["Account"]["Accoil_Id__c"].type = type
    synced.switch(Mode.ALL)
    synced.settle()
    assert synced.stands("ann@acme.example")["Frequency"] == 1
    fields = checks.checks(synced.kept)[0]
    assert fields.mark == "fair" and "The field Accoil_Id__c of Account cannot be asked for texts" in fields.answers[1]


def test_an_old_contact_that_is_locked_for_long_keeps_nobody_else_waiting(on: Synced) -> None:
    with atomic():
        leave(bob := on.record("bob"))
        bob.delete()
    on.org.locked = {bob.remote_id: 1000}
    on.works("ann", 13)
    on.settle()
    assert on.stands("bob@acme.example") and on.connection.left.get().problem
    assert on.stands("ann@acme.example")["Score"] == 56
    on.org.locked = {}
    on.clock.advance(301)
    on.settle()
    assert on.stands("bob@acme.example") == {} and not on.connection.left.exists()

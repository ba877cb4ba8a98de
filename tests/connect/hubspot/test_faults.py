"""What may go wrong at any moment: nothing is left stale, nothing bad stops the rest, and reasons are told."""

from typing import Any

import pytest

from accoil.connect import sync
from accoil.connect.hubspot.connecting import by_token
from accoil.connect.models import Record, State
from tests.connect.hubspot.conftest import Synced
from tests.connect.stepped import killed

BATCH = "POST /crm/objects/2026-03/contacts/batch/update"
SCORE = "accoil_everyday_score"


def scores(synced: Synced, names: list[str]) -> list[str]:
    return [synced.stands(f"{name}@acme.example").get("score", "") for name in names]


def test_of_a_batch_only_the_bad_row_is_left_out_whether_hubspot_tells_which_or_not(on: Synced) -> None:
    people = on.add(20)
    on.settle()
    for tells_each, hour in ((False, 13), (True, 15)):
        on.portal.tells_each = tells_each
        for name in people:
            on.works(name, hour)
        bad = on.portal.by("contacts", "email", "p007@acme.example")
        assert bad
        refuse(on, bad.id)
        on.hubspot.heard.clear()
        on.settle()
        others = [name for name in people if name != "p007"]
        assert scores(on, others) == [str(on.record(name).confirmed["Accoil_Everyday_Score"]) for name in others]
        assert len(set(scores(on, others))) == 1 and scores(on, ["p007"]) != scores(on, ["p008"])
        assert "is locked by a rule" in on.record("p007").problem and on.ledger("p007")[-1][0] == "failed"
        assert len(on.hubspot.calls(BATCH)) <= (1 if tells_each else 9)
        refuse(on, "")


def test_a_property_that_somebody_archived_is_made_again(on: Synced) -> None:
    on.portal.properties["contacts"][SCORE].archived = True
    on.works("bob", 13)
    on.settle()
    assert "does not exist" in on.record("bob").problem
    sync.sync_now(on.connection)
    on.settle()
    assert on.record("bob").problem == "" and on.stands("bob@acme.example")["adoptionrate"] == "100"


def test_the_limits_of_hubspot_are_kept_and_nobody_is_refused(synced: Synced) -> None:
    from accoil.connect.models import Mode

    synced.hubspot.per_window = 12
    synced.add(150)
    synced.switch(Mode.ALL)
    synced.settle()
    assert synced.hubspot.refused == 0
    assert len(synced.portal.writes) == 153


def test_too_much_asked_by_others_is_waited_for_and_is_no_attempt(on: Synced) -> None:
    on.hubspot.faults.plan("refuse", BATCH.replace("/batch/update", ""), times=3, status=429)
    on.works("bob", 13)
    on.settle()
    assert on.stands("bob@acme.example")["adoptionrate"] == "100" and on.record("bob").attempts == 0
    assert not [what for what, _ in on.ledger("bob") if what == "failed"]


def test_an_answer_that_is_lost_leaves_nothing_stale(on: Synced) -> None:
    people = on.add(5)
    on.settle()
    for name in people:
        on.works(name, 14)
    on.looked.look()
    on.hubspot.faults.plan("lose", BATCH, times=3)  # also the short retries of one call
    on.syncer.step()
    assert all(SCORE in on.portal.writes[-1].values and on.record(name).unsure for name in people)
    assert on.kept.failures == 1  # one call, however many records
    on.clock.advance(60)
    on.settle()
    assert not any(on.record(name).unsure or on.record(name).problem for name in people)
    assert len(set(scores(on, people))) == 1


@pytest.mark.parametrize(("how", "more"), [("refuse", {"status": 502}), ("refuse", {"status": 423}), ("drop", {})])
def test_what_passes_is_tried_again(on: Synced, how: Any, more: dict[str, Any]) -> None:
    on.hubspot.faults.plan(how, "PATCH /crm/objects", times=4, **more)
    on.works("bob", 13)
    on.settle()
    on.clock.advance(60)
    on.settle()
    assert on.hubspot.faults.left() == 0
    assert on.stands("bob@acme.example")["adoptionrate"] == "100" and on.record("bob").problem == ""


def test_a_kill_in_the_middle_costs_writes_again_and_leaves_nothing_stale(on: Synced) -> None:
    people = on.add(102)
    on.settle()
    for name in people:
        on.works(name, 14)
    on.looked.look()
    with killed(1):
        for _ in range(10):
            on.syncer.step()
    unsure = Record.objects.exclude(unsure=[]).count()
    assert 0 < unsure <= 100
    on.restart()
    on.settle()
    assert len(set(scores(on, people))) == 1 and not Record.objects.exclude(unsure=[]).exists()


def test_a_revoked_token_stops_the_connection_until_it_is_connected_again(on: Synced) -> None:
    on.hubspot.tokens.clear()
    on.works("bob", 13)
    on.settle()
    lost = on.kept
    assert lost.state == State.NEEDS_RECONNECT and "connect again" in lost.problem
    heard = len(on.hubspot.heard)
    on.settle()
    assert len(on.hubspot.heard) == heard
    assert lost.author
    by_token(lost.team, lost.author, on.hubspot.token())
    on.settle()
    assert on.stands("bob@acme.example")["adoptionrate"] == "100"


def test_a_missing_scope_is_said_in_hubspots_words(on: Synced) -> None:
    on.hubspot.faults.plan("refuse", "PATCH /crm/objects", times=10**6, status=403)
    on.works("bob", 13)
    on.settle()
    lost = on.kept
    assert lost.state == State.NEEDS_RECONNECT and "lacks a permission" in lost.problem


def test_a_contact_that_was_merged_is_followed(on: Synced) -> None:
    was = on.portal.by("contacts", "email", "bob@acme.example")
    assert was
    into = on.portal.contact("robert@acme.example", hs_additional_emails="bob@acme.example")
    on.portal.merge("contacts", was, into)
    on.works("bob", 13)
    on.settle()
    assert on.record("bob").remote_id == into.id
    assert on.stands("robert@acme.example")["adoptionrate"] == "100"
    assert set(on.stands("robert@acme.example")) == set(on.stands("ann@acme.example"))


def test_a_merge_that_is_found_by_matching_empties_nothing(on: Synced) -> None:
    was = on.portal.by("contacts", "email", "bob@acme.example")
    assert was
    into = on.portal.contact("robert@acme.example", hs_additional_emails="bob@acme.example")
    on.portal.merge("contacts", was, into)
    Record.objects.filter(connection=on.connection, remote_id=was.id).update(rematch=True)
    on.settle()
    assert on.record("bob").remote_id == into.id
    assert set(on.stands("robert@acme.example")) == set(on.stands("ann@acme.example"))


def test_a_contact_that_was_deleted_is_looked_for_anew(on: Synced) -> None:
    people = on.add(3)
    on.settle()
    gone = on.portal.by("contacts", "email", "p001@acme.example")
    assert gone
    del on.portal.records["contacts"][gone.id]
    for name in people:
        on.works(name, 13)
    on.settle()
    assert on.record("p001").match == Record.Is.UNMATCHED
    assert on.record("p001").reason == "Nobody in HubSpot has this e-mail address."
    assert len(set(scores(on, ["p000", "p002"]))) == 1 and not on.record("p002").problem


def test_what_somebody_overwrote_in_hubspot_comes_right_again(on: Synced) -> None:
    ann = on.portal.by("contacts", "email", "ann@acme.example")
    assert ann
    right = ann.properties[SCORE]
    ann.properties[SCORE] = "1"
    on.clock.advance(25 * 3600)
    on.settle()
    assert ann.properties[SCORE] == right


def refuse(synced: Synced, id: str) -> None:
    """HubSpot takes no score for that contact any more; "" for none."""
    synced.portal.locked = {id} - {""}


def test_an_answer_that_comes_too_late_leaves_nothing_stale(on: Synced, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("accoil.connect.http.TOTAL", 0.4)  # seconds
    on.hubspot.faults.plan("slow", "PATCH /crm/objects", seconds=1.0)
    on.works("bob", 13)
    on.settle()
    on.clock.advance(60)
    on.settle()
    assert [how for how, _ in on.hubspot.faults.happened] == ["slow"]
    assert on.stands("bob@acme.example")["adoptionrate"] == "100"
    assert on.record("bob").unsure == [] and on.record("bob").problem == ""

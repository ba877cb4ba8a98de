"""Fields of Salesforce are never archived: what stays in one of somebody who is deleted is not said to be gone."""

import pytest

from accoil.connect import ending
from accoil.connect.models import Left, Mode, State
from accoil.erase import elsewhere, records
from accoil.erase.asking import begin
from accoil.erase.models import Erasure
from accoil.erase.receipt import what
from tests.connect.salesforce.conftest import Synced, clock, salesforce, synced  # noqa: F401  the fixtures


def refused(synced: Synced) -> Erasure:  # noqa: F811
    """Of bob, whose contact takes nothing."""
    synced.switch(Mode.ALL)
    synced.settle()
    synced.org.refuses = {synced.record("bob").remote_id}
    erasure = begin(synced.looked.product, "user", "bob", ["bob", "bob@acme.example"])
    records.sweep(erasure)
    synced.settle()
    assert "A rule of ours says no" in str(elsewhere.why_not_done(erasure))
    return erasure


@pytest.mark.parametrize("ends", [False, True])
def test_what_was_refused_is_emptied_when_the_fields_are_done_with(synced: Synced, ends: bool) -> None:  # noqa: F811
    erasure = refused(synced)
    synced.org.refuses = set()
    ending.begin(synced.connection) if ends else synced.switch(Mode.OFF)
    synced.settle()
    assert synced.stands("bob@acme.example") == {} and not Left.objects.exists()
    assert elsewhere.why_not_done(erasure) is None


def test_while_a_field_could_not_be_emptied_the_deletion_waits(synced: Synced) -> None:  # noqa: F811
    erasure = refused(synced)
    synced.switch(Mode.OFF)
    synced.settle()
    assert "A rule of ours says no" in str(elsewhere.why_not_done(erasure))


def test_what_stays_after_it_was_disconnected_is_in_the_receipt_and_no_id_here(synced: Synced) -> None:  # noqa: F811
    erasure = refused(synced)
    ending.begin(synced.connection)
    synced.settle()
    assert synced.kept.state == State.DISCONNECTED and elsewhere.why_not_done(erasure) is None
    elsewhere.note(erasure)
    told = what(erasure.part("tools"))
    assert told.endswith("; on 1 it stays, since the tool was disconnected before.")
    assert not Left.objects.exists()

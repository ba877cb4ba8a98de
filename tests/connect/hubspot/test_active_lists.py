"""Lists in HubSpot of whoever is in a segment: HubSpot keeps them by what we write, and they go with it."""

import pytest

from accoil.connect import ending
from accoil.connect.connection import Rejected
from accoil.connect.hubspot.active_lists import KEPT, of_segment
from accoil.connect.models import Mode, State
from accoil.connect.names import SEGMENTS, synced, wanted
from tests.connect.hubspot.conftest import Synced
from tests.hubspot.shown import members

NAME = "Accoil Everyday: Activated"


@pytest.fixture
def on(synced: Synced) -> Synced:
    synced.switch(Mode.ALL)
    synced.settle()
    return synced


def make(it: Synced, segment: str, kind: str = "user") -> str:
    (attribute,) = [each.attribute for each in wanted(synced(it.connection))
                    if (each.trait, each.attribute.kind) == (SEGMENTS, kind)]  # fmt: skip
    return of_segment(it.kept, attribute, segment)


def test_a_list_holds_whoever_has_the_name_and_nobody_of_a_longer_one(on: Synced) -> None:
    portal = on.hubspot.portal
    assert "is made in HubSpot" in make(on, "Activated")
    (made,) = portal.lists.values()
    assert (made.name, made.kind, made.processing) == (NAME, "contacts", "DYNAMIC")
    told = (
        "Activated",
        "Activated, Other",
        "Other, Activated",
        "A, Activated, B",
        "Reactivated, B",
        "B, Activated now",
    )
    people = []
    for place, text in enumerate(told):
        people.append(portal.contact(f"x{place}@acme.example", accoil_everyday_segments=text))
    assert {each.id for each in people} & members(portal, made) == {each.id for each in people[:4]}


def test_one_that_is_there_is_not_made_again(on: Synced) -> None:
    make(on, "Activated")
    assert make(on, "Activated") == f"The list “{NAME}” is there already in HubSpot."
    assert len(on.hubspot.portal.lists) == 1


def test_of_companies_the_list_is_another_one_and_without_the_property_there_is_none(on: Synced) -> None:
    make(on, "Activated")
    make(on, "Activated", "account")
    assert sorted(each.kind for each in on.hubspot.portal.lists.values()) == ["companies", "contacts"]
    on.hubspot.portal.properties["contacts"]["accoil_everyday_segments"].archived = True
    on.forget()
    with pytest.raises(Rejected, match="is not there yet"):
        make(on, "At risk")


def test_they_go_when_the_profile_is_switched_off(on: Synced) -> None:
    make(on, "Activated")
    on.switch(Mode.OFF)
    on.settle()
    assert on.hubspot.portal.lists == {} and KEPT in on.kept.options
    assert on.kept.options[KEPT] == {}


def test_disconnecting_deletes_them_and_no_other_lists_even_when_somebody_was_faster(on: Synced) -> None:
    make(on, "Activated")
    make(on, "Activated", "account")
    portal = on.hubspot.portal
    on.session.perform("hubspot_list", "user", on.record("ann").remote_id, {"list": "Ours"})
    del portal.lists[min(each.id for each in portal.lists.values() if each.processing == "DYNAMIC")]
    ending.begin(on.kept)
    on.settle()
    assert [each.name for each in portal.lists.values()] == ["Ours"]
    assert on.kept.state == State.DISCONNECTED

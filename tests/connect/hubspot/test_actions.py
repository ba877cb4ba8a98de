"""Automations, and people with ticked rows, set properties in HubSpot and add to lists there."""

import pytest

from accoil.act.actions import check_actions
from accoil.connect.connection import Gone, Rejected
from accoil.connect.hubspot.session import HubspotSession
from accoil.connect.models import Connection
from accoil.refused import Refused
from tests.connect.hubspot.conftest import Synced
from tests.hubspot import Hubspot
from tests.hubspot.portal import List


def test_a_property_is_set_by_its_name_or_its_label(here: Connection, hubspot: Hubspot) -> None:
    hubspot.portal.property("contacts", "lead_heat", label="Lead heat")
    ann = hubspot.portal.contact("ann@acme.example")
    for called, value in (("lead_heat", "hot"), ("Lead Heat", "warm")):
        told = HubspotSession(here).perform("hubspot_property", "user", ann.id, {"property": called, "value": value})
        assert told == f"“Lead heat” of the contact is “{value}” in HubSpot."
        assert ann.properties["lead_heat"] == value


def test_a_choice_is_taken_by_what_people_call_it(here: Connection, hubspot: Hubspot) -> None:
    options = [{"label": "At risk", "value": "at_risk"}]
    hubspot.portal.property("companies", "health", label="Health", options=options)
    acme = hubspot.portal.company("Acme")
    HubspotSession(here).perform("hubspot_property", "account", acme.id, {"property": "health", "value": "at Risk"})
    assert acme.properties["health"] == "at_risk"


@pytest.mark.parametrize(
    ("property", "value", "why"),
    [
        ("lead_heats", "hot", "has no property “lead_heats” of contacts. Did you mean lead_heat?"),
        ("lead_heat", " ", "There is no value"),
        ("seats", "many", "was not a valid number"),
        ("accoil_trial_score", "9", "Accoil's own"),
    ],
)
def test_what_cannot_be_set_is_refused_with_a_reason(
    here: Connection, hubspot: Hubspot, property: str, value: str, why: str
) -> None:
    hubspot.portal.property("contacts", "lead_heat")
    hubspot.portal.property("contacts", "seats", "number")
    hubspot.portal.property("contacts", "accoil_trial_score", "number").group = "accoil"
    ann = hubspot.portal.contact("ann@acme.example")
    with pytest.raises(Rejected, match=why.replace("?", r"\?")):
        HubspotSession(here).perform("hubspot_property", "user", ann.id, {"property": property, "value": value})
    assert set(ann.properties) == {"email"}


def test_a_list_is_made_once_and_filled(here: Connection, hubspot: Hubspot) -> None:
    ann, bob = hubspot.portal.contact("ann@acme.example"), hubspot.portal.contact("bob@acme.example")
    for record in (ann, bob, ann):
        told = HubspotSession(here).perform("hubspot_list", "user", record.id, {"list": " At  risk "})
        assert told == "The contact is in the list “At risk” in HubSpot."
    (made,) = hubspot.portal.lists.values()
    assert (made.name, made.kind, made.processing, made.members) == ("At risk", "contacts", "MANUAL", {ann.id, bob.id})


def test_a_list_that_was_deleted_in_the_meantime_is_made_again(here: Connection, hubspot: Hubspot) -> None:
    acme = hubspot.portal.company("Acme")
    session = HubspotSession(here)
    session.perform("hubspot_list", "account", acme.id, {"list": "At risk"})
    hubspot.portal.lists.clear()
    session.perform("hubspot_list", "account", acme.id, {"list": "At risk"})
    (made,) = hubspot.portal.lists.values()
    assert made.members == {acme.id}


def test_an_active_list_and_a_record_that_is_gone_are_refused(here: Connection, hubspot: Hubspot) -> None:
    hubspot.portal.lists["9"] = List("9", "Everybody", "contacts", "DYNAMIC")
    ann = hubspot.portal.contact("ann@acme.example")
    with pytest.raises(Rejected, match="an active list"):
        HubspotSession(here).perform("hubspot_list", "user", ann.id, {"list": "Everybody"})
    with pytest.raises(Gone):
        HubspotSession(here).perform("hubspot_list", "user", "999", {"list": "At risk"})


def test_definition_files_name_the_fields() -> None:
    then = [{"hubspot_property": {"property": "lead_heat", "value": "hot"}}, {"hubspot_list": {"list": "At risk"}}]
    checked = check_actions(then, "account")
    assert checked[0]["hubspot_property"]["on"] == "company" and checked[1]["hubspot_list"]["on"] == "company"
    with pytest.raises(Refused, match="hubspot_list: list is missing"):
        check_actions([{"hubspot_list": {}}], "user")


def test_ticked_accounts_are_added_to_a_list_by_hand(on: Synced) -> None:
    from accoil.act.models import Delivery
    from accoil.act.performing import perform
    from accoil.act.queue import by_hand
    from accoil.count import ids

    product = on.looked.product
    acme = ids.id_of(product.pk, ids.ACCOUNT, "acme")
    assert on.connection.author
    batch = by_hand(product, on.connection.author, "hubspot_list", {"list": "Call", "on": "company"}, "account", [acme])
    delivery = Delivery.objects.get(batch=batch)
    assert perform([delivery], lambda tool, connection: on.session) == "The company is in the list “Call” in HubSpot."
    (made,) = on.portal.lists.values()
    assert made.members == {on.record("acme", "account").remote_id}

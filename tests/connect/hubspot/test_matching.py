"""Who is who in HubSpot: contacts by their address, companies by our id, their domain, or their people."""

from typing import Any

import pytest
from django.db.transaction import atomic

from accoil.connect.connection import Firm, Match, Person
from accoil.connect.hubspot.companies import MAILBOXES, domain_of
from accoil.connect.hubspot.session import HubspotSession
from accoil.connect.leaving import leave
from accoil.connect.models import Connection, Mode
from tests.connect.hubspot.conftest import Synced
from tests.hubspot import Hubspot
from tests.small_worlds import at, joins

PRODUCT = 7
OWN = f"accoil_group_id_{PRODUCT}"


def user(here: Connection, email: str) -> Match:
    (found,) = HubspotSession(here).match_users([Person(entity=1, tracking_id="u1", email=email)])
    return found


def account(here: Connection, **more: Any) -> Match:
    firm = Firm(entity=1, tracking_id="a1", product=PRODUCT, **more)
    (found,) = HubspotSession(here).match_accounts([firm])
    return found


def test_a_user_is_the_contact_with_the_address_whatever_its_case(here: Connection, hubspot: Hubspot) -> None:
    ann = hubspot.portal.contact("Ann@Acme.example")
    assert user(here, "ann@acme.example") == Match(entity=1, remote_id=ann.id, matched_by="e-mail")


def test_a_further_address_of_a_contact_counts_too(here: Connection, hubspot: Hubspot) -> None:
    ann = hubspot.portal.contact("ann@acme.example", hs_additional_emails="a@acme.example;ann@home.example")
    assert user(here, "ann@home.example").remote_id == ann.id


def test_one_bad_address_among_a_hundred_spoils_nothing(here: Connection, hubspot: Hubspot) -> None:
    there = [hubspot.portal.contact(f"p{n}@acme.example").id for n in range(120)]
    people = [Person(entity=n, tracking_id=str(n), email=f"p{n}@acme.example") for n in range(120)]
    people[40] = Person(entity=40, tracking_id="40", email="not an address")
    found = {match.entity: match for match in HubspotSession(here).match_users(people)}
    assert [found[n].remote_id for n in range(120) if n != 40] == [id for n, id in enumerate(there) if n != 40]
    assert found[40].reason == "HubSpot does not take this as an e-mail address."


def test_a_domain_that_one_company_has_is_the_accounts(here: Connection, hubspot: Hubspot) -> None:
    acme = hubspot.portal.company("Acme Ltd", "acme.example")
    found = account(here, domain="https://www.Acme.example/about")
    assert found == Match(entity=1, remote_id=acme.id, matched_by="domain")


def test_of_several_with_the_domain_it_is_the_one_of_its_users(here: Connection, hubspot: Hubspot) -> None:
    hubspot.portal.company("Acme US", "acme.example")
    europe = hubspot.portal.company("Acme Europe", "acme.example")
    ann = hubspot.portal.contact("ann@acme.example", [europe])
    assert account(here, domain="acme.example").ambiguous
    assert "Acme US”, “Acme Europe" in account(here, domain="acme.example").reason
    assert account(here, domain="acme.example", users=((1, ann.id),)).remote_id == europe.id


def test_the_primary_company_of_its_users_is_the_accounts(here: Connection, hubspot: Hubspot) -> None:
    acme, agency = hubspot.portal.company("Acme"), hubspot.portal.company("Agency")
    ann = hubspot.portal.contact("ann@acme.example", [acme, agency])
    assert account(here, users=((1, ann.id),)) == Match(entity=1, remote_id=acme.id, matched_by="its users")
    bob = hubspot.portal.contact("bob@acme.example", [agency])
    both = ((1, ann.id), (2, bob.id))
    assert account(here, users=both).ambiguous
    assert account(here, users=both, name="Agency").remote_id == agency.id


def test_the_company_with_our_id_is_the_accounts_whatever_else_it_has(here: Connection, hubspot: Hubspot) -> None:
    hubspot.portal.property("companies", OWN, unique=True)
    right = hubspot.portal.company("Renamed", "other.example", **{OWN: "a1"})
    hubspot.portal.company("Acme", "acme.example")
    found = account(here, domain="acme.example")
    assert found == Match(entity=1, remote_id=right.id, matched_by="our company id")


def test_a_company_with_the_id_of_another_account_is_not_taken(here: Connection, hubspot: Hubspot) -> None:
    hubspot.portal.property("companies", OWN, unique=True)
    hubspot.portal.company("Acme", "acme.example", **{OWN: "a2"})
    found = account(here, domain="acme.example")
    assert found.remote_id is None and "carries the id of another account (“Acme”)" in found.reason


@pytest.mark.parametrize("domain", ["gmail.com", "", "localhost", "ann@acme.example"])
def test_a_mailbox_is_no_domain_of_an_account(here: Connection, hubspot: Hubspot, domain: str) -> None:
    hubspot.portal.company("Somebody", domain)
    found = account(here, domain=domain)
    assert found.reason == "It has no domain of its own, and none of its users was found there."
    assert domain_of(Firm(entity=1, tracking_id="a", domain=domain)) == "" and "gmail.com" in MAILBOXES


def test_an_account_without_matched_users_is_found_by_its_domain_and_gets_our_id_once(synced: Synced) -> None:
    synced.looked.receive([joins("carla", "globex", at(2), domain="globex.example")])
    globex = synced.portal.company("Globex", "globex.example")
    synced.switch(Mode.ALL)
    synced.settle()
    assert synced.record("globex", "account").matched_by == "domain"
    own = f"accoil_group_id_{synced.looked.product.pk}"
    assert globex.properties[own] == "globex"
    written = [write for write in synced.portal.writes if own in write.values]
    assert len(written) == 2  # one of each company
    globex.properties["domain"] = "moved.example"
    synced.restart()
    synced.clock.advance(7 * 3600)
    synced.settle()
    assert synced.record("globex", "account").matched_by == "our company id"
    assert len([write for write in synced.portal.writes if own in write.values]) == 2


def test_two_accounts_at_one_company_leave_it_without_our_id(synced: Synced) -> None:
    synced.looked.receive([joins("bob", "acme-labs", at(20), name="Acme Labs", domain="acme.example")])
    synced.switch(Mode.ALL)
    synced.settle()
    assert f"accoil_group_id_{synced.looked.product.pk}" not in synced.stands_at("Acme Ltd")
    assert {synced.record(name, "account").match for name in ("acme", "acme-labs")} == {"matched", "ambiguous"}


def test_where_no_more_unique_properties_fit_companies_are_written_all_the_same(synced: Synced) -> None:
    for n in range(12):
        synced.portal.property("companies", f"unique{n}", unique=True)
    synced.switch(Mode.ALL)
    synced.settle()
    assert synced.stands_at("Acme Ltd")["accountactiveusers"] == "2"


def test_a_company_loses_the_id_of_an_account_that_is_gone_and_can_be_another_ones(on: Synced) -> None:
    own = f"accoil_group_id_{on.looked.product.pk}"
    assert on.stands_at("Acme Ltd")[own] == "acme"
    with atomic():
        leave(record := on.record("acme", "account"))
        record.delete()
    on.settle()
    assert on.stands_at("Acme Ltd") == {}
    on.looked.receive([joins(name, "acme-2", at(30, 20), name="Acme Ltd") for name in ("ann", "bob")])
    on.settle()
    assert on.record("acme-2", "account").match == "matched" and on.stands_at("Acme Ltd")[own] == "acme-2"

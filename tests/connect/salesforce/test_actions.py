"""Automations, and people with ticked rows, set fields in Salesforce."""

import pytest

from accoil.act.actions import check_actions
from accoil.connect.connection import Gone, Rejected
from accoil.connect.models import Connection
from accoil.connect.salesforce.session import SalesforceSession
from tests.connect.salesforce.conftest import make_fields
from tests.connect.salesforce.stand_in import Salesforce


def setting(here: Connection, record: str, field: str, value: str) -> str:
    return SalesforceSession(here).perform("salesforce_field", "account", record, {"field": field, "value": value})


@pytest.mark.parametrize(
    ("field", "value", "stands"),
    [("Health__c", "At Risk", "at risk"), ("health", "At risk", "at risk"), ("Seats__c", "7", 7.0),
     ("seats", "-0.5", -0.5), ("Churns__c", "yes", True), ("Churns__c", "false", False), ("Note__c", "77", "77")],
)  # fmt: skip
def test_a_field_is_set_by_its_name_or_its_label(
    here: Connection, salesforce: Salesforce, field: str, value: str, stands: object
) -> None:
    org = salesforce.org
    org.add_field("Account", "Health__c", "picklist", label="Health", values=["Good", "At risk"])
    org.add_field("Account", "Seats__c", "double", label="Seats")
    org.add_field("Account", "Churns__c", "boolean")
    org.add_field("Account", "Note__c", "string")
    acme = org.account("Acme")
    assert setting(here, acme.id, field, value).endswith(f"of the account is “{value}” in Salesforce.")
    assert stands in acme.values.values()


@pytest.mark.parametrize(
    ("field", "value", "why"),
    [
        ("Helth", "x", "has no field “Helth” in Salesforce. Did you mean Health"),
        ("Health", " ", "There is no value"),
        ("Seats__c", "many", "is a number"),
        ("Churns__c", "perhaps", "is a checkbox"),
        ("Locked__c", "x", "may not be edited"),
        ("Accoil_Everyday_ActiveUsers__c", "9", "Accoil's own"),
        ("Accoil_Id__c", "9", "Accoil's own"),
    ],
)
def test_what_cannot_be_set_is_refused_with_a_reason(
    here: Connection, salesforce: Salesforce, field: str, value: str, why: str
) -> None:
    org = salesforce.org
    make_fields(org)
    org.add_field("Account", "Health__c", "string", label="Health")
    org.add_field("Account", "Seats__c", "double")
    org.add_field("Account", "Churns__c", "boolean")
    org.add_field("Account", "Locked__c", "string", updateable=False)
    acme = org.account("Acme")
    with pytest.raises(Rejected, match=why):
        setting(here, acme.id, field, value)
    assert org.writes == []


def test_a_record_that_is_gone_is_said_to_be(here: Connection, salesforce: Salesforce) -> None:
    salesforce.org.add_field("Account", "Note__c", "string")
    with pytest.raises(Gone):
        setting(here, "001000000000000009", "Note__c", "x")


def test_definition_files_name_the_fields() -> None:
    checked = check_actions([{"salesforce_field": {"field": "Health__c", "value": "bad"}}], "account")
    assert checked[0]["salesforce_field"]["on"] == "company"

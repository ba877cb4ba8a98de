"""Fields of Salesforce that were chosen, in definition files: read, told, asked for, put in place and taken back."""

from typing import Any

import pytest
import yaml

from accoil.connect.chosen_fields import fields_of
from accoil.connect.models import ProfileSync, State
from accoil.definition_files import apply, definitions
from accoil.refused import Refused
from accoil.score.models import Profile
from accoil.team.models import Product, Team
from tests.connect.salesforce.conftest import Synced

HEALTH = {"user": {"Score": "Health__c", "Frequency": "nowhere"}}


@pytest.fixture
def custom(synced: Synced) -> Synced:
    for name in ("Health__c", "Heat__c"):
        synced.org.add_field("Contact", name, "double")
    synced.org.add_field("Contact", "Employees", "int")
    return synced


def text(fields: Any, *names: str) -> str:
    profiles = [{"name": name, "events": {"A": 1}, "fields": {"salesforce": fields}} for name in names or ("Other",)]
    return yaml.safe_dump({"profiles": profiles})


def put(synced: Synced, fields: Any, *names: str, **how: bool) -> list[str]:
    return [line for line in apply(text(fields, *names), synced.looked.product, **how).lines if "+ profile" not in line]


def chosen(synced: Synced, name: str = "Other") -> dict[str, str]:
    return fields_of(synced.connection, Profile.objects.get(name=name))["user"]


def test_a_file_chooses_fields_tells_so_and_says_them_again(custom: Synced) -> None:
    assert put(custom, HEALTH, dry_run=True) == [
        "~ fields of Other in Salesforce",
        "    Score of users: Accoil's own → Health__c",
        "    Frequency of users: Accoil's own → nowhere",
    ]
    assert not ProfileSync.objects.filter(profile__name="Other").exists()
    put(custom, HEALTH)
    assert chosen(custom) == {"Score": "Health__c", "Frequency": "-"}
    printed = definitions(custom.looked.product)
    assert yaml.safe_load(printed)["profiles"][1]["fields"] == {"salesforce": HEALTH}
    asked = len(custom.salesforce.heard)
    assert apply(printed, custom.looked.product, prune=True).is_empty
    assert len(custom.salesforce.heard) == asked, "what stays is not asked for"


def test_what_a_file_leaves_out_stays_and_goes_back_when_pruned(custom: Synced) -> None:
    put(custom, HEALTH)
    apply("profiles: [{name: Other, events: {A: 1}}]", custom.looked.product)
    put(custom, {"user": {"AdoptionRate": "Heat__c"}})
    assert chosen(custom) == {"Score": "Health__c", "Frequency": "-", "AdoptionRate": "Heat__c"}
    put(custom, {"user": {"Frequency": None}})
    assert chosen(custom) == {"Score": "Health__c", "AdoptionRate": "Heat__c"}
    assert "    AdoptionRate of users: Heat__c → Accoil's own" in put(
        custom, {"user": {"Score": "Health__c"}}, prune=True
    )
    assert chosen(custom) == {"Score": "Health__c"}


def test_two_profiles_may_change_places_but_not_share_a_field(custom: Synced) -> None:
    put(custom, {"user": {"Score": "Health__c"}}, "One")
    put(custom, {"user": {"Score": "Heat__c"}}, "Two")
    swapped = (text({"user": {"Score": field}}, name) for field, name in (("Heat__c", "One"), ("Health__c", "Two")))
    apply("\n".join(swapped).replace("\nprofiles:", ""), custom.looked.product)
    assert (chosen(custom, "One"), chosen(custom, "Two")) == ({"Score": "Heat__c"}, {"Score": "Health__c"})
    with pytest.raises(Refused, match="Profile “Two”: fields: Heat__c is taken by the profile One"):
        put(custom, {"user": {"Score": "Heat__c"}}, "One", "Two")
    assert chosen(custom, "Two") == {"Score": "Health__c"}


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"user": {"Score": "Employees"}}, "Profile “Other”: fields: Score: Employees is no field that it could go"),
        ({"user": {"Score": "Gone__c"}}, "Gone__c is no field"),
        ({"user": {"Scor": "Heat__c"}}, "fields: salesforce: user: “Scor” is not written; there are: Score, Segments"),
        ({"users": {}}, "fields: salesforce: “users” is not a key; there are: user, account"),
        ({"user": {"Score": 5}}, "user: Score is 5; write the API name"),
        ({"user": "Heat__c"}, 'user is "Heat__c"; write'),
        ("Heat__c", 'salesforce is "Heat__c"; write'),
    ],
)
def test_what_makes_no_sense_is_refused_and_nothing_changes(custom: Synced, fields: Any, why: str) -> None:
    with pytest.raises(Refused, match=why):
        put(custom, fields)
    assert not Profile.objects.filter(name="Other").exists()


def test_a_tool_that_has_attributes_of_its_own_is_refused(custom: Synced) -> None:
    file = "profiles: [{name: Other, events: {A: 1}, fields: {hubspot: {}}}]"
    with pytest.raises(Refused, match="“hubspot” is no tool whose fields are chosen; there are: salesforce"):
        apply(file, custom.looked.product)


def test_only_the_teams_own_connection_is_meant(custom: Synced) -> None:
    strange = Product.objects.create(team=Team.objects.create(name="Strangers"), name="Web")
    told = ["Salesforce is not connected, so no fields are chosen for Other; apply again when it is."]
    assert apply(text(HEALTH), strange).warnings == told
    custom.connection.state = State.DISCONNECTED
    custom.connection.save()
    assert apply(text(HEALTH), custom.looked.product).warnings == told
    assert not ProfileSync.objects.filter(profile__name="Other").exists()

"""A team chooses which field of Salesforce each trait goes into: checked there, filled, and emptied when it is left."""

from typing import Any

import pytest

from accoil.connect import chosen_fields, ending, sync
from accoil.connect.connection import Rejected
from accoil.connect.models import Entry, Mode, ProfileSync, State
from accoil.connect.names import NOWHERE
from accoil.connect.salesforce.session import FIELD, SalesforceSession
from accoil.refused import Refused
from accoil.score.models import Profile
from accoil.team.models import Product, Team
from tests.connect.salesforce.conftest import Synced

SCORE, ADOPTION = "Accoil_Everyday_Score__c", "Accoil_Everyday_AdoptionRate__c"
ANN = "ann@acme.example"


@pytest.fixture
def chosen(synced: Synced) -> Synced:
    """All traits are written; an admin has made fields of the company's own before."""
    add = synced.org.add_field
    for object in ("Contact", "Account"):
        add(object, "Health__c", "double", label="Health")
        add(object, "Heat__c", "percent", label="Heat")
        add(object, "Groups__c", "textarea", label="Groups", length=32_000)
        add(object, "Seen__c", "date", label="Seen")
        add(object, "Note__c", "string", label="Note", length=80)
        add(object, "Fixed__c", "double", label="Fixed", updateable=False)
        add(object, "Employees", "int", label="Employees")
    synced.switch(Mode.ALL)
    synced.settle()
    return synced


def value(synced: Synced, email: str, field: str) -> Any:
    return next(each.values.get(field) for each in synced.org.records.values() if each.values.get("Email") == email)


def choose(synced: Synced, **user: str) -> None:
    chosen_fields.choose(synced.connection, synced.profile, {"user": user})
    synced.settle()


def test_what_is_offered_can_hold_the_trait_may_be_edited_and_was_made_by_somebody_there(chosen: Synced) -> None:
    offered = chosen_fields.offers(chosen.connection, chosen.profile)["user"]
    assert offered["Score"] == [("", SCORE), ("Health__c", "Health (Health__c)"), ("Heat__c", "Heat (Heat__c)")]
    assert [name for name, _ in offered["Segments"]] == ["", "Groups__c"], "Note is too short"
    assert [name for name, _ in offered["LastActive"]] == ["", "Seen__c"]


def test_a_chosen_field_is_filled_and_what_stood_in_the_one_before_is_emptied(chosen: Synced) -> None:
    score = value(chosen, ANN, SCORE)
    assert score is not None
    choose(chosen, Score="Health__c")
    assert (value(chosen, ANN, "Health__c"), value(chosen, ANN, SCORE)) == (score, None)
    assert chosen.stands(ANN)["AdoptionRate"] == 50, "others stay where they are"
    assert any(
        "Accoil_Everyday_Score → Health__c" in each.changes
        for each in Entry.objects.filter(record=chosen.record("ann"))
    )
    written = len(chosen.org.writes)
    sync.sync_now(chosen.connection)
    chosen.settle()
    assert len(chosen.org.writes) == written, "the second sync writes nothing"


def test_two_that_change_places_do_so_and_going_back_fills_the_old_field_again(chosen: Synced) -> None:
    score, adoption = value(chosen, ANN, SCORE), value(chosen, ANN, ADOPTION)
    choose(chosen, Score="Health__c", AdoptionRate="Heat__c")
    choose(chosen, Score="Heat__c", AdoptionRate="Health__c")
    assert (value(chosen, ANN, "Heat__c"), value(chosen, ANN, "Health__c")) == (score, adoption)
    choose(chosen)
    assert (value(chosen, ANN, SCORE), value(chosen, ANN, ADOPTION)) == (score, adoption)
    assert value(chosen, ANN, "Heat__c") is None and value(chosen, ANN, "Health__c") is None


def test_of_two_on_one_field_after_each_other_the_later_one_stays_when_a_record_refused_to_be_emptied(
    chosen: Synced,
) -> None:
    choose(chosen, Score="Health__c")
    chosen.org.refuses = {chosen.record("ann").remote_id}
    choose(chosen, AdoptionRate="Health__c")
    chosen.org.refuses = set()
    chosen.clock.advance(25 * 3600)
    chosen.settle()
    assert value(chosen, ANN, "Health__c") == 50


def test_a_field_that_is_chosen_no_more_is_set_by_automations_again(chosen: Synced) -> None:
    ann = next(each for each in chosen.org.records.values() if each.values.get("Email") == ANN)

    def set_health() -> str:
        values = {"field": "Health__c", "value": "7"}
        return SalesforceSession(chosen.connection).perform(FIELD, "user", ann.id, values)

    choose(chosen, Score="Health__c")
    with pytest.raises(Rejected, match="written by the sync"):
        set_health()
    choose(chosen)
    assert "is “7” in Salesforce" in set_health()


def test_a_trait_may_go_nowhere_and_then_stands_nowhere(chosen: Synced) -> None:
    choose(chosen, Score=NOWHERE, Frequency=NOWHERE)
    assert set(chosen.stands(ANN)) == {"Segments", "AdoptionRate", "LifetimeAdoptionRate", "LastActive"}


@pytest.mark.parametrize(
    ("user", "why"),
    [({"Score": "Seen__c"}, "Score: Seen__c is no field that it could go into"),
     ({"Score": "Fixed__c"}, "Fixed__c is no field"),
     ({"Score": "Employees"}, "Employees is no field"),
     ({"Segments": "Note__c"}, "Note__c is no field"),
     ({"Score": SCORE}, "is no field"),
     ({"Nonsense": "Health__c"}, "Nonsense: Health__c is no field"),
     ({"Score": "Heat__c", "Frequency": "Heat__c"}, "Score and Frequency would go into the same field, Heat__c")],
)  # fmt: skip
def test_what_cannot_hold_it_is_refused_and_nothing_changes(chosen: Synced, user: dict[str, str], why: str) -> None:
    before = len(chosen.org.writes)
    with pytest.raises(Refused, match=why):
        choose(chosen, **user)
    chosen.settle()
    assert len(chosen.org.writes) == before


def test_a_field_of_another_profile_is_taken(chosen: Synced) -> None:
    choose(chosen, Score="Health__c")
    other = Profile.objects.create(product=chosen.looked.product, name="Other")
    with pytest.raises(Refused, match="Health__c is taken by the profile Everyday"):
        chosen_fields.choose(chosen.connection, other, {"user": {"Frequency": "Health__c"}})
    chosen_fields.choose(chosen.connection, other, {"account": {"Frequency": "Health__c"}})  # of another object


def test_a_profile_of_another_team_is_refused(chosen: Synced) -> None:
    product = Product.objects.create(team=Team.objects.create(name="Evil Inc"), name="Evil")
    with pytest.raises(Refused, match="belongs to another team"):
        chosen_fields.choose(chosen.connection, Profile.objects.create(product=product, name="Theirs"), {"user": {}})
    assert ProfileSync.objects.count() == 1


def test_a_dry_run_tells_what_the_chosen_fields_would_change(chosen: Synced) -> None:
    chosen.switch(Mode.OFF)
    chosen.settle()
    chosen_fields.choose(chosen.connection, chosen.profile, {"user": {"Score": "Health__c"}})
    plan = chosen.plan({chosen.profile: Mode.ALL})
    assert "Accoil_Everyday_Score → Health__c" in plan.make
    assert value(chosen, ANN, "Health__c") is None


def test_a_chosen_field_that_an_admin_deletes_is_told_and_the_rest_goes_on(chosen: Synced) -> None:
    choose(chosen, Score="Health__c")
    del chosen.org.fields["Contact"]["Health__c"]
    chosen.clock.advance(7 * 3600)
    chosen.works("bob", 13)
    chosen.settle()
    (row,) = chosen.connection.attributes.filter(state="active").exclude(problem="")
    assert row.problem == "Contact has no field Health__c in Salesforce any more; choose another one for it."
    assert chosen.stands("bob@acme.example")["AdoptionRate"] == 100


def test_while_salesforce_is_away_nothing_is_chosen(chosen: Synced) -> None:
    chosen.forget()
    chosen.salesforce.faults.plan("refuse", "GET /services/data/v66.0/sobjects/Contact/describe", times=9, status=503)
    with pytest.raises(Refused, match="Salesforce could not be asked for its fields"):
        choose(chosen, Score="Health__c")
    assert ProfileSync.objects.get().fields == {}


def test_disconnecting_empties_chosen_fields_too_and_forgets_the_choice(chosen: Synced) -> None:
    choose(chosen, Score="Health__c")
    ending.begin(chosen.kept)
    chosen.settle()
    assert value(chosen, ANN, "Health__c") is None and not ProfileSync.objects.exists()
    assert chosen.kept.state == State.DISCONNECTED


def test_a_field_that_was_deleted_and_made_anew_is_filled_for_all(on: Synced) -> None:
    name = "Accoil_Everyday_Score__c"
    was, before = on.org.fields["Contact"].pop(name), on.stands("ann@acme.example")["Score"]
    for record in on.org.records.values():
        record.values.pop(name, None)
    on.restart()
    sync.sync_now(on.connection)
    on.settle()
    assert "Score" not in on.stands("ann@acme.example")
    on.org.fields["Contact"][name] = was
    on.clock.advance(60)
    sync.sync_now(on.connection)
    on.settle()
    assert on.stands("ann@acme.example")["Score"] == before

"""A profile's scores and segments stand in fields of contacts and accounts, and nothing is written in vain."""

import pytest

from accoil.connect import ending, sync
from accoil.connect.models import Entry, Mode, Record, State
from accoil.connect.salesforce import checks
from accoil.connect.salesforce.fields import name_of
from accoil.connect.salesforce.rows import AT_ONCE
from tests.connect.salesforce.conftest import Synced
from tests.small_worlds import at, identified, joins

BATCH = "PATCH /services/data/v66.0/composite/sobjects"


def test_a_dry_run_tells_what_would_be_written_and_writes_nothing(synced: Synced) -> None:
    synced.settle()
    plan = synced.plan({synced.profile: Mode.ALL})
    assert plan.would_change == {synced.profile.pk: {"user": 2, "account": 1}}
    assert synced.org.writes == []


def test_contacts_and_their_account_get_all_traits_and_nobody_is_made(on: Synced) -> None:
    ann = on.stands("ann@acme.example")
    assert set(ann) == {"Score", "Segments", "AdoptionRate", "LifetimeAdoptionRate", "LastActive", "Frequency"}
    assert (ann["AdoptionRate"], ann["LastActive"], ann["Frequency"]) == (50, "2026-03-30", 1)
    account = on.stands_at("Acme Ltd")
    assert account["ActiveUsers"] == 2 and account["LastActive"] == "2026-03-30"
    assert len(on.org.records) == 3


def test_the_second_sync_writes_nothing(on: Synced) -> None:
    written = len(on.org.writes)
    assert written == 3
    sync.sync_now(on.connection)
    on.settle()
    on.restart()
    on.settle()
    assert len(on.org.writes) == written


def test_an_event_changes_only_what_it_moves(on: Synced) -> None:
    before = len(on.org.writes)
    on.works("bob", 13)
    on.settle()
    (bob,) = [values for id, values in on.org.writes[before:] if id == on.record("bob").remote_id]
    assert "Accoil_Everyday_AdoptionRate__c" in bob and "Accoil_Everyday_LastActive__c" not in bob


def test_the_ledger_explains_each_record(on: Synced) -> None:
    assert on.ledger("ann")[0] == (Entry.What.MATCHED, "Found by e-mail.")
    assert on.ledger("acme", "account")[0] == (Entry.What.MATCHED, "Found by our account id.")
    assert on.record("carla").reason == "No contact in Salesforce has this e-mail address."
    entry = Entry.objects.filter(record=on.record("ann"), what=Entry.What.WRITTEN).get()
    assert entry.changes["Accoil_Everyday_LastActive"] == [None, "2026-03-30"]


def test_of_two_contacts_with_one_address_neither_is_written(on: Synced) -> None:
    twins = [on.org.contact("carla@acme.example"), on.org.contact("Carla@acme.example")]
    sync.sync_now(on.connection)
    on.settle()
    carla = on.record("carla")
    assert carla.match == Record.Is.AMBIGUOUS and carla.reason.startswith("2 contacts in Salesforce fit by e-mail")
    assert not [id for id, _ in on.org.writes if id in {twin.id for twin in twins}]


def test_an_address_with_quotes_in_it_finds_itself_and_nobody_else(on: Synced) -> None:
    evil = "o'neil\\') OR Name LIKE ('@acme.example"
    on.org.contact("o'neil@acme.example")
    on.looked.receive([identified("neil", at(1), email="O'Neil@acme.example"), identified("evil", at(1), email=evil)])
    sync.sync_now(on.connection)
    on.settle()
    assert on.stands("o'neil@acme.example")["Frequency"] == 0
    assert on.record("evil").match == Record.Is.UNMATCHED


def test_an_account_without_our_id_is_found_through_its_users_when_they_agree(on: Synced) -> None:
    one, two = on.org.account("Beta Inc"), on.org.account("Gamma")
    for name, of, account in (("b1", "beta", one), ("b2", "beta", one), ("g1", "gamma", one), ("g2", "gamma", two)):
        on.org.contact(f"{name}@x.example", account)
        on.looked.receive([identified(name, at(1), email=f"{name}@x.example"), joins(name, of, at(1))])
    sync.sync_now(on.connection)
    on.settle()
    assert on.record("beta", "account").matched_by == "its users" and "TotalUsers" in on.stands_at("Beta Inc")
    assert on.record("gamma", "account").match == Record.Is.AMBIGUOUS


def test_long_answers_are_read_to_their_end(on: Synced) -> None:
    on.org.page = 2
    names = on.add(7)
    on.settle()
    assert {on.record(name).match for name in names} == {Record.Is.MATCHED}


def test_two_hundred_records_are_one_call(on: Synced) -> None:
    on.add(230)
    on.salesforce.heard.clear()
    on.settle()
    assert sorted(len(call.body["records"]) for call in on.salesforce.calls(BATCH)) == [30, 200]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda fields: fields.pop("Accoil_Everyday_Score__c"), "Contact has no field Accoil_Everyday_Score__c."),
        (lambda fields: setattr(fields["Accoil_Everyday_Score__c"], "updateable", False), "Set Field-Level Security"),
        (lambda fields: setattr(fields["Accoil_Everyday_Score__c"], "type", "string"), "it must be a Number (18, 0)"),
        (lambda fields: setattr(fields["Accoil_Everyday_Segments__c"], "length", 80), "make its length 255"),
    ],
)
def test_a_field_that_an_admin_has_to_see_to_is_told_and_the_others_are_written(synced: Synced, change, why) -> None:
    change(synced.org.fields["Contact"])
    synced.switch(Mode.ALL)
    synced.settle()
    problems = [row.problem for row in synced.connection.attributes.exclude(problem="")]
    assert len(problems) == 1 and why in problems[0]
    assert synced.stands("ann@acme.example")["Frequency"] == 1 and not synced.record("ann").problem
    told = checks.checks(synced.kept)
    assert told[0].mark == "bad" and any(why in answer for answer in told[0].answers)


def test_once_the_admin_made_it_it_is_filled(synced: Synced) -> None:
    field = synced.org.fields["Contact"].pop("Accoil_Everyday_Score__c")
    synced.switch(Mode.ALL)
    synced.settle()
    synced.org.fields["Contact"][field.name] = field
    sync.sync_now(synced.connection)
    synced.clock.advance(60)
    synced.settle()
    assert "Score" in synced.stands("ann@acme.example")
    assert checks.checks(synced.kept)[0].mark == "good"


def test_names_of_fields_fit_into_salesforce_and_differ() -> None:
    long = [
        name_of(f"Accoil_{name}_AccountLifetimeAdoptionRate") for name in ("TrialUsersOfEurope", "TrialUsersOfAsia")
    ]
    assert all(len(name) <= 43 and "__" not in name[:-3] for name in long) and len(set(long)) == 2
    assert name_of("Accoil_Trial_AccountActiveUsers") == "Accoil_Trial_ActiveUsers__c"


def test_what_is_switched_off_is_emptied_and_comes_again(on: Synced) -> None:
    on.switch(Mode.OFF)
    on.settle()
    assert on.stands("ann@acme.example") == {} == on.stands_at("Acme Ltd") and len(on.org.writes) == 6
    on.switch(Mode.SEGMENTS)
    on.settle()
    assert set(on.stands("ann@acme.example")) == {"Segments"}


def test_disconnecting_empties_the_fields_and_gives_the_access_back(on: Synced) -> None:
    ending.begin(on.connection)
    on.settle()
    ended = on.kept
    assert (ended.state, ended.secrets, ended.problem) == (State.DISCONNECTED, {}, "")
    assert on.stands("ann@acme.example") == {} == on.stands_at("Acme Ltd") and on.salesforce.refreshes == {}
    heard = len(on.salesforce.heard)
    on.works("bob", 16)
    on.settle()
    assert len(on.salesforce.heard) == heard


def test_ended_early_the_access_is_given_back_all_the_same(on: Synced) -> None:
    on.salesforce.faults.plan("refuse", "PATCH", times=99, status=503)
    ending.begin(on.kept)
    on.syncer.step()
    assert ending.end_now(on.kept)
    ended = on.kept
    assert (ended.state, ended.secrets) == (State.DISCONNECTED, {}) and on.salesforce.refreshes == {}


def test_an_access_that_was_renewed_while_it_ended_is_given_back(on: Synced) -> None:
    on.salesforce.rotates = True
    ending.begin(on.connection)
    on.salesforce.tokens.clear()
    on.settle()
    assert on.stands("ann@acme.example") == {} and on.salesforce.refreshes == {}


@pytest.mark.parametrize("disconnects", [True, False])
def test_what_is_refused_stays_and_is_told_once_and_all_else_is_emptied(on: Synced, disconnects: bool) -> None:
    bob = on.record("bob")
    on.org.refuses = {bob.remote_id}
    ending.begin(on.connection) if disconnects else on.switch(Mode.OFF)
    on.settle()
    assert on.stands("ann@acme.example") == {} == on.stands_at("Acme Ltd") and "Score" in on.stands("bob@acme.example")
    assert on.record("bob").confirmed == bob.confirmed and on.record("ann").confirmed == {}
    failed = [reason for what, reason in on.ledger("bob") if what == Entry.What.FAILED]
    assert len(failed) == 1 and "could not be emptied. Salesforce refused it. It said: A rule of ours" in failed[0]
    problem = on.connection.attributes.get(name="Accoil_Everyday_Score").problem
    assert problem.startswith("1 user still has an old value there that could not be emptied. Salesforce refused it.")
    now = on.kept
    if disconnects:
        assert (now.state, now.secrets) == (State.DISCONNECTED, {}) and "Accoil_Everyday_Score" in now.problem
        assert now.problem.startswith("Some could not be archived. 1 user still has an old value there")
        return
    on.org.refuses = set()
    on.clock.advance(25 * 3600)
    on.settle()
    assert on.stands("bob@acme.example") == {} and on.record("bob").confirmed == {}
    assert not on.connection.attributes.exclude(problem="").exists()


@pytest.mark.parametrize("is_known", [True, False])
def test_a_field_that_an_admin_deleted_keeps_no_other_from_being_emptied(on: Synced, is_known: bool) -> None:
    del on.org.fields["Contact"]["Accoil_Everyday_Score__c"]
    if is_known:
        on.forget()
    on.switch(Mode.OFF)
    on.settle()
    assert set(on.stands("ann@acme.example")) <= {"Score"} and on.record("ann").confirmed == {}


def test_a_field_that_an_admin_deleted_keeps_no_other_from_being_written(on: Synced) -> None:
    del on.org.fields["Contact"]["Accoil_Everyday_Score__c"]
    on.works("bob", 13)
    on.settle()
    assert on.stands("bob@acme.example")["AdoptionRate"] == 100
    assert "Accoil_Everyday_Score" not in on.record("bob").confirmed


def test_what_somebody_overwrote_comes_right_again(on: Synced) -> None:
    ann = on.org.records[on.record("ann").remote_id]
    right = ann.values["Accoil_Everyday_Score__c"]
    ann.values["Accoil_Everyday_Score__c"] = 1.0
    on.clock.advance(25 * 3600)
    on.settle()
    assert ann.values["Accoil_Everyday_Score__c"] == right


def test_of_more_than_one_call_takes_all_are_emptied(on: Synced) -> None:
    people = on.add(AT_ONCE + 30)
    on.settle()
    assert "Frequency" in on.stands(f"{people[-1]}@acme.example")
    on.switch(Mode.OFF)
    on.settle()
    assert all(on.stands(f"{name}@acme.example") == {} for name in (people[0], people[-1]))

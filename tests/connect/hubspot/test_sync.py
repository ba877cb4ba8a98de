"""A profile's scores and segments stand on contacts and companies in HubSpot, and nothing is written in vain."""

from accoil.connect import sync
from accoil.connect.models import Entry, Mode, State
from tests.connect.hubspot.conftest import Synced


def test_a_dry_run_tells_what_would_be_written_and_writes_nothing(synced: Synced) -> None:
    synced.settle()
    plan = synced.plan({synced.profile: Mode.ALL})
    assert plan.would_change == {synced.profile.pk: {"user": 2, "account": 1}}
    assert len(plan.make) == 17 and plan.places.left == 1000
    assert synced.portal.writes == [] and not synced.portal.in_use("contacts")
    assert not synced.portal.in_use("companies") and "accoil" not in synced.portal.groups["contacts"]


def test_matched_users_and_their_company_get_all_traits(on: Synced) -> None:
    ann = on.stands("ann@acme.example")
    assert set(ann) == {"score", "segments", "adoptionrate", "lifetimeadoptionrate", "lastactive", "frequency"}
    assert (ann["adoptionrate"], ann["lastactive"], ann["frequency"]) == ("50", "2026-03-30", "1")
    company = on.stands_at("Acme Ltd")
    assert company["accountactiveusers"] == "2" and company["accountlastactive"] == "2026-03-30"
    assert company[f"accoil_group_id_{on.looked.product.pk}"] == "acme"


def test_properties_are_in_our_group_with_types_and_labels(on: Synced) -> None:
    of_contacts = on.portal.in_use("contacts")
    assert {(one.name, one.label, one.type) for one in of_contacts.values()} >= {
        ("accoil_everyday_score", "Accoil Everyday Score", "number"),
        ("accoil_everyday_segments", "Accoil Everyday Segments", "string"),
        ("accoil_everyday_lastactive", "Accoil Everyday LastActive", "date"),
    }
    assert {one.group for one in (*of_contacts.values(), *on.portal.in_use("companies").values())} == {"accoil"}


def test_the_second_sync_writes_nothing(on: Synced) -> None:
    written = len(on.portal.writes)
    assert written == 3
    sync.sync_now(on.connection)
    on.settle()
    on.restart()
    on.settle()
    assert len(on.portal.writes) == written


def test_an_event_changes_only_what_it_moves(on: Synced) -> None:
    before = len(on.portal.writes)
    on.works("bob", 13)
    on.settle()
    (bob,) = [write for write in on.portal.writes[before:] if write.kind == "contacts"]
    assert "accoil_everyday_adoptionrate" in bob.values and "accoil_everyday_lastactive" not in bob.values
    assert on.stands("bob@acme.example")["adoptionrate"] == "100"
    assert all(write.changed for write in on.portal.writes[before:])


def test_the_ledger_explains_each_record(on: Synced) -> None:
    assert on.ledger("ann")[0] == (Entry.What.MATCHED, "Found by e-mail.")
    assert on.ledger("ann")[-1][0] == Entry.What.WRITTEN
    assert on.ledger("acme", "account")[0] == (Entry.What.MATCHED, "Found by its users.")
    assert on.record("carla").reason == "Nobody in HubSpot has this e-mail address."
    entry = Entry.objects.filter(record=on.record("ann"), what=Entry.What.WRITTEN).get()
    assert entry.changes["Accoil_Everyday_LastActive"] == [None, "2026-03-30"]


def test_a_hundred_records_are_one_call(on: Synced) -> None:
    on.add(230)
    on.hubspot.heard.clear()
    on.settle()
    batches = on.hubspot.calls("POST /crm/objects/2026-03/contacts/batch/update")
    assert sorted(len(call.body["inputs"]) for call in batches) == [30, 100, 100]
    assert on.stands("p229@acme.example")["frequency"] == "0"


def test_all_then_segments_then_off_then_all(on: Synced) -> None:
    on.switch(Mode.SEGMENTS)
    on.settle()
    assert set(on.portal.in_use("contacts")) == {"accoil_everyday_segments"}
    on.switch(Mode.OFF)
    on.settle()
    assert not on.portal.in_use("contacts")
    on.works("ann", 15)
    on.switch(Mode.ALL)
    on.settle()
    assert len(on.portal.in_use("contacts")) == 7
    assert on.stands("ann@acme.example")["frequency"] == "1"


def test_a_property_that_a_workflow_uses_stays_and_says_so(on: Synced) -> None:
    on.portal.properties["contacts"]["accoil_everyday_score"].used = True
    on.switch(Mode.OFF)
    on.settle()
    assert set(on.portal.in_use("contacts")) == {"accoil_everyday_score"}
    row = on.connection.attributes.get(name="Accoil_Everyday_Score")
    assert "still used in HubSpot" in row.problem and row.state == "archiving"


def test_what_is_in_hubspots_archive_and_stays_there_is_said(on: Synced) -> None:
    on.portal.restores = False
    on.switch(Mode.OFF)
    on.settle()
    on.switch(Mode.ALL)
    on.settle()
    row = on.connection.attributes.get(name="Accoil_Everyday_Score")
    assert "Restore it there" in row.problem and not on.portal.in_use("contacts")


def test_disconnecting_cleans_up(on: Synced) -> None:
    from accoil.connect import ending

    on.portal.property("contacts", "shoe_size")
    of_another_server = f"accoil_group_id_{on.looked.product.pk + 1000}"
    on.portal.property("companies", of_another_server)
    ending.begin(on.connection)
    on.settle()
    on.connection.refresh_from_db()
    assert on.connection.state == State.DISCONNECTED and on.connection.secrets == {} and on.connection.problem == ""
    assert set(on.portal.in_use("contacts")) == {"shoe_size"}
    assert set(on.portal.in_use("companies")) == {of_another_server}
    assert "accoil" not in on.portal.groups["contacts"] | on.portal.groups["companies"]
    written = len(on.portal.writes)
    on.works("bob", 16)
    on.settle()
    assert len(on.portal.writes) == written

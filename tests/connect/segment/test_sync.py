"""A profile's scores and segments stand on users and groups in Segment, and nothing is sent in vain."""

from django.db.transaction import atomic

from accoil.connect import ending, sync
from accoil.connect.leaving import leave
from accoil.connect.models import Entry, Mode, Record, State, Written
from accoil.count import ids
from accoil.team.models import Product
from tests.connect.segment.conftest import Synced
from tests.small_worlds import at, identified, joins


def test_a_dry_run_tells_what_would_be_written_and_sends_nothing(synced: Synced) -> None:
    synced.settle()
    plan = synced.plan({synced.profile: Mode.ALL})
    assert plan.would_change == {synced.profile.pk: {"user": 3, "account": 1}}
    assert plan.places.left is None and plan.fits
    assert synced.source.messages == []


def test_users_and_their_account_get_all_traits(on: Synced) -> None:
    ann = on.stands("ann")
    assert set(ann) == {"Score", "Segments", "AdoptionRate", "LifetimeAdoptionRate", "LastActive", "Frequency"}
    assert (ann["AdoptionRate"], ann["LastActive"], ann["Frequency"]) == (50, "2026-03-30", 1)
    account = on.stands_at("acme")
    assert account["AccountActiveUsers"] == 2 and account["AccountLastActive"] == "2026-03-30"
    assert set(on.source.traits["group"]) == {"acme"} and set(on.source.traits["identify"]) == {"ann", "bob", "carla"}


def test_a_group_is_told_by_a_user_who_belongs_to_it(on: Synced) -> None:
    (group,) = [message for message in on.source.messages if message["type"] == "group"]
    assert group["userId"] in ("ann", "bob")


def test_the_second_sync_sends_nothing(on: Synced) -> None:
    sent = len(on.source.messages)
    assert sent == 4
    sync.sync_now(on.connection)
    on.settle()
    on.restart()
    on.settle()
    assert (len(on.source.messages), on.source.repeated) == (sent, 0)


def test_an_event_changes_only_what_it_moves(on: Synced) -> None:
    before = len(on.source.messages)
    on.works("bob", 13)
    on.settle()
    (bob,) = [message for message in on.source.messages[before:] if message["type"] == "identify"]
    assert "Accoil_Everyday_AdoptionRate" in bob["traits"] and "Accoil_Everyday_LastActive" not in bob["traits"]
    assert on.stands("bob")["AdoptionRate"] == 100


def test_who_has_no_address_is_told_too_and_who_has_too_long_an_id_is_not(on: Synced) -> None:
    on.looked.receive([identified("dora", at(1)), identified("x" * 101, at(1), email="x@acme.example")])
    on.settle()
    assert on.stands("dora")["Frequency"] == 0
    assert on.record("x" * 101).reason == "Its id is longer than 100 characters."


def test_an_account_without_users_is_told_why_it_is_not_there(on: Synced) -> None:
    on.looked.receive([joins("", "lonely", at(1), name="Lonely")])
    sync.sync_now(on.connection)
    on.settle()
    assert on.record("lonely", "account").reason == "None of its users was found there."


def test_the_ledger_explains_each_record(on: Synced) -> None:
    assert on.ledger("ann")[0] == (Entry.What.MATCHED, "Found by user id.")
    assert on.ledger("acme", "account")[0] == (Entry.What.MATCHED, "Found by account id.")
    entry = Entry.objects.filter(record=on.record("ann"), what=Entry.What.WRITTEN).get()
    assert entry.changes["Accoil_Everyday_LastActive"] == [None, "2026-03-30"]


def test_a_hundred_messages_are_one_call_and_no_call_is_too_large(on: Synced) -> None:
    on.add_users(230)
    on.segment.heard.clear()
    on.settle()
    sizes = sorted(len(call.body["batch"]) for call in on.segment.heard)
    assert sizes == [30, 100, 100] and {call.status for call in on.segment.heard} == {200}


def test_what_is_switched_off_is_emptied_once_for_each_and_comes_again(on: Synced) -> None:
    before = len(on.source.messages)
    on.switch(Mode.SEGMENTS)
    on.settle()
    assert set(on.stands("ann")) == {"Segments"} and set(on.stands_at("acme")) <= {"AccountSegments"}
    assert len(on.source.messages) == before + 4
    assert on.ledger("ann")[-1] == (Entry.What.WRITTEN, "No profile asks for it any more, so it is emptied.")
    on.switch(Mode.OFF)
    on.settle()
    assert on.stands("ann") == {} and not Record.objects.exclude(confirmed={}).exists()
    on.works("ann", 15)
    on.switch(Mode.ALL)
    on.settle()
    assert on.stands("ann")["Frequency"] == 1 and on.stands_at("acme")["AccountTotalUsers"] == 2


def test_disconnecting_empties_what_stands_there(on: Synced) -> None:
    ending.begin(on.connection)
    on.settle()
    ended = on.kept
    assert (ended.state, ended.secrets, ended.problem) == (State.DISCONNECTED, {}, "")
    assert on.stands("ann") == on.stands("carla") == on.stands_at("acme") == {}
    sent = len(on.source.messages)
    on.works("bob", 16)
    on.settle()
    assert len(on.source.messages) == sent


def test_of_two_products_that_know_one_and_the_same_both_are_emptied(on: Synced) -> None:
    copy = Product.objects.create(team=on.looked.product.team, name="Staging")
    name = "Accoil_Staging_Score"
    stands = {name: 5}
    on.session.write("user", "ann", dict(stands))
    Record.objects.create(
        connection=on.connection, product=copy, kind="user", entity=ids.id_of(copy.pk, ids.USER, "ann"),
        match=Record.Is.MATCHED, remote_id="ann", confirmed=stands, unsure=[name],
    )  # fmt: skip
    Written.objects.create(connection=on.connection, kind="user", name=name, remote_id=name)
    ending.begin(on.connection)
    on.settle()
    assert on.source.traits["identify"]["ann"] == {}
    assert not Record.objects.exclude(confirmed={}).exists()


def test_an_account_that_lost_its_last_user_is_emptied_in_the_name_of_nobody(on: Synced) -> None:
    on.looked.receive([joins("ann", "globex", at(30)), joins("bob", "globex", at(30))])
    ending.begin(on.connection)
    on.settle()
    assert (on.kept.state, on.kept.problem) == (State.DISCONNECTED, "")
    assert on.stands_at("acme") == {} and not on.record("acme", "account").confirmed
    last = [message for message in on.source.messages if message.get("groupId") == "acme"][-1]
    assert last["anonymousId"] == "accoil-connections"


def test_what_was_written_of_somebody_who_is_gone_is_emptied(on: Synced) -> None:
    with atomic():
        leave(record := on.record("carla"))
        record.delete()
    on.settle()
    assert "Score" not in on.source.traits["identify"]["carla"]


def test_what_was_written_of_an_account_that_is_gone_is_emptied(on: Synced) -> None:
    with atomic():
        leave(record := on.record("acme", "account"))
        record.delete()
    on.settle()
    assert on.stands_at("acme") == {} and not on.connection.left.exists()

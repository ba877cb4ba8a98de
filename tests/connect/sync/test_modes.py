"""A profile switched on, narrowed, switched off, on again, renamed and deleted; and the end of a connection."""

import pytest

from accoil.connect import ending
from accoil.connect.intercom.connecting import by_token
from accoil.connect.models import Mode, State, Written
from accoil.refused import Refused
from accoil.score.models import Profile
from accoil.team.models import Product, Team
from tests.connect.sync.conftest import Synced
from tests.small_worlds import at, did

OF_USERS = {"Score", "Segments", "ActivationRate", "AdoptionRate", "LifetimeAdoptionRate", "LastActive", "Frequency"}
OF_ACCOUNTS = OF_USERS | {"ActiveUsers", "TotalUsers", "ActiveUserPercentage"}
SEGMENTS = {"Accoil_Everyday_Segments", "Accoil_Everyday_AccountSegments"}
ALL = {f"Accoil_Everyday_{trait}" for trait in OF_USERS} | {f"Accoil_Everyday_Account{trait}" for trait in OF_ACCOUNTS}


def test_all_then_segments_then_off_then_all(synced: Synced) -> None:
    synced.switch(Mode.ALL)
    synced.settle()
    assert synced.attributes() == ALL
    first = synced.stands("ann@acme.example")

    synced.switch(Mode.SEGMENTS)
    synced.settle()
    assert synced.attributes() == SEGMENTS
    assert synced.attributes(archived=True) == ALL - SEGMENTS

    synced.switch(Mode.OFF)
    synced.settle()
    assert synced.attributes() == set()
    count = len(synced.written())
    synced.looked.receive(did("ann", "Report_Created", at(31), 1))
    synced.settle()
    assert len(synced.written()) == count

    synced.switch(Mode.ALL)
    synced.settle()
    assert synced.attributes() == ALL
    assert len(synced.workspace.attributes) == len(ALL)  # taken out of the archive, none made twice
    assert synced.stands("ann@acme.example") != first
    assert synced.stands("ann@acme.example")["Score"] == 56


def test_what_is_restored_is_written_anew_for_everyone(synced: Synced) -> None:
    synced.switch(Mode.ALL)
    synced.settle()
    synced.switch(Mode.OFF)
    synced.settle()
    for contact in synced.workspace.contacts.values():
        contact.custom_attributes["Accoil_Everyday_Score"] = 99  # whatever happened there meanwhile
    synced.switch(Mode.ALL)
    synced.settle()
    assert synced.stands("ann@acme.example")["Score"] == 46


def test_a_renamed_profile_leaves_the_old_names(synced: Synced) -> None:
    synced.switch(Mode.ALL)
    synced.settle()
    synced.profile.rename("Daily use")
    synced.settle()
    assert synced.attributes() == {name.replace("Everyday", "Dailyuse") for name in ALL}
    assert synced.attributes(archived=True) == ALL
    assert synced.stands("ann@acme.example")["Accoil_Dailyuse_Score"] == 46


def test_a_deleted_profile_leaves_nothing(synced: Synced) -> None:
    synced.switch(Mode.ALL)
    synced.settle()
    synced.profile.delete()
    assert synced.syncer.step() > 0
    assert synced.attributes() == set()


def test_names_that_collapse_to_one_are_refused(synced: Synced) -> None:
    synced.switch(Mode.ALL)
    other = Profile.create(synced.looked.product, "Every Day", synced.profile.current.parsed)
    with pytest.raises(Refused, match="“Every Day” and “Everyday” of Web would both be called Accoil_EveryDay"):
        synced.switch(Mode.ALL, other)
    other.rename("Weekly")
    synced.switch(Mode.ALL, other)
    with pytest.raises(Refused, match="rename one of them"):
        other.rename("every-day")
    assert Profile.objects.get(pk=other.pk).name == "Weekly"


def test_a_name_without_latin_letters_is_refused(synced: Synced) -> None:
    other = Profile.create(synced.looked.product, "Пробные", synced.profile.current.parsed)
    with pytest.raises(Refused, match="holds no letter from A to Z"):
        synced.switch(Mode.SEGMENTS, other)


def test_a_profile_of_another_team_is_refused(synced: Synced) -> None:
    elsewhere = Product.objects.create(team=Team.objects.create(name="Others"), name="Web")
    theirs = Profile.create(elsewhere, "Theirs", synced.profile.current.parsed)
    with pytest.raises(Refused, match="another team"):
        synced.switch(Mode.ALL, theirs)
    assert not theirs.syncs.exists()


def test_what_has_no_room_is_refused_before_anything_is_made(synced: Synced) -> None:
    synced.workspace.most_attributes = 250
    for number in range(240):
        synced.workspace.attribute("contact", f"other_{number}")
    with pytest.raises(Refused, match="room for 10 more attributes, and this needs 17"):
        synced.switch(Mode.ALL)
    synced.switch(Mode.SEGMENTS)
    synced.settle()
    assert synced.attributes() >= SEGMENTS


def test_an_attribute_that_is_still_used_there_is_tried_again_the_next_day(synced: Synced) -> None:
    synced.switch(Mode.ALL)
    synced.settle()
    (held,) = [each for each in synced.workspace.attributes.values() if each.name == "Accoil_Everyday_Score"]
    held.held = True
    synced.switch(Mode.OFF)
    synced.settle()
    assert synced.attributes() == {"Accoil_Everyday_Score"}
    row = Written.objects.get(connection=synced.connection, name="Accoil_Everyday_Score")
    assert row.state == Written.Is.ARCHIVING and "still used" in row.problem
    held.held = False
    synced.settle()
    assert synced.attributes() == {"Accoil_Everyday_Score"}
    synced.clock.advance(25 * 3600)
    synced.settle()
    assert synced.attributes() == set()


def test_disconnecting_archives_everything_and_drops_the_secrets(synced: Synced) -> None:
    synced.switch(Mode.ALL)
    synced.settle()
    ending.begin(synced.connection)
    synced.syncer.step()
    connection = synced.kept
    assert (connection.state, connection.secrets) == (State.DISCONNECTED, {})
    assert synced.attributes() == set()
    assert not connection.profiles.exists()


def test_a_dry_run_says_what_would_change_and_writes_nothing(synced: Synced) -> None:
    before = len(synced.intercom.calls("PUT")) + len(synced.intercom.calls("POST"))
    plan = synced.plan({synced.profile: Mode.ALL})
    assert set(plan.make) == ALL and plan.matched is None and plan.places.left == 250
    synced.switch(Mode.SEGMENTS)
    synced.settle()
    written = len(synced.workspace.writes)
    plan = synced.plan({synced.profile: Mode.ALL})
    assert set(plan.make) == ALL - SEGMENTS
    assert plan.would_change == {synced.profile.pk: {"user": 2, "account": 1}}
    assert (plan.records, plan.calls) == (3, 3 + len(ALL - SEGMENTS))
    assert len(synced.workspace.writes) == written and before == 0
    assert set(synced.plan({synced.profile: Mode.OFF}).archive) == SEGMENTS


def test_disconnecting_without_a_good_token_ends_with_a_sentence(synced: Synced) -> None:
    synced.switch(Mode.ALL)
    synced.settle()
    synced.workspace.revoke()
    ending.begin(synced.connection)
    synced.syncer.step()
    connection = synced.kept
    assert connection.state == State.DISCONNECTED and connection.secrets == {}
    assert connection.problem.startswith("What was written could not be archived: Intercom no longer accepts")


def test_what_was_written_before_is_taken_up_again_when_connected_again(synced: Synced) -> None:
    synced.switch(Mode.ALL)
    synced.settle()
    ending.begin(synced.connection)
    synced.syncer.step()
    made = len(synced.workspace.attributes)
    again = by_token(synced.looked.product.team, synced.connection.author, synced.intercom.token(), "secret")
    assert again.pk == synced.connection.pk
    synced.connection.refresh_from_db()
    synced.switch(Mode.ALL)
    synced.settle()
    assert synced.attributes() == ALL and len(synced.workspace.attributes) == made
    assert synced.stands("ann@acme.example")["Score"] == 46

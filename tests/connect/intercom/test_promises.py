"""What the page docs/connections/intercom.md promises beside what other tests show, from event to Intercom."""

import pytest

from accoil.connect import ending, sync
from accoil.connect.intercom.tool import TOOL
from accoil.connect.models import Connection, Mode, Record, State
from accoil.connect.names import attribute_name
from accoil.refused import Refused
from accoil.score.models import Profile
from tests.connect.sync.conftest import Synced, clock, intercom, synced
from tests.intercom.asking import Asking

__all__ = ["clock", "intercom", "synced"]

HOUR = 3600


def test_names_are_put_together_as_published() -> None:
    assert attribute_name("Trial Users", "user", "ActivationRate") == "Accoil_TrialUsers_ActivationRate"
    assert attribute_name("Trial Users", "account", "ActivationRate") == "Accoil_TrialUsers_AccountActivationRate"


def test_in_intercom_each_attribute_says_in_words_what_it_is(synced: Synced) -> None:
    trial = Profile.create(synced.looked.product, "Trial Users", synced.profile.current.parsed)
    synced.switch(Mode.ALL, trial)
    synced.settle()
    words = {each.name: each.description for each in synced.workspace.attributes.values()}
    assert words["Accoil_TrialUsers_ActivationRate"] == "Accoil TrialUsers ActivationRate"
    assert words["Accoil_TrialUsers_AccountScore"] == "Accoil TrialUsers AccountScore"


def test_people_are_filtered_by_our_attributes_in_intercom(synced: Synced) -> None:
    synced.switch(Mode.ALL)
    synced.settle()
    ann = synced.workspace.find_contact("ann@acme.example")
    score = ann.custom_attributes["Accoil_Everyday_Score"]
    asked = {"query": {"field": "custom_attributes.Accoil_Everyday_Score", "operator": "=", "value": score}}
    told = Asking(synced.intercom)("POST", "/contacts/search", asked).json()
    assert [each["id"] for each in told["data"]] == [ann.id]


def test_traits_are_there_right_after_connecting(synced: Synced) -> None:
    synced.switch(Mode.ALL)
    synced.settle()
    assert synced.stands("ann@acme.example")["Score"] > 0
    assert synced.stands_at("acme")["AccountScore"] > 0


def test_somebody_new_in_intercom_is_matched_within_six_hours(synced: Synced) -> None:
    synced.switch(Mode.ALL)
    synced.settle()
    carla = synced.workspace.contact("carla@acme.example")
    synced.clock.advance(5 * HOUR)
    synced.settle()
    assert synced.record("carla").match == Record.Is.UNMATCHED
    synced.clock.advance(1 * HOUR + 1)
    synced.settle()
    assert synced.record("carla").remote_id == carla.id
    assert synced.stands("carla@acme.example")["Score"] == 0  # once matched, written


@pytest.mark.parametrize(
    ("seconds", "taken"), [(299, False), (300, True), (6 * HOUR, True), (24 * HOUR, True), (24 * HOUR + 1, False)]
)
def test_everything_is_compared_every_six_hours_or_as_chosen(synced: Synced, seconds: int, taken: bool) -> None:
    assert synced.connection.full_every == 6 * HOUR
    if not taken:
        with pytest.raises(Refused, match="every 5 minutes at most, and once in 24 hours at least"):
            sync.set_full_every(synced.connection, seconds)
        return
    sync.set_full_every(synced.connection, seconds)
    assert Connection.objects.get().full_every == seconds


def test_disconnecting_archives_what_we_wrote_and_leaves_the_rest(synced: Synced) -> None:
    synced.workspace.attribute("contact", "Plan")
    synced.switch(Mode.ALL)
    synced.settle()
    ending.begin(Connection.objects.get())
    synced.settle()
    assert synced.attributes() == {"Plan"}
    assert Connection.objects.get().state == State.DISCONNECTED


def test_a_profile_is_restored_when_its_workspace_is_connected_again(synced: Synced) -> None:
    from accoil.connect.intercom.connecting import by_token

    synced.switch(Mode.ALL)
    synced.settle()
    before = dict(synced.workspace.find_contact("ann@acme.example").custom_attributes)
    ids = {each.id for each in synced.workspace.attributes.values()}
    ending.begin(Connection.objects.get())
    synced.settle()
    by_token(synced.looked.product.team, synced.connection.author, synced.intercom.token())
    synced.connection.refresh_from_db()
    synced.switch(Mode.ALL)
    synced.settle()
    assert {each.id for each in synced.workspace.attributes.values() if not each.archived} == ids
    assert synced.workspace.shown("contact", synced.workspace.find_contact("ann@acme.example")) == before


def test_the_action_is_called_as_people_look_for_it() -> None:
    (action,) = TOOL.actions
    assert (action.label, action.by_hand) == ("Add Tag in Intercom", "Add Intercom Tag")
    assert [field.name for field in action.fields] == ["tag", "on"]
    assert [key for key, _ in action.fields[1].choices] == ["user", "company"]

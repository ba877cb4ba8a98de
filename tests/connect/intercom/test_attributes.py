"""Attributes are made, archived and taken out again, and a refusal says what to do."""

import pytest

from accoil.connect.connection import Rejected
from accoil.connect.now import Driven
from tests.connect.intercom.conftest import Here, attribute
from tests.intercom import Intercom


@pytest.mark.parametrize(("type", "there"), [("integer", "integer"), ("text", "string"), ("date", "date")])
def test_an_attribute_is_made_that_no_visitor_can_set(here: Here, intercom: Intercom, type: str, there: str) -> None:
    remote_id = here.session.ensure(attribute("Accoil_Trial_Score", "user", type))
    made = intercom.workspace.attributes[int(remote_id)]
    assert (made.model, made.name, made.data_type) == ("contact", "Accoil_Trial_Score", there)
    assert made.description == "Accoil Trial Score"
    assert not made.messenger_writable


def test_one_that_is_there_is_not_made_again(here: Here, intercom: Intercom) -> None:
    first = here.session.ensure(attribute())
    assert here.session.ensure(attribute()) == first
    assert len(intercom.workspace.written("attribute")) == 1


def test_accounts_have_theirs_on_companies(here: Here, intercom: Intercom) -> None:
    remote_id = here.session.ensure(attribute("Accoil_Trial_AccountScore", "account"))
    assert intercom.workspace.attributes[int(remote_id)].model == "company"


def test_an_archived_one_is_taken_out_again(here: Here, intercom: Intercom) -> None:
    first = here.session.ensure(attribute())
    here.session.archive(attribute(), first)
    assert intercom.workspace.attributes[int(first)].archived
    assert here.session.ensure(attribute()) == first
    assert not intercom.workspace.attributes[int(first)].archived
    assert len(intercom.calls("POST /data_attributes")) == 1


def test_one_that_visitors_could_set_is_closed_to_them(here: Here, intercom: Intercom) -> None:
    there = intercom.workspace.attribute("contact", "Accoil_Trial_Score", "integer", messenger_writable=True)
    assert here.session.ensure(attribute()) == str(there.id)
    assert not there.messenger_writable


def test_archiving_twice_is_no_error(here: Here, intercom: Intercom) -> None:
    made = here.session.ensure(attribute())
    here.session.archive(attribute(), made)
    here.session.archive(attribute(), made)
    here.session.archive(attribute("Accoil_Never_Score"), "")
    here.session.archive(attribute("Accoil_Never_Score"), "777")
    assert len(intercom.workspace.written("attribute")) == 2


def test_one_that_is_used_in_intercom_cannot_be_archived(here: Here, intercom: Intercom) -> None:
    made = here.session.ensure(attribute())
    intercom.workspace.attributes[int(made)].held = True
    with pytest.raises(Rejected, match=r"“Accoil_Trial_Score” is still used in Intercom .* Remove it there"):
        here.session.archive(attribute(), made)
    assert not intercom.workspace.attributes[int(made)].archived


def test_places_are_counted_over_both_models_without_archived_ones(
    here: Here, intercom: Intercom, clock: Driven
) -> None:
    assert here.session.places_left() == 250
    for number in range(3):
        intercom.workspace.attribute("contact", f"Other_{number}")
        intercom.workspace.attribute("company", f"Firm_{number}")
    intercom.workspace.attribute("contact", "Old", archived=True)
    clock.advance(31)
    here.session.ensure(attribute())
    assert here.session.places_left() == 243


def test_without_a_place_nothing_is_asked_and_the_sentence_says_what_to_do(here: Here, intercom: Intercom) -> None:
    for number in range(250):
        intercom.workspace.attribute("contact", f"Other_{number}")
    with pytest.raises(
        Rejected,
        match=r"“Accoil_Trial_Score” was not made: Intercom has room for 0 more attributes.*: archive",
    ):
        here.session.ensure(attribute())
    assert not intercom.calls("POST /data_attributes")


def test_the_last_place_may_be_taken_by_somebody_else(here: Here, intercom: Intercom) -> None:
    assert here.session.places_left() == 250
    for number in range(250):
        intercom.workspace.attribute("contact", f"Other_{number}")
    with pytest.raises(Rejected, match="has room for 0 more"):
        here.session.ensure(attribute())


def test_an_archived_one_needs_a_place_too(here: Here, intercom: Intercom) -> None:
    made = here.session.ensure(attribute())
    here.session.archive(attribute(), made)
    for number in range(250):
        intercom.workspace.attribute("contact", f"Other_{number}")
    with pytest.raises(Rejected, match="has room for 0 more"):
        here.session.ensure(attribute())
    assert intercom.workspace.attributes[int(made)].archived


def test_a_name_that_the_other_model_has_is_refused_with_both_ways_out(here: Here, intercom: Intercom) -> None:
    intercom.workspace.attribute("company", "Accoil_Trial_Score", "integer")
    with pytest.raises(Rejected, match=r"of companies already and takes a name only once.* Rename the profile"):
        here.session.ensure(attribute())


def test_a_name_that_has_another_type_is_refused(here: Here, intercom: Intercom) -> None:
    intercom.workspace.attribute("contact", "Accoil_Trial_Score", "string")
    with pytest.raises(Rejected, match=r"of type string, and types cannot be changed there.* needs integer"):
        here.session.ensure(attribute())


def test_one_that_somebody_archived_by_hand_comes_back(here: Here, intercom: Intercom, clock: Driven) -> None:
    made = here.session.ensure(attribute())
    intercom.workspace.attributes[int(made)].archived = True
    clock.advance(60)
    assert here.session.ensure(attribute()) == made
    assert not intercom.workspace.attributes[int(made)].archived


def test_many_attributes_take_one_call_each(here: Here, intercom: Intercom) -> None:
    wanted = [attribute(f"Accoil_Profile{n}_Score") for n in range(20)]
    made = [here.session.ensure(each) for each in wanted]
    for each, remote_id in zip(wanted, made, strict=True):
        here.session.archive(each, remote_id)
    assert len(intercom.calls("POST /data_attributes")) == len(intercom.calls("PUT /data_attributes")) == 20
    assert len(intercom.calls("GET /data_attributes")) == 2

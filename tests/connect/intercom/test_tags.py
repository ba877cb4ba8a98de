"""Tags are put on contacts and companies, and made when there is none of that name."""

import pytest

from accoil.connect.connection import Gone, Rejected
from tests.connect.intercom.conftest import Here
from tests.intercom import Intercom


def _tag(here: Here, kind: str, remote_id: str, tag: str = "At risk") -> str:
    return here.session.perform("intercom_tag", kind, remote_id, {"tag": tag, "on": "user"})  # type: ignore[arg-type]


def test_a_contact_is_tagged_with_a_new_tag(here: Here, intercom: Intercom) -> None:
    joe = intercom.workspace.contact("joe@example.com")
    assert _tag(here, "user", joe.id) == "The contact has the tag “At risk” in Intercom."
    assert intercom.workspace.tagged(joe) == ["At risk"]


def test_a_company_is_tagged_with_a_new_tag(here: Here, intercom: Intercom) -> None:
    acme = intercom.workspace.company("a1", "Acme")
    assert _tag(here, "account", acme.id) == "The company has the tag “At risk” in Intercom."
    assert intercom.workspace.tagged(acme) == ["At risk"]


@pytest.mark.parametrize("kind", ["user", "account"])
def test_a_tag_of_that_name_is_taken_whatever_its_case(here: Here, intercom: Intercom, kind: str) -> None:
    joe, acme = intercom.workspace.contact("joe@example.com"), intercom.workspace.company("a1", "Acme")
    _tag(here, "user", joe.id, "at RISK")
    record = acme if kind == "account" else intercom.workspace.contact("ann@example.com")
    _tag(here, kind, record.id, " At  risk ")
    assert intercom.workspace.tagged(record) == ["at RISK"]
    assert len(intercom.workspace.tags) == 1


@pytest.mark.parametrize("kind", ["user", "account"])
def test_tagging_twice_does_nothing_more(here: Here, intercom: Intercom, kind: str) -> None:
    joe, acme = intercom.workspace.contact("joe@example.com"), intercom.workspace.company("a1", "Acme")
    for _ in range(2):
        _tag(here, kind, joe.id if kind == "user" else acme.id)
    assert [write.changed for write in intercom.workspace.written("tagged")] == [True, False]


def test_other_tags_stay(here: Here, intercom: Intercom) -> None:
    joe = intercom.workspace.contact("joe@example.com")
    _tag(here, "user", joe.id, "vip")
    _tag(here, "user", joe.id, "At risk")
    assert intercom.workspace.tagged(joe) == ["At risk", "vip"]


def test_a_tag_that_was_deleted_in_the_meantime_is_made_again(here: Here, intercom: Intercom) -> None:
    joe, ann = (intercom.workspace.contact(f"{name}@example.com") for name in ("joe", "ann"))
    _tag(here, "user", joe.id)
    intercom.workspace.tags.clear()
    _tag(here, "user", ann.id)
    assert intercom.workspace.tagged(ann) == ["At risk"]


def test_a_merged_contact_says_where_it_went(here: Here, intercom: Intercom) -> None:
    old, new = (intercom.workspace.contact(f"{name}@example.com") for name in ("old", "new"))
    intercom.workspace.merge(old, new)
    with pytest.raises(Gone) as gone:
        _tag(here, "user", old.id)
    assert gone.value.moved_to == new.id


@pytest.mark.parametrize("kind", ["user", "account"])
def test_a_record_that_is_not_there_is_gone(here: Here, kind: str) -> None:
    with pytest.raises(Gone):
        _tag(here, kind, "nowhere")


@pytest.mark.parametrize("tag", ["", "   ", "x" * 101])
def test_a_tag_needs_a_name(here: Here, intercom: Intercom, tag: str) -> None:
    joe = intercom.workspace.contact("joe@example.com")
    with pytest.raises(Rejected, match="A tag needs a name of 1 to 100 characters"):
        _tag(here, "user", joe.id, tag)
    assert not intercom.calls("POST /tags")


def test_something_else_is_refused(here: Here) -> None:
    with pytest.raises(Rejected, match="Intercom cannot do “fly”"):
        here.session.perform("fly", "user", "1", {})


def test_tags_that_are_there_are_known_by_name_and_so_is_one_that_was_just_made(here: Here, intercom: Intercom) -> None:
    joe = intercom.workspace.contact("joe@example.com")
    _tag(here, "user", joe.id, "VIP")
    assert here.session.tags() == ["VIP"]
    _tag(here, "user", joe.id, "at risk")
    assert here.session.tags() == ["at risk", "VIP"]

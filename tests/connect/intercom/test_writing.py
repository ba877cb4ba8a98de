"""Values are written as Intercom keeps them, and what it says it kept is told back in our form."""

from datetime import UTC, datetime

import pytest

from accoil.connect.connection import Gone, Rejected, TryLater
from accoil.connect.models import Written
from accoil.connect.now import Driven
from accoil.count.ids import Kind
from accoil.score.definition import Definition
from accoil.score.models import Profile
from accoil.team.models import Product
from tests.connect.intercom.conftest import Here, attribute
from tests.intercom import Intercom

SCORE, SEGMENTS, DAY = "Accoil_Trial_Score", "Accoil_Trial_Segments", "Accoil_Trial_LastActive"
TYPES = {SCORE: "integer", SEGMENTS: "text", DAY: "date"}


def _ensure(here: Here, zone: str = "UTC", kind: Kind = "user") -> None:
    product = Product.objects.create(team=here.team, name="Web", time_zone=zone)
    profile = Profile.create(product, "Trial", Definition(events={"A": 1}), here.author)
    for name, type in TYPES.items():
        remote_id = here.session.ensure(attribute(name, kind, type))
        Written.objects.create(connection=here.connection, profile=profile, kind=kind, name=name, remote_id=remote_id)


def test_what_was_kept_is_told_back(here: Here, intercom: Intercom) -> None:
    _ensure(here)
    joe = intercom.workspace.contact("joe@example.com")
    values = {SCORE: 72, SEGMENTS: "At risk, Power users", DAY: "2026-03-31"}
    assert here.session.write("user", joe.id, dict(values)) == values
    assert joe.custom_attributes[SCORE] == 72
    assert here.session.read("user", joe.id, [*values, "Accoil_Other_Score"]) == values | {"Accoil_Other_Score": None}


@pytest.mark.parametrize(
    ("zone", "hour"), [("UTC", 12), ("Australia/Sydney", 1), ("America/Los_Angeles", 19), ("Asia/Kolkata", 6)]
)
def test_a_date_is_noon_where_the_product_is(here: Here, intercom: Intercom, zone: str, hour: int) -> None:
    _ensure(here, zone)
    joe = intercom.workspace.contact("joe@example.com")
    here.session.write("user", joe.id, {DAY: "2026-03-31"})
    there = datetime.fromtimestamp(joe.custom_attributes[DAY], UTC)
    assert (there.date().isoformat(), there.hour) == ("2026-03-31", hour)


def test_nothing_else_of_the_contact_is_touched(here: Here, intercom: Intercom) -> None:
    _ensure(here)
    intercom.workspace.attribute("contact", "Plan")
    joe = intercom.workspace.contact("joe@example.com", name="Joe", custom_attributes={"Plan": "gold", SCORE: 1})
    here.session.write("user", joe.id, {SEGMENTS: "At risk"})
    assert joe.custom_attributes == {"Plan": "gold", SCORE: 1, SEGMENTS: "At risk"}
    assert (joe.name, joe.email) == ("Joe", "joe@example.com")


def test_none_clears(here: Here, intercom: Intercom) -> None:
    _ensure(here)
    joe = intercom.workspace.contact("joe@example.com")
    here.session.write("user", joe.id, {SCORE: 1, DAY: "2026-03-31"})
    assert here.session.write("user", joe.id, {SCORE: None, DAY: None}) == {SCORE: None, DAY: None}
    assert joe.custom_attributes == {}


def test_companies_are_written_too(here: Here, intercom: Intercom) -> None:
    _ensure(here, kind="account")
    acme = intercom.workspace.company("a1", "Acme")
    assert here.session.write("account", acme.id, {SCORE: 72, DAY: "2026-03-31"}) == {SCORE: 72, DAY: "2026-03-31"}
    assert here.session.read("account", acme.id, [SCORE]) == {SCORE: 72}


def test_a_value_that_was_left_out_without_a_word_is_noticed(here: Here, intercom: Intercom) -> None:
    _ensure(here)
    intercom.workspace.ignores_unknown = True
    joe = intercom.workspace.contact("joe@example.com")
    assert here.session.write("user", joe.id, {SCORE: 7, "Accoil_Gone_Score": 8}) == {
        SCORE: 7,
        "Accoil_Gone_Score": None,
    }


def test_a_value_that_is_refused_says_which(here: Here, intercom: Intercom) -> None:
    _ensure(here)
    joe = intercom.workspace.contact("joe@example.com")
    with pytest.raises(Rejected, match="It said: Custom attribute 'Accoil_Gone_Score' does not exist"):
        here.session.write("user", joe.id, {"Accoil_Gone_Score": 8})


def test_a_merged_contact_says_where_it_went(here: Here, intercom: Intercom) -> None:
    _ensure(here)
    old, new = (intercom.workspace.contact(f"{name}@example.com") for name in ("old", "new"))
    intercom.workspace.merge(old, new)
    with pytest.raises(Gone) as gone:
        here.session.write("user", old.id, {SCORE: 7})
    assert gone.value.moved_to == new.id
    with pytest.raises(Gone) as gone:
        here.session.read("user", old.id, [SCORE])
    assert gone.value.moved_to == new.id


def test_one_whose_write_only_says_not_found_is_asked_where_it_went(here: Here, intercom: Intercom) -> None:
    _ensure(here)
    old, new = (intercom.workspace.contact(f"{name}@example.com") for name in ("old", "new"))
    intercom.workspace.merge(old, new)
    intercom.faults.plan("refuse", "PUT /contacts", status=404, code="not_found")
    with pytest.raises(Gone) as gone:
        here.session.write("user", old.id, {SCORE: 7})
    assert gone.value.moved_to == new.id


def test_a_deleted_contact_is_gone(here: Here, intercom: Intercom) -> None:
    _ensure(here)
    joe = intercom.workspace.contact("joe@example.com")
    intercom.workspace.delete(joe)
    with pytest.raises(Gone) as gone:
        here.session.write("user", joe.id, {SCORE: 7})
    assert gone.value.moved_to is None


def test_a_company_that_is_not_there_is_gone(here: Here) -> None:
    with pytest.raises(Gone):
        here.session.write("account", "nowhere", {})


def test_a_write_whose_answer_was_lost_can_be_written_again(here: Here, intercom: Intercom, clock: Driven) -> None:
    _ensure(here)
    joe = intercom.workspace.contact("joe@example.com")
    intercom.faults.plan("lose", "PUT /contacts")
    assert here.session.write("user", joe.id, {SCORE: 7}) == {SCORE: 7}
    assert [write.changed for write in intercom.workspace.written("contact", joe.id)] == [True, False]


def test_over_the_limits_the_background_stops_before_intercom_says_so(
    here: Here, intercom: Intercom, clock: Driven
) -> None:
    _ensure(here)
    joe = intercom.workspace.contact("joe@example.com")
    clock.advance(10)
    intercom.limits.per_window = 8
    with pytest.raises(TryLater) as later:
        for number in range(20):
            here.session.write("user", joe.id, {SCORE: number})
    assert later.value.limited and later.value.after is not None and later.value.after <= 11
    assert intercom.limits.refused == 0
    here.session.perform("intercom_tag", "user", joe.id, {"tag": "vip"})  # somebody who looks on still has room

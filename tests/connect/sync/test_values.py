"""What is written, for whom, and that nothing is written again."""

from accoil.connect.desired import listed
from accoil.connect.looking import Look
from accoil.connect.models import Entry, Mode, Record
from accoil.score.definition import Definition
from accoil.score.wording import in_percent
from accoil.segment import keeping
from tests.connect.sync.conftest import Synced
from tests.small_worlds import at, did, identified


def test_matched_users_and_their_company_get_all_traits(synced: Synced) -> None:
    synced.switch(Mode.ALL)
    synced.settle()
    assert synced.stands("ann@acme.example") == {
        "Score": 46, "Segments": "Passive, Red Hot", "AdoptionRate": 50,
        "LifetimeAdoptionRate": 50, "LastActive": 1774872000, "Frequency": 1,
    }  # fmt: skip
    assert synced.stands_at("acme")["AccountActiveUsers"] == 2
    assert synced.record("carla").match == Record.Is.UNMATCHED
    assert "e-mail" in synced.record("carla").reason


def test_a_second_pass_writes_nothing(synced: Synced) -> None:
    synced.switch(Mode.ALL)
    synced.settle()
    before = synced.written()
    synced.clock.advance(7 * 3600)
    synced.settle()
    assert synced.written() == before
    assert Entry.objects.filter(connection=synced.connection, what=Entry.What.WRITTEN).count() == len(before)


def test_an_event_changes_only_what_it_moves(synced: Synced) -> None:
    synced.switch(Mode.ALL)
    synced.settle()
    before = len(synced.written())
    synced.looked.receive(did("bob", "Report_Created", at(30), 1))
    synced.settle()
    assert [whose for whose, _ in synced.written()[before:]] == ["bob@acme.example", "acme"]
    assert synced.stands("bob@acme.example")["AdoptionRate"] == 100
    assert "Accoil_Everyday_Frequency" not in synced.written()[before][1]


def test_a_renamed_segment_is_told_to_everyone_in_it(synced: Synced) -> None:
    busy = keeping.create(synced.profile, "user", "Busy", {"metric": "raw", "at_least": 18})
    synced.switch(Mode.SEGMENTS)
    synced.settle()
    assert synced.stands("ann@acme.example")["Segments"] == "Busy, Passive, Red Hot"
    before = len(synced.written())
    keeping.change(busy, "Very busy", {"metric": "raw", "at_least": 18}, 0)
    synced.settle()
    assert synced.stands("ann@acme.example")["Segments"] == "Passive, Red Hot, Very busy"
    assert [whose for whose, _ in synced.written()[before:]] == ["ann@acme.example"]


def test_who_comes_back_into_a_segment_on_the_day_he_left_is_told(synced: Synced) -> None:
    keeping.create(synced.profile, "user", "Big", {"user_trait": "size", "is": "big"})
    synced.looked.receive([identified("bob", at(30), size="big")])
    synced.switch(Mode.SEGMENTS)
    synced.settle()
    for hour, size, inside in ((1, "small", False), (2, "big", True), (3, "small", False), (4, "big", True)):
        synced.looked.receive([identified("bob", at(31, hour), size=size)])
        synced.settle()
        assert str(synced.stands("bob@acme.example")["Segments"]).startswith("Big") == inside


def test_whom_a_profile_leaves_out_loses_only_what_we_wrote(synced: Synced) -> None:
    synced.switch(Mode.ALL)
    synced.settle()
    before = len(synced.written())
    only_ann = {
        **synced.profile.current.parsed.to_yaml_dict(),
        "filter": {"user_trait": "email", "is": "ann@acme.example"},
    }
    synced.profile.save_definition(Definition.check(only_ann), None)
    synced.settle()
    (values,) = [values for whose, values in synced.written()[before:] if whose == "bob@acme.example"]
    assert set(values.values()) == {None} and "Accoil_Everyday_ActivationRate" not in values
    assert set(synced.stands("bob@acme.example").values()) <= {None}


def test_segment_names_are_cut_at_a_whole_name() -> None:
    names = [f"Segment number {number:03}" for number in range(30)]
    text = listed(names)
    assert (
        text
        and len(text) <= 255
        and text.endswith(", …")
        and text.removesuffix(", …").split(", ") == names[: text.count(",")]
    )
    assert listed(names[:2]) == "Segment number 000, Segment number 001" and listed([]) is None
    assert listed(["x" * 255]) == "x" * 255


def test_rates_are_whole_half_up() -> None:
    assert [in_percent(share) for share in (0.285, 23 / 40, 0.005, 0.0049, 1.0)] == [29, 58, 1, 0, 100]


def test_a_new_user_is_found_at_once_and_again_when_a_search_lags_behind(synced: Synced) -> None:
    synced.switch(Mode.ALL)
    synced.settle()
    synced.looked.receive([identified("eve", at(31), email="eve@acme.example"), *did("eve", "Report_Created", at(31))])
    synced.settle()
    assert synced.record("eve").match == Record.Is.UNMATCHED
    synced.workspace.contact("eve@acme.example", role="user")
    synced.clock.advance(11 * 60)
    synced.settle()
    assert synced.stands("eve@acme.example")["Score"] == 19


def test_a_look_finds_those_who_moved_and_not_everyone_who_did_something_that_day(synced: Synced) -> None:
    synced.looked.receive([identified(name, at(31), size="big") for name in ("ann", "bob", "carla")])
    keeping.create(synced.profile, "user", "Big", {"user_trait": "size", "is": "big"})
    synced.looked.look()
    look = Look(synced.profile.pk, "user", figures=False)
    assert look.changed(synced.profile) is None
    for hour, size in ((1, "small"), (2, "big"), (3, "small"), (4, "big")):
        synced.looked.receive([identified("bob", at(31, 12 + hour), size=size)])
        synced.looked.look()
        assert synced.looked.named("user", look.changed(synced.profile) or ()) == {"bob"}
    assert look.changed(synced.profile) == set()

"""Who entered and left, when, and why it is said to have happened."""

import time
from datetime import date, timedelta

import pytest

from accoil.count import days
from accoil.count.facts import facts
from accoil.score.definition import Definition
from accoil.score.models import Profile
from accoil.segment import keeping, reading, sizes
from accoil.segment.models import Reason, Round, Standing, Stay, Waiting
from accoil.segment.rounds import Rounds
from accoil.team.models import Product
from tests.segment.worlds import Looked
from tests.small_worlds import at, did, joins

BUSY = {"metric": "raw", "at_least": 18}


def begin(looked: Looked, rule: dict[str, object] = BUSY, stay_days: int = 0) -> None:
    """Ann is busy, bob is not; somebody has looked."""
    looked.receive([*did("ann", "Report_Created", at(30), 3), *did("bob", "Report_Created", at(30), 1)])
    looked.receive([joins("ann", "acme", at(1)), joins("bob", "acme", at(1))])
    keeping.create(looked.profile, "user", "Busy", rule, stay_days)
    looked.look()


def told(looked: Looked, name: str = "Busy", after: int = 0) -> list[tuple[str, date, str]]:
    """(way, day, reason) of the moves of one segment of users, in order."""
    found = [move for move in reading.moves(looked.profile, after) if move.segment.name == name]
    return [(move.way, move.day, str(move.reason)) for move in found if move.segment.scope == "user"]


def later(looked: Looked, back: int = 1) -> None:
    looked.today += timedelta(days=back)


def test_those_inside_when_it_is_made_did_not_enter(looked: Looked) -> None:
    begin(looked)
    assert looked.inside(looked.segment("Busy", "user")) == {"ann"}
    assert told(looked) == []


def test_an_event_moves_somebody_in(looked: Looked) -> None:
    begin(looked)
    mark = reading.watermark(looked.profile)
    looked.receive(did("bob", "Report_Created", at(31), 1))
    looked.look()
    assert told(looked, after=mark) == [("entered", looked.today, "facts")]
    (move,) = [each for each in reading.moves(looked.profile, mark) if each.segment.name == "Busy"]
    assert move.happened and move.because == "something was received"
    assert move.id == f"{move.segment.pk}-{move.entity}-{days.number(looked.today)}-entered"
    assert told(looked, after=move.watermark) == []


def test_a_day_that_passes_moves_somebody_out(looked: Looked) -> None:
    begin(looked)
    later(looked, 7)
    looked.look()
    # Each day that nobody looked at is looked at; the events of the 30th leave the window on the 6th.
    assert told(looked) == [("left", date(2026, 4, 6), "day")]


def test_nothing_is_looked_at_twice(looked: Looked) -> None:
    begin(looked)
    rounds = Round.objects.count()
    looked.look()
    looked.look()
    assert Round.objects.count() == rounds


def test_a_restless_one_has_one_stay_and_one_move_a_day(looked: Looked) -> None:
    begin(looked, {"all": [{"event": "Report_Created", "at_least": 2}, {"event": "Left", "did": False}]})
    segment = looked.segment("Busy", "user")
    keeping.change(segment, "Busy", {"metric": "raw", "at_least": 100}, 0)
    looked.look()
    keeping.change(segment, "Busy", BUSY, 0)
    looked.look()
    keeping.change(segment, "Busy", {"metric": "raw", "at_least": 100}, 0)
    looked.look()
    keeping.change(segment, "Busy", BUSY, 0)
    looked.look()
    stay = Stay.objects.get(segment=segment)
    assert (stay.entered_day, stay.left_day) == (days.number(looked.today), None)


def test_a_changed_rule_is_the_reason_of_those_it_moves(looked: Looked) -> None:
    begin(looked)
    later(looked)
    looked.look()
    keeping.change(looked.segment("Busy", "user"), "Busy", {"metric": "raw", "at_least": 9}, 0)
    looked.look()
    assert told(looked) == [("entered", looked.today, "rule")]
    (move,) = [each for each in reading.moves(looked.profile) if each.segment.name == "Busy"]
    assert not move.happened


def test_a_new_name_moves_nobody(looked: Looked) -> None:
    begin(looked)
    keeping.change(looked.segment("Busy", "user"), "Very busy", BUSY, 0)
    looked.look()
    assert told(looked, "Very busy") == []


def test_a_new_definition_moves_only_those_whom_facts_did_not(looked: Looked) -> None:
    begin(looked)
    mark = reading.watermark(looked.profile)
    looked.receive(did("cleo", "Report_Created", at(31), 2))
    doubled = Definition(events={"Report_Created": 10, "Dashboard_Viewed": 2, "Help_Opened": 9}, benchmark=100)
    looked.receive(did("dan", "Help_Opened", at(31), 2))
    looked.profile.save_definition(doubled, None)
    looked.look()
    found = [move for move in reading.moves(looked.profile, mark) if move.segment.name == "Busy"]
    assert [looked.named("user", [move.entity]) for move in found] == [{"cleo"}, {"dan"}]
    assert [move.reason for move in found] == [Reason.FACTS, Reason.DEFINITION]
    assert found[1].because == "the profile's definition changed (version 1 → 2)"


def test_a_definition_that_only_leaves_somebody_out_is_an_exclusion(looked: Looked) -> None:
    begin(looked)
    raw = looked.profile.current.parsed.to_yaml_dict()
    looked.profile.save_definition(Definition.check({**raw, "exclude": {"users": ["ann"]}}), None)
    looked.look()
    assert told(looked) == [("left", looked.today, "exclusion")]


def test_what_an_import_brings_is_told_apart(looked: Looked) -> None:
    begin(looked)
    looked.receive(did("bob", "Report_Created", at(29), 1))
    looked.rounds.look(looked.profile, importing=True)
    assert told(looked) == [("entered", looked.today, "import")]


def test_what_was_imported_while_nobody_looked_is_told_apart_from_days_that_passed(
    looked: Looked, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("accoil.segment.rounds.RESTS", 0)
    begin(looked)
    looked.receive(did("bob", "Report_Created", at(29), 1))
    ended = time.time()
    later(looked, 7)
    looked.rounds = Rounds(lambda product, since: since <= ended)  # as of a server that is started
    looked.rounds.step()
    looked.rounds.step()
    passed = [("left", date(2026, 4, day), "day") for day in (5, 6)]
    assert told(looked) == [("entered", date(2026, 3, 31), "import"), *passed]


def test_an_import_moves_nobody_by_a_day_that_passes_meanwhile(looked: Looked, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("accoil.segment.rounds.RESTS", 0)
    begin(looked)
    importing, before = True, looked.today
    looked.rounds = Rounds(lambda product, since: importing)
    looked.receive(did("bob", "Report_Created", at(29), 1))
    later(looked)
    looked.rounds.step()
    looked.receive(did("cleo", "Report_Created", at(28), 2))
    looked.rounds.step()
    assert told(looked) == [("entered", before, "import")] * 2
    importing = False
    later(looked, 3)
    looked.rounds.step()
    assert told(looked)[2:] == [("left", date(2026, 4, 4), "day")]


def test_an_import_that_began_and_ended_between_two_looks_is_told_apart(
    looked: Looked, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("accoil.segment.rounds.RESTS", 0)
    begin(looked)
    ended = 0.0
    looked.rounds = Rounds(lambda product, since: since <= ended)
    looked.rounds.step()
    looked.receive(did("bob", "Report_Created", at(29), 1))
    ended = time.time()
    looked.rounds.step()
    looked.receive(did("cleo", "Report_Created", at(31), 2))
    looked.rounds.step()
    assert told(looked) == [("entered", looked.today, reason) for reason in ("import", "facts")]


def test_a_time_zone_that_changed_is_the_reason(looked: Looked) -> None:
    begin(looked)
    looked.receive(did("bob", "Report_Created", at(29), 1))
    facts().zones[looked.product.pk] = "Australia/Sydney"
    looked.look()
    facts().zones[looked.product.pk] = "UTC"
    assert told(looked) == [("entered", looked.today, "zone")]


def test_a_day_begins_in_a_new_time_zone_when_facts_are_counted_in_it(
    looked: Looked, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked.receive(did("bob", "Report_Created", at(31), 2))
    begin(looked, {"metric": "last_active", "in_last_days": 1})
    tomorrow = looked.today + timedelta(days=1)
    today = {"UTC": looked.today, "Australia/Sydney": tomorrow}
    monkeypatch.setattr(Product, "today", lambda product: today[product.time_zone])
    looked.profile.product.time_zone = "Australia/Sydney"
    looked.look()
    assert told(looked) == []
    facts().zones[looked.product.pk] = "Australia/Sydney"
    looked.look()
    facts().zones[looked.product.pk] = "UTC"
    assert told(looked) == [("left", tomorrow, "zone")]


def test_another_process_goes_on_where_the_last_one_ended(looked: Looked) -> None:
    begin(looked)
    looked.rounds = Rounds()
    looked.look()
    assert told(looked) == []
    looked.receive(did("bob", "Report_Created", at(31), 1))
    looked.rounds = Rounds()
    looked.look()
    assert told(looked) == [("entered", looked.today, "facts")]


def test_a_definition_changed_while_nobody_looked_is_known_as_such(looked: Looked) -> None:
    begin(looked)
    raw = looked.profile.current.parsed.to_yaml_dict()
    looked.profile.save_definition(Definition.check({**raw, "events": {"Report_Created": 10}}), None)
    keeping.change(looked.segment("Busy", "user"), "Busy", {"metric": "raw", "at_least": 10}, 0)
    looked.rounds = Rounds()
    looked.look()
    assert told(looked) == [("entered", looked.today, "definition")]


def test_one_who_must_stay_enters_when_he_has(looked: Looked) -> None:
    begin(looked, stay_days=2)
    segment = looked.segment("Busy", "user")
    assert looked.inside(segment) == set() and Waiting.objects.filter(segment=segment).count() == 1
    later(looked)
    looked.look()
    assert looked.inside(segment) == set()
    later(looked)
    looked.look()
    assert looked.inside(segment) == {"ann"}
    assert told(looked) == [("entered", looked.today, "day")]
    assert reading.members(segment, looked.today) == reading.recorded(segment, looked.today)


def test_one_who_goes_before_he_has_stayed_never_entered(looked: Looked) -> None:
    begin(looked, {"metric": "last_active", "in_last_days": 2}, stay_days=3)
    later(looked, 5)
    looked.look()
    assert told(looked) == []
    assert not Waiting.objects.exists()


def test_each_profile_has_its_own_moves(looked: Looked) -> None:
    begin(looked)
    other = Profile.create(looked.product, "Other", Definition(events={"Help_Opened": 1}))
    looked.rounds.look(other)
    looked.receive(did("bob", "Report_Created", at(31), 1))
    looked.look()
    looked.rounds.look(other)
    assert {move.segment.profile_id for move in reading.moves(looked.profile)} == {looked.profile.pk}
    assert "Busy" not in {move.segment.name for move in reading.moves(other)}


def test_sizes_are_kept_day_by_day(looked: Looked) -> None:
    begin(looked)
    later(looked)
    looked.look()
    segment = looked.segment("Busy", "user")
    assert [size.members for size in segment.sizes.order_by("day")] == [1, 1]
    assert segment.sizes.latest("day").score == pytest.approx(46)


def test_a_store_made_again_is_the_reason(looked: Looked) -> None:
    begin(looked)
    looked.receive(did("bob", "Report_Created", at(31), 1))
    Standing.objects.filter(profile=looked.profile).update(store="facts-0.duckdb")
    looked.rounds = Rounds()
    looked.look()
    assert told(looked) == [("entered", looked.today, "rebuild")]


def test_a_look_that_failed_half_way_is_done_again(looked: Looked, monkeypatch: pytest.MonkeyPatch) -> None:
    begin(looked)
    looked.receive(did("bob", "Report_Created", at(31), 1))
    with monkeypatch.context() as broken:
        broken.setattr(sizes, "write", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            looked.look()
    looked.look()
    assert looked.inside(looked.segment("Busy", "user")) == {"ann", "bob"}
    assert told(looked) == [("entered", looked.today, "facts")]

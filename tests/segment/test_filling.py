"""The past of a segment, filled in from what was received."""

from datetime import date

import msgspec
import pytest

from accoil.count import days
from accoil.segment import filling, keeping, reading
from accoil.segment.models import Filling, Stay
from tests.segment.test_moves import begin, told
from tests.segment.worlds import Looked
from tests.small_worlds import at, did, identified


def test_filling_in_reaches_back_and_joins_what_is_recorded(looked: Looked) -> None:
    begin(looked)
    segment = looked.segment("Busy", "user")
    filling.want([segment], days.number(date(2026, 3, 25)))
    work = filling.Fillings()
    work.step()
    while Filling.objects.exists():
        work.step()
    segment.refresh_from_db()
    stay = Stay.objects.get(segment=segment)
    assert (stay.entered_day, stay.left_day) == (days.number(date(2026, 3, 30)), None)
    assert [len(reading.recorded(segment, date(2026, 3, day))) for day in (28, 29, 30, 31)] == [0, 0, 1, 1]
    assert told(looked) == []  # what is filled in never fires
    assert segment.known_from == date(2026, 3, 25)


def test_filling_in_again_replaces_what_was_filled_in(looked: Looked) -> None:
    begin(looked)
    segment = looked.segment("Busy", "user")
    for first in (27, 20):
        segment.refresh_from_db()
        filling.fill_in([segment], days.number(date(2026, 3, first)))
        work = filling.Fillings()
        while Filling.objects.exists():
            work.step()
    segment.refresh_from_db()
    assert Stay.objects.filter(segment=segment).count() == 1
    assert segment.filled_from == days.number(date(2026, 3, 20))


def test_who_came_back_on_the_first_recorded_day_still_did_when_the_past_is_filled_in(looked: Looked) -> None:
    def becomes(plan: str, day: int, hour: int) -> None:
        looked.receive([identified("ann", at(day, hour), plan=plan)])

    def moves() -> list[reading.Move]:
        return [each for each in reading.moves(looked.profile, mark) if each.segment.name == "Gold"]

    looked.receive(did("ann", "Report_Created", at(20)))
    becomes("gold", 20, 12)
    segment = keeping.create(looked.profile, "user", "Gold", {"user_trait": "plan", "is": "gold"})
    looked.look()
    mark = reading.watermark(looked.profile)
    for hour, plan in enumerate(("tin", "gold"), 1):
        becomes(plan, 31, hour)
        looked.look()
    before = moves()
    assert [(each.way, each.day) for each in before] == [("entered", looked.today)]
    segment.refresh_from_db()
    filling.fill_in([segment], days.number(date(2026, 3, 15)))
    work = filling.Fillings()
    while Filling.objects.exists():
        work.step()
    assert Stay.objects.get(segment=segment).entered_day == days.number(date(2026, 3, 20))
    assert moves() == before
    becomes("tin", 31, 3)
    looked.look()
    *_, left = moves()
    assert left.way == "left" and left.id.endswith(f"-left-{left.watermark}"), "not the same as the first time"


def test_a_definition_that_changes_while_the_past_is_filled_in_holds_for_all_of_it(
    looked: Looked, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin(looked)
    segment = looked.segment("Busy", "user")
    filling.fill_in([segment], days.number(date(2026, 3, 25)))
    monkeypatch.setattr(filling, "AT_ONCE", 0.0)
    work = filling.Fillings()
    while not (half := Filling.objects.get()).days_done:
        work.step()
    assert half.days_done < half.days_in_all
    definition = looked.profile.current.parsed
    looked.profile.save_definition(msgspec.structs.replace(definition, events={"Report_Created": 1}), None)
    looked.look()
    while Filling.objects.exists():
        work.step()
    # Three reports weigh three by now: ann was never busy.
    assert [len(reading.recorded(segment, date(2026, 3, day))) for day in (28, 29, 30)] == [0, 0, 0]

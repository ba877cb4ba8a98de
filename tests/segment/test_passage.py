"""How people go through a journey."""

from collections import Counter
from datetime import date, timedelta

import pytest

from accoil.count import days
from accoil.score.book import open_book
from accoil.segment import figures, journeys, passage
from accoil.segment.built_ins import with_built_ins
from accoil.segment.journeys import Stage
from accoil.segment.models import Journey, Round, Stay
from tests.segment.worlds import Looked
from tests.small_worlds import at, did, joins

WAY = [
    Stage("Silent", {"metric": "raw", "at_most": 0}),
    Stage("Quiet", {"metric": "raw", "below": 18}),
    Stage("Busy", {"all": []}),
]
FIRST, LAST = date(2026, 3, 1), date(2026, 3, 31)


@pytest.fixture
def way(looked: Looked) -> Journey:
    return journeys.create(looked.profile, "user", "Way", WAY)


def stayed(journey: Journey, entity: int, *stages: tuple[str, int, int | None]) -> None:
    """Days of March: entered and left."""
    profile = journey.profile
    for name, entered, left in stages:
        made = Round.objects.create(profile=profile, day=0, reason="facts")
        Stay.objects.create(
            segment=journey.stages.get(name=name), entity=entity, entered_in=made,
            entered_day=days.number(date(2026, 3, entered)), left_in=made if left else None,
            left_day=days.number(date(2026, 3, left)) if left else None,
        )  # fmt: skip


def test_those_who_move_on_come_back_and_leave_are_counted(way: Journey) -> None:
    stayed(way, 1, ("Silent", 1, 5), ("Quiet", 5, 9), ("Busy", 9, None))
    stayed(way, 2, ("Silent", 2, 5), ("Busy", 5, 8), ("Quiet", 8, None))
    stayed(way, 3, ("Quiet", 3, 7))
    silent, quiet, busy = (passage.passages(way, FIRST, LAST)[stage.pk] for stage in way.stages.order_by("position"))
    assert (silent.entered, silent.moved_on, silent.back, silent.out, silent.conversion) == (2, 2, 0, 0, 1.0)
    assert (quiet.entered, quiet.moved_on, quiet.back, quiet.out) == (3, 1, 0, 1)
    assert quiet.conversion == pytest.approx(1 / 3)
    assert (busy.entered, busy.moved_on, busy.back, busy.out) == (2, 0, 1, 0)
    assert (silent.median, quiet.median, busy.median) == (3.5, 4, 3)


def test_who_was_inside_when_anybody_first_looked_did_not_enter_and_nobody_knows_for_how_long(way: Journey) -> None:
    filled = Round.objects.create(profile=way.profile, day=0, reason="filled_in")
    way.stages.update(filled_from=days.number(date(2026, 3, 2)), recorded_from=days.number(date(2026, 3, 20)))
    stayed(way, 1, ("Silent", 2, 3), ("Quiet", 3, 9))
    stayed(way, 2, ("Silent", 3, 8))
    Stay.objects.filter(segment__journey=way).update(entered_in=filled)
    stayed(way, 3, ("Silent", 2, 9))  # as something was received on that day
    assert [stay.may_be_longer for stay in Stay.objects.filter(segment__journey=way).order_by("pk")] == [
        True, False, False, False,
    ]  # fmt: skip
    silent, quiet, _ = (passage.passages(way, FIRST, LAST)[stage.pk] for stage in way.stages.order_by("position"))
    assert (silent.entered, silent.came, silent.on, silent.moved_on, silent.median) == (2, 2, 0, 1, 6)
    assert (quiet.entered, quiet.median) == (1, 6)


def test_only_what_happened_in_the_range_counts(way: Journey) -> None:
    stayed(way, 1, ("Silent", 1, 5), ("Quiet", 5, 9))
    silent, quiet, _ = (
        passage.passages(way, date(2026, 3, 6), LAST)[stage.pk] for stage in way.stages.order_by("position")
    )
    assert (silent.entered, silent.moved_on, silent.median) == (0, 0, None)
    assert (quiet.entered, quiet.out, quiet.median) == (0, 1, 4)


def test_whoever_stays_more_than_twice_the_median_is_stuck(way: Journey) -> None:
    for entity in range(5):
        stayed(way, entity, ("Quiet", 1, 4))
    stayed(way, 8, ("Quiet", 24, None))
    stayed(way, 9, ("Quiet", 25, None))
    quiet = way.stages.get(name="Quiet")
    found = passage.passages(way, FIRST, LAST)[quiet.pk]
    assert found.stuck_after == 6
    assert [stay.entity for stay in passage.stuck(quiet, found.stuck_after, LAST, 10)] == [8]
    assert passage.how_many_stuck(quiet, found.stuck_after, LAST) == 1


def test_nobody_is_stuck_while_too_few_went_through(way: Journey) -> None:
    stayed(way, 1, ("Quiet", 1, 2))
    stayed(way, 2, ("Quiet", 1, None))
    quiet = way.stages.get(name="Quiet")
    assert passage.passages(way, FIRST, LAST)[quiet.pk].stuck_after is None
    assert passage.how_many_stuck(quiet, None, LAST) == 0


@pytest.mark.parametrize(
    ("lengths", "middle"), [({}, None), ({3: 1}, 3), ({1: 1, 2: 1}, 1.5), ({1: 3, 9: 1}, 1), ({1: 2, 9: 2}, 5)]
)
def test_the_median_is_in_the_middle(lengths: dict[int, int], middle: float | None) -> None:
    assert passage.median(Counter(lengths)) == middle


def test_everyone_is_in_the_first_stage_that_holds_and_stages_have_a_value(looked: Looked, way: Journey) -> None:
    looked.receive([joins("ann", "acme", at(1), mrr=5000), joins("bob", "acme", at(1)), joins("cleo", "globex", at(1))])
    looked.receive([*did("ann", "Report_Created", at(30), 3), *did("bob", "Report_Created", at(30), 1)])
    looked.look()
    stages = {stage.name: stage for stage in way.stages.all()}
    assert {name: looked.inside(stage) for name, stage in stages.items()} == {
        "Silent": {"cleo"}, "Quiet": {"bob"}, "Busy": {"ann"},
    }  # fmt: skip
    book = open_book(looked.product.pk, looked.profile.current.parsed, looked.today)
    found = figures.now(looked.profile, "user", book, with_built_ins(looked.profile))
    assert {name: (found[stage.pk].members, found[stage.pk].value) for name, stage in stages.items()} == {
        "Silent": (1, 0), "Quiet": (1, 5000), "Busy": (1, 5000),
    }  # fmt: skip
    looked.today += timedelta(days=7)
    looked.look()
    assert looked.inside(stages["Silent"]) == {"ann", "bob", "cleo"}
    assert passage.passages(way, FIRST, looked.today)[stages["Busy"].pk].back == 1


def test_the_value_of_a_segment_of_users_counts_each_account_once(looked: Looked) -> None:
    looked.receive([joins("ann", "acme", at(1), mrr=5000), joins("bob", "acme", at(1))])
    looked.receive([joins("cleo", "globex", at(1), mrr=70)])
    looked.receive([*did("ann", "Report_Created", at(30)), *did("bob", "Report_Created", at(30))])
    book = open_book(looked.product.pk, looked.profile.current.parsed, looked.today)
    found = figures.now(looked.profile, "user", book, with_built_ins(looked.profile))
    everyone, active = (found[looked.segment(name, "user").pk] for name in ("All Users", "All Active Users"))
    assert (everyone.members, everyone.value) == (3, 5070)
    assert (active.members, active.value, active.score) == (2, 5000, everyone.score)

"""Who is new, and who comes back: each move is acted upon, and who is new is new once."""

from datetime import timedelta

import pytest

from accoil.act.acting import Acting
from accoil.act.models import Automation, Firing
from accoil.segment import keeping
from accoil.segment.models import Round, Stay
from tests.act.conftest import entity
from tests.act.test_acting import put, step, told
from tests.segment.worlds import Looked
from tests.small_worlds import at, identified, joins

pytestmark = pytest.mark.usefixtures("connected")


def test_who_is_new_fires_once_ever(people: Looked):
    automation = put(people, {"new": "user"}, "user", cool=0)
    people.receive([identified("cleo", at(31), name="Cleo")])
    step(people)
    assert [became for became, _ in told(automation)] == ["fired"]
    assert told(automation)[0][1].startswith("New user because something was received; score 0")


def moves_by_plan(looked: Looked, *plans: str) -> None:
    """Beta goes through these plans today, an hour for each; each is acted upon."""
    for hour, plan in enumerate(plans, 1):
        looked.receive([joins("bob", "beta", at(31, hour), plan=plan)])
        step(looked)


@pytest.mark.parametrize(("way", "fired"), [("enters", 3), ("leaves", 2)])
def test_who_enters_and_leaves_several_times_on_a_day_is_acted_upon_each_time(people: Looked, way: str, fired: int):
    keeping.create(people.profile, "account", "Gold", {"account_trait": "plan", "is": "gold"})
    automation = put(people, {way: "Gold"}, cool=0)
    moves_by_plan(people, "gold", "tin", "gold", "tin", "gold")
    assert [became for became, _ in told(automation)] == ["fired"] * fired
    step(people)
    Automation.objects.update(watermark=0)
    step(people)
    assert len(told(automation)) == fired, "each move once"


def test_who_was_inside_the_day_before_and_leaves_twice_is_acted_upon_twice(people: Looked):
    keeping.create(people.profile, "account", "Gold", {"account_trait": "plan", "is": "gold"})
    automation = put(people, {"leaves": "Gold"}, cool=0)
    moves_by_plan(people, "gold")
    people.today += timedelta(days=1)
    for hour, plan in enumerate(["tin", "gold", "tin"]):
        people.receive([joins("bob", "beta", at(1, hour, month=4), plan=plan)])
        step(people)
    assert [became for became, _ in told(automation)] == ["fired"] * 2


def test_who_comes_back_is_told_though_the_first_time_was_nobodys_doing(people: Looked):
    segment = keeping.create(people.profile, "account", "Gold", {"account_trait": "plan", "is": "silver"})
    automation = put(people, {"enters": "Gold"})
    moves_by_plan(people, "gold")
    keeping.change(segment, "Gold", {"account_trait": "plan", "is": "gold"}, 0)
    step(people)
    assert told(automation) == []
    moves_by_plan(people, "gold", "tin", "gold")
    assert [became for became, _ in told(automation)] == ["fired"]


def test_who_is_new_and_comes_back_on_the_first_day_is_new_once(people: Looked):
    automation = put(people, {"new": "account"}, cool=0)
    moves_by_plan(people, "tin")
    before = Automation.objects.get().watermark
    people.receive([joins("cleo", "corp", at(31, 5), name="Corp")])
    step(people)
    assert [became for became, _ in told(automation)] == ["fired"]
    stay = Stay.objects.get(segment=automation.segment, entity=entity(people, "account", "corp"))
    round = Round.objects.create(profile=people.profile, day=stay.entered_day, reason="facts")
    Stay.objects.filter(pk=stay.pk).update(back_in=round)
    Acting().step()
    assert [became for became, _ in told(automation)] == ["fired", "condition"]
    Firing.objects.all().delete()
    Automation.objects.update(watermark=before)
    Acting().step()
    assert sorted(became for became, _ in told(automation)) == ["condition", "fired"], "both found at once"

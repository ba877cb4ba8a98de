"""Who fires, once, and why; and who does not."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accoil.act import automations
from accoil.act.acting import Acting, act
from accoil.act.automations import Draft
from accoil.act.models import Automation, Delivery, Firing
from accoil.score.definition import Definition
from accoil.score.models import Profile
from accoil.segment import keeping, reading
from accoil.segment.models import Segment
from tests.act.conftest import entity
from tests.segment.worlds import Looked, looked_at
from tests.small_worlds import at, did, joins

RING = [{"ring": {"text": "{{ account.name }}: {{ account.score }}", "on": "company"}}]
BUSY = {"metric": "raw", "at_least": 18}

pytestmark = pytest.mark.usefixtures("connected")


def put(
    looked: Looked, when: Any, scope: str = "account", then: Any = RING, condition: Any = None, cool: int = 24
) -> Automation:
    draft = Draft(name="Tell", scope=scope, when=when, then=then, condition=condition, cool_down_hours=cool)  # type: ignore[arg-type]
    made = automations.create(looked.profile, draft, enabled=True)
    looked.look()
    return made


def step(looked: Looked) -> None:
    looked.look()
    Acting().step()


def told(automation: Automation) -> list[tuple[str, str]]:
    return [(each.became, each.because) for each in Firing.objects.filter(automation=automation).order_by("pk")]


def rises(looked: Looked, user: str = "bob", n: int = 5) -> None:
    looked.receive(did(user, "Report_Created", at(31), n))


def test_an_event_that_moves_somebody_in_fires_once_and_says_the_move_and_the_number(people: Looked):
    keeping.create(people.profile, "account", "Busy", BUSY)
    automation = put(people, {"enters": "Busy"})
    step(people)
    assert told(automation) == []  # acme was inside already
    rises(people)
    step(people)
    step(people)
    ((became, because),) = told(automation)
    assert became == "fired"
    assert because == "Entered Busy because something was received; score 71 (+71 in 7 days)."
    delivery = Delivery.objects.get()
    assert (delivery.kind, delivery.entity, delivery.action) == ("account", entity(people, "account", "beta"), "ring")
    assert delivery.values == {"text": "Beta: 71", "on": "company"}
    assert delivery.state == "waiting"


def test_acting_twice_on_the_same_moves_does_nothing(people: Looked):
    automation = put(people, {"becomes": BUSY})
    mark = Automation.objects.get().watermark
    rises(people)
    step(people)
    assert Firing.objects.count() == Delivery.objects.count() == 1
    # As after a kill that lost the watermark only.
    Automation.objects.update(watermark=mark)
    act(Automation.objects.select_related("profile__product__team", "segment").get(), reading.watermark(people.profile))
    assert Firing.objects.count() == Delivery.objects.count() == 1
    assert automation.pk


def test_somebody_slower_finds_that_it_was_acted_upon(people: Looked):
    put(people, {"becomes": BUSY})
    slow = Automation.objects.select_related("profile__product__team", "segment").get()
    rises(people)
    people.look()
    until = reading.watermark(people.profile)
    Automation.objects.update(watermark=until)
    act(slow, until)
    assert Firing.objects.count() == 0
    assert Delivery.objects.count() == 0


TRIGGERS: list[tuple[Any, str]] = [
    ({"score": {"rises_above": 50}}, "Score rose above 50"),
    ({"score": {"rises": 30}}, "Score rose by 30 or more"),
    ({"becomes": {"metric": "score", "at_least": 60}}, "Came to match “score at least 60”"),
    ({"activation": {"reaches": 100}}, "Activation reached 100 %"),
    ({"activation": {"step": 1}}, "Did step 1 of the activation"),
    ({"enters": "Most Engaged"}, "Entered Most Engaged"),
    ({"leaves": "Least Engaged"}, "Left Least Engaged"),
]


@pytest.mark.parametrize(("when", "because"), TRIGGERS)
def test_every_trigger_fires_for_who_comes_to_it(people: Looked, when: Any, because: str):
    steps = {"activation": {"account": [{"event": "Report_Created", "at_least": 4}]}}
    people.profile.save_definition(
        Definition.check({"window": 30, "events": {"Report_Created": 9}, "benchmark": {"fixed": 100}, **steps}), None
    )
    people.profile = Profile.objects.get(pk=people.profile.pk)
    people.look()
    automation = put(people, when)
    rises(people, n=12)
    step(people)
    ((became, why),) = told(automation)
    assert became == "fired"
    assert why.startswith(because)
    assert Firing.objects.get().entity == entity(people, "account", "beta")


def test_a_score_that_drops_fires_and_a_new_low_one_does_not(people: Looked):
    automation = put(people, {"score": {"drops_below": 40}})
    people.receive([joins("cleo", "corp", at(31)), *did("cleo", "Dashboard_Viewed", at(31), 1)])
    step(people)
    assert told(automation) == []
    people.today += timedelta(days=7)  # the events of acme have left the window
    step(people)
    ((became, because),) = told(automation)
    assert became == "fired"
    assert because.startswith("Score dropped below 40 because a day passed; score 0 (−")


def test_a_stage_of_a_journey_fires(people: Looked):
    from accoil.segment import journeys

    stages = [journeys.Stage("Busy", BUSY), journeys.Stage("Idle", {"all": []})]
    journeys.create(people.profile, "account", "Use", stages)
    automation = put(people, {"stage": "Busy"})
    rises(people)
    step(people)
    ((became, because),) = told(automation)
    assert (became, because.split(" because")[0]) == ("fired", "Entered the stage Busy")


def test_a_condition_that_does_not_hold_is_told_with_its_number(people: Looked):
    automation = put(people, {"becomes": BUSY}, condition={"metric": "mrr", "above": 10000})
    rises(people)
    step(people)
    ((became, because),) = told(automation)
    assert became == "condition"
    assert because.endswith("Not done: MRR above $100 does not hold (MRR $50).")
    assert Delivery.objects.count() == 0


def test_within_the_cool_down_nothing_is_done_again(people: Looked):
    automation = put(people, {"becomes": {"account_trait": "plan", "is": "gold"}}, cool=24)
    for day, plan in ((30, "gold"), (31, "tin"), (31, "gold")):
        people.receive([joins("bob", "beta", at(day, 13 if plan == "gold" else 1), plan=plan)])
    people.look()
    Acting().step()
    people.today += timedelta(days=1)
    people.receive([joins("bob", "beta", at(1, month=4), plan="tin")])
    step(people)
    people.today += timedelta(days=1)
    people.receive([joins("bob", "beta", at(2, month=4), plan="gold")])
    step(people)
    lines = told(automation)
    assert [became for became, _ in lines] == ["fired", "cooling"]
    assert lines[1][1].endswith("Not done: it was done less than a minute ago, and the cool-down is 24 hours.")
    Firing.objects.filter(became="fired").update(at=timezone.now() - timedelta(hours=25))
    people.today += timedelta(days=1)
    people.receive([joins("bob", "beta", at(3, month=4), plan="tin")])
    step(people)
    people.today += timedelta(days=1)
    people.receive([joins("bob", "beta", at(4, month=4), plan="gold")])
    step(people)
    assert [became for became, _ in told(automation)] == ["fired", "cooling", "fired"]


def test_a_new_definition_an_exclusion_a_rule_and_an_import_move_people_and_fire_nothing(people: Looked):
    keeping.create(people.profile, "account", "Busy", {"metric": "raw", "at_least": 30})
    put(people, {"enters": "Busy"})

    def definition(**said: Any) -> None:
        events: Mapping[str, int] = {"Report_Created": 9, "Dashboard_Viewed": 1}
        people.profile.save_definition(Definition.check({"events": events, "benchmark": {"fixed": 100}} | said), None)
        people.profile = Profile.objects.get(pk=people.profile.pk)

    busy = people.segment("Busy", "account")
    assert people.inside(busy) == {"acme"}
    definition(events={"Report_Created": 1})
    step(people)
    assert people.inside(busy) == set()
    definition()
    step(people)
    assert people.inside(busy) == {"acme"}
    definition(exclude={"accounts": ["acme"], "users": ["ann"]})
    step(people)
    assert people.inside(busy) == set()
    definition()
    step(people)
    assert people.inside(busy) == {"acme"}
    keeping.change(busy, "Busy", {"metric": "raw", "at_least": 1}, 0)
    step(people)
    assert people.inside(busy) == {"acme", "beta"}
    keeping.change(busy, "Busy", {"metric": "raw", "at_least": 30}, 0)
    step(people)
    rises(people)
    people.rounds.look(people.profile, importing=True)
    Acting().step()
    assert people.inside(busy) == {"acme", "beta"}
    assert Firing.objects.count() == 0
    assert Delivery.objects.count() == 0


def test_a_time_zone_that_moves_people_fires_nothing(people: Looked):
    from accoil.count.facts import facts

    put(people, {"becomes": BUSY})
    rises(people)
    zones = facts().zones
    before = zones.get(people.product.pk)
    zones[people.product.pk] = "Australia/Sydney"
    try:
        step(people)
    finally:
        zones[people.product.pk] = before or "UTC"
    assert people.inside(Segment.every.get(kind="trigger")) == {"acme", "beta"}
    assert Firing.objects.count() == 0


def test_those_inside_when_it_is_switched_on_again_do_not_fire(people: Looked):
    automation = put(people, {"becomes": BUSY})
    automations.disable(automation)
    rises(people)
    step(people)
    automations.enable(automation)
    step(people)
    step(people)
    assert told(automation) == []
    people.receive([joins("cleo", "corp", at(31)), *did("cleo", "Report_Created", at(31), 5)])
    step(people)
    assert [became for became, _ in told(automation)] == ["fired"]


def test_one_that_is_changed_does_not_go_back_to_moves_that_were_acted_upon_meanwhile(people: Looked):
    automation = put(people, {"becomes": BUSY})
    Automation.objects.update(watermark=10**6)
    automations.change(automation, Draft(name="Tell louder", scope="account", when={"becomes": BUSY}, then=RING))
    now = Automation.objects.get()
    assert (now.name, now.watermark) == ("Tell louder", 10**6)


def test_an_action_for_the_company_of_a_user_goes_to_his_account(people: Looked):
    then = [{"ring": {"text": "{{ user.name }} of {{ account.name }}", "on": "company"}}]
    put(people, {"becomes": BUSY}, "user", then)
    rises(people)
    people.receive([*did("lone", "Report_Created", at(31), 5)])
    step(people)
    by_state = {each.state: each for each in Delivery.objects.all()}
    assert by_state["waiting"].entity == entity(people, "account", "beta")
    assert by_state["waiting"].values["text"] == "Bob of Beta"
    assert by_state["failed"].answer == "The user belongs to no account, so there is no company to do it to."


def test_what_goes_to_no_record_tells_who_and_why_in_numbers(people: Looked):
    put(people, {"becomes": BUSY}, "user", [{"shout": {"text": "{{ user.email }}"}}])
    rises(people)
    step(people)
    delivery = Delivery.objects.get()
    assert delivery.values == {"text": "bob@beta.example"}
    told = delivery.told
    assert (told["automation"], told["profile"], told["when"]) == ("Tell", "Everyday", {"becomes": BUSY})
    assert (told["user"]["id"], told["user"]["score"], told["user"]["last_active"]) == ("bob", 71, "2026-03-31")
    assert (told["account"]["id"], told["account"]["mrr"]) == ("beta", 5000)
    assert told["because"].startswith("Came to match “points at least 18” because something was received; score 71")


def test_one_teams_automation_never_sees_another_teams_people(people: Looked, monkeypatch: pytest.MonkeyPatch):
    automation = put(people, {"becomes": BUSY})
    given = people.given
    with looked_at(given, "UTC", people.today, monkeypatch) as other:
        other.receive([joins("eve", "evil", at(1)), *did("eve", "Report_Created", at(30), 1)])
        other.look()
        other.receive(did("eve", "Report_Created", at(31), 5))
        step(other)
        assert told(automation) == []

"""Stays against a slow reference, in random worlds: whatever comes in whatever order, they say who was inside when.

RANDOM_WORLDS in the environment says how many worlds (default 60, of which a part is tried here)."""

import os
from datetime import date, timedelta
from functools import cache

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accoil.count import days
from accoil.segment import filling, reading
from accoil.segment.built_in import built_ins, rule_of
from accoil.segment.models import Filling, Segment, Stay, Waiting
from tests.reference import World
from tests.reference_rules import View
from tests.rule.drawn import Settling, rules
from tests.segment.worlds import Looked, Rules, looked_at, make
from tests.strategies import Case, cases

pytestmark = pytest.mark.django_db

WORLDS = int(os.environ.get("RANDOM_WORLDS", "60"))
LONGEST_STAY = 3  # days
PAST = 6  # days filled in
STAGES = ("First", "Second", "Third")


@pytest.fixture(autouse=True)
def books_are_made_anew_whenever_facts_came(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("accoil.score.book.FRESH_FOR", 0.0)


@cache
def said(scope: str) -> st.SearchStrategy[Rules]:
    """Two segments, the second asking for the first, and a journey of three stages."""
    plain = rules(scope, named=False, leaves=3).filter(lambda rule: "'feature'" not in str(rule))
    asking = st.builds(lambda rule, inside: {"any": [rule, {"segment": "One", "in": inside}]}, plain, st.booleans())
    segments = st.tuples(plain, asking).map(lambda drawn: {"One": drawn[0], "Two": drawn[1]})
    stages = st.tuples(plain, plain, plain).map(lambda drawn: list(zip(STAGES, drawn, strict=True)))
    return st.builds(Rules, st.just(scope), segments, stages)


def settled_in(case: Case, drawn: Rules) -> Rules:
    view = View(World(case.messages, case.zone), case.definition, case.as_of)
    settling = Settling(view, drawn.scope, view.users if drawn.scope == "user" else view.accounts)
    segments = {name: settling.settled(raw) for name, raw in drawn.segments.items()}
    return Rules(drawn.scope, segments, [(name, settling.settled(raw)) for name, raw in drawn.stages])


def everything(rules: Rules, window: int) -> Rules:
    built_in = {name: rule_of(key, window) for key, name in built_ins(rules.scope).items()}  # type: ignore[arg-type]
    return Rules(rules.scope, {**built_in, **rules.segments}, rules.stages)


def settled(looked: Looked) -> list[tuple[object, ...]]:
    kept = Stay.objects.filter(segment__profile=looked.profile).order_by("pk")
    return list(kept.values_list("pk", "segment", "entity", "entered_day", "left_day", "entered_in", "left_in"))


@settings(max_examples=max(WORLDS // 4, 5), deadline=None, suppress_health_check=list(HealthCheck))
@given(case=cases(), data=st.data())
def test_who_is_filled_in_is_who_was_inside_day_by_day(case: Case, data: st.DataObject) -> None:
    scope = data.draw(st.sampled_from(("user", "account")))
    own = settled_in(case, data.draw(said(scope)))
    stay = {"Two": data.draw(st.sampled_from((0, 0, 1, LONGEST_STAY)))}
    with (
        pytest.MonkeyPatch.context() as patch,
        looked_at(case.definition, case.zone, case.as_of, patch, case.messages) as looked,
    ):
        make(looked, own, stay)
        looked.look()
        first = case.as_of - timedelta(days=PAST)
        fill(looked, first, stops=data.draw(st.booleans()))
        world, says = World(looked.messages, looked.zone), everything(own, case.definition.window)
        for segment in Segment.objects.filter(profile=looked.profile, scope=scope):
            for day in (first + timedelta(days=later) for later in range(PAST)):
                expected = looked.expected(segment, day, says, world)
                assert looked.recorded(segment, day) == expected, (segment.name, day)
                assert segment.sizes.get(day=days.number(day)).members == len(expected)
            assert segment.filled_from == days.number(first)


def fill(looked: Looked, first: date, stops: bool) -> None:
    """To the end; now and then the worker dies, and another looks again at the days of the longest stay."""
    filling.fill_in(looked.profile.segments.all(), days.number(first))
    work = filling.Work(Filling.objects.get(profile=looked.profile))
    steps = 0
    while work.day():
        steps += 1
        if stops and steps % (LONGEST_STAY + 2) == 0:
            work.drop()
            work = filling.Work(Filling.objects.get(profile=looked.profile))


@settings(max_examples=max(WORLDS // 4, 5), deadline=None, suppress_health_check=list(HealthCheck))
@given(case=cases(), data=st.data())
def test_after_every_look_the_open_stays_are_who_is_inside(case: Case, data: st.DataObject) -> None:
    scope = data.draw(st.sampled_from(("user", "account")))
    own = settled_in(case, data.draw(said(scope)))
    says = everything(own, case.definition.window)
    waiting = list(case.messages)
    with pytest.MonkeyPatch.context() as patch, looked_at(case.definition, case.zone, case.as_of, patch) as looked:
        make(looked, own)
        ends: dict[tuple[int, date], set[str]] = {}
        for _ in range(4):
            some = data.draw(st.integers(0, len(waiting)))
            looked.receive(waiting[:some])
            del waiting[:some]
            looked.today += timedelta(days=data.draw(st.sampled_from((0, 0, 1))))
            looked.look()
            before = settled(looked)
            looked.look()
            assert settled(looked) == before
            world = World(looked.messages, looked.zone)
            for segment in Segment.objects.filter(profile=looked.profile, scope=scope):
                expected = looked.expected(segment, looked.today, says, world)
                assert looked.inside(segment) == expected, segment.name
                ends[segment.pk, looked.today] = expected
                for (pk, day), inside in ends.items():
                    assert pk != segment.pk or looked.recorded(segment, day) == inside
        each_once(looked)


def each_once(looked: Looked) -> None:
    """A move has one id, and nobody is in two stages of a journey."""
    found = [move.id for move in reading.moves(looked.profile)]
    assert len(found) == len(set(found))
    stages = Stay.objects.filter(segment__profile=looked.profile, segment__kind="stage", left_day=None)
    entities = list(stages.values_list("entity", flat=True))
    assert len(entities) == len(set(entities))
    assert not Waiting.objects.filter(segment__profile=looked.profile).exists()

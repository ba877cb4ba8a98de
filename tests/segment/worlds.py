"""Products whose segments are looked at, beside what a slow reference says of the same messages."""

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta

import pytest

from accoil.count import ids
from accoil.score.definition import Definition
from accoil.score.models import Profile
from accoil.segment import journeys, keeping, reading
from accoil.segment.models import Segment, Stay
from accoil.segment.rounds import Rounds
from accoil.team.models import Product, Team
from tests.reference import Definition as Given
from tests.reference import World
from tests.reference_facts import Message
from tests.reference_rules import Raw, View, holds
from tests.world import Engine, _engine, engine

KINDS = {"user": ids.USER, "account": ids.ACCOUNT}
_teams = itertools.count(1)


@dataclass
class Looked:
    """One product with a profile, on a day that the test sets."""

    product: Product
    profile: Profile
    given: Given
    zone: str
    today: date
    messages: list[Message] = field(default_factory=list)
    rounds: Rounds = field(default_factory=Rounds)

    @property
    def facts(self) -> Engine:
        return _engine()

    def receive(self, messages: Iterable[Message]) -> None:
        told = list(messages)
        self.messages += told
        self.facts.receive(self.product.pk, told)

    def look(self) -> None:
        self.rounds.look(self.profile)

    def segment(self, name: str, scope: str) -> Segment:
        return Segment.objects.get(profile=self.profile, scope=scope, name=name)

    def inside(self, segment: Segment) -> set[str]:
        """Tracking ids of those whose stay has not ended."""
        staying = Stay.objects.filter(segment=segment, left_day=None)
        return self.named(segment.scope, staying.values_list("entity", flat=True))

    def recorded(self, segment: Segment, day: date) -> set[str]:
        return self.named(segment.scope, reading.recorded(segment, day))

    def named(self, scope: str, entities: Iterable[int]) -> set[str]:
        known = {ids.id_of(self.product.pk, KINDS[scope], name): name for name in self._names(scope)}
        return {known[entity] for entity in entities}

    def _names(self, scope: str) -> set[str]:
        every = [getattr(message, "account" if scope == "account" else "user") for message in self.messages]
        return {name for name in every if name}

    def expected(self, segment: Segment, day: date, rules: "Rules", world: World | None = None) -> set[str]:
        """Who is inside as of a day, says the reference: all that was received by now, worked out slowly."""
        world = world or World(self.messages, self.zone)
        days = [day - timedelta(days=back) for back in range(segment.stay_days + 1)]
        matching = [rules.holding(segment, View(world, self.given, each)) for each in days]
        return set.intersection(*matching)


@dataclass
class Rules:
    """What the segments of one scope say, as they are written."""

    scope: str
    segments: Mapping[str, Raw]
    stages: Sequence[tuple[str, Raw]] = ()

    def holding(self, segment: Segment, view: View) -> set[str]:
        view.segments = self.segments
        view.stages = dict(self.stages)
        raw = {"stage": segment.name} if segment.is_stage else self.segments[segment.name]
        people = view.users if self.scope == "user" else view.accounts
        return {id for id in people if holds(raw, self.scope, id, view)}


def make(looked: Looked, rules: Rules, stay_days: Mapping[str, int] | None = None) -> None:
    """Makes these segments, and a journey of the stages."""
    for name, raw in rules.segments.items():
        keeping.create(looked.profile, rules.scope, name, raw, (stay_days or {}).get(name, 0))  # type: ignore[arg-type]
    if rules.stages:
        stages = [journeys.Stage(name, raw) for name, raw in rules.stages]
        journeys.create(looked.profile, rules.scope, "Journey", stages)  # type: ignore[arg-type]


@contextmanager
def looked_at(
    given: Given, zone: str, today: date, monkeypatch: pytest.MonkeyPatch, messages: Iterable[Message] = ()
) -> Iterator[Looked]:
    """A new product whose messages are counted; nobody has looked at it yet."""
    told = list(messages)
    with engine(told, zone) as running:
        team = Team.objects.create(name=f"Team {next(_teams)} of {running.product_id}")
        product = Product.objects.create(pk=running.product_id, team=team, name="Web", time_zone=zone)
        definition = Definition(window=given.window, events=given.events, benchmark=given.benchmark, curve=given.curve)  # type: ignore[arg-type]
        looked = Looked(product, Profile.create(product, "Everyday", definition), given, zone, today, told)
        monkeypatch.setattr(Product, "today", lambda product: looked.today)
        yield looked

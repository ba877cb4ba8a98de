"""The SQL against the reference: who is in a rule, of any rule, in random worlds.

RANDOM_WORLDS in the environment says how many worlds (half of it; 60 by default); a long run takes thousands."""

import os
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accoil.rule.tree import Names, Scope, check, inlined
from accoil.score.definition import Definition
from tests.reference import World
from tests.reference_rules import Raw, View, holds
from tests.rule.asked import Asked, activation
from tests.rule.drawn import FEATURES, SEGMENT_NAMES, STAGE_NAMES, Settling, rules
from tests.strategies import Case, cases
from tests.world import engine

WORLDS = int(os.environ.get("RANDOM_WORLDS", "60")) // 2
SCOPES: tuple[Scope, ...] = ("user", "account")
RULES = 6  # of each scope, in each world


@settings(max_examples=WORLDS, deadline=None, suppress_health_check=list(HealthCheck))
@given(cases(), st.data())
def test_whoever_a_rule_holds_for_is_whom_the_reference_says(case: Case, data: st.DataObject) -> None:
    world, given = World(case.messages, case.zone), case.definition
    definition = Definition(window=given.window, events=given.events, benchmark=given.benchmark, curve=given.curve)
    everyone = sorted(world.users(case.as_of))
    only = data.draw(st.none() | st.lists(st.sampled_from(everyone), unique=True) if everyone else st.none())
    with engine(case.messages, case.zone) as running:
        asked = Asked(running.product_id, definition, case.as_of, only)
        for scope in SCOPES:
            view = View(world, given, case.as_of, None if only is None else set(only), features=FEATURES)
            people = view.users if scope == "user" else view.accounts
            view.activation = {(scope, id): activation(id) for id in people}
            settling = Settling(view, scope, people)
            view.segments, view.stages = (settling.settled(drawn) for drawn in data.draw(named(scope)))
            raws = [settling.settled(data.draw(rules(scope))) for _ in range(RULES)]
            raws = [part for raw in raws for part in parts(raw)]
            meant = [inlined(check(raw, scope), meanings(view, scope)) for raw in raws]
            in_book = only is None and data.draw(st.booleans())  # the book's own figures are those of everyone
            for raw, matching in zip(raws, asked.each_matching(meant, scope, in_book), strict=True):
                assert matching == {id for id in people if holds(raw, scope, id, view)}, (scope, raw)


def parts(raw: Raw) -> list[Raw]:
    """The rule and each of its conditions, so that one that is wrong shows whatever the others say."""
    groups = [part for how in ("all", "any", "none") for part in raw.get(how, [])]
    return [raw, *(inner for part in groups for inner in parts(part))]


def named(scope: str) -> st.SearchStrategy[list[Any]]:
    """Segments and stages, one of the segments asking for another."""
    plain = rules(scope, named=False, leaves=3)
    asking = st.builds(lambda rule, inside: {"any": [rule, {"segment": "One", "in": inside}]}, plain, st.booleans())
    segments = st.tuples(plain, asking, plain).map(lambda drawn: dict(zip(SEGMENT_NAMES, drawn, strict=True)))
    stages = st.tuples(plain, plain, plain).map(lambda drawn: dict(zip(STAGE_NAMES, drawn, strict=True)))
    return st.tuples(segments, stages).map(list)


def meanings(view: View, scope: Scope) -> Names:
    return Names(
        features={name: tuple(events) for name, events in view.features.items()},
        segments={name: check(raw, scope) for name, raw in view.segments.items()},
        stages={name: check(raw, scope) for name, raw in view.stages.items()},
    )

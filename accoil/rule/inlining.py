"""A rule without names of features, segments and stages: what they mean stands in their place."""

from collections.abc import Mapping
from typing import TypeVar

import msgspec

from accoil.refused import Refused
from accoil.rule.checking import size
from accoil.rule.conditions import Event, Group, Rule, Segment, Stage
from accoil.rule.values import nearest

T = TypeVar("T")

DEEPEST = 20  # segments within segments
MOST = 300  # conditions in all; segments that ask for segments can double with each step


class Names(msgspec.Struct, frozen=True, kw_only=True):
    """What names mean. `features`: name → events. `segments` and `stages`, of the profile and the rule's scope: name →
    rule, not inlined; stages in the order of the journey, since one is in a stage only if no earlier one holds.
    `journeys`: which stages belong together, where there are several."""

    features: Mapping[str, tuple[str, ...]] = {}
    segments: Mapping[str, Rule] = {}
    stages: Mapping[str, Rule] = {}
    journeys: tuple[tuple[str, ...], ...] = ()


def inlined(rule: Rule, names: Names) -> Rule:
    """Raises Refused for a name that is unknown, for segments that ask for each other in a circle, and for a rule that
    becomes too large."""
    whole = _Inliner(names).inlined(rule, ())
    if size(whole) > MOST:
        raise Refused(f"With the segments it names the rule holds {size(whole)} conditions; {MOST} is the most.")
    return whole


class _Inliner:
    def __init__(self, names: Names) -> None:
        self._names = names
        self._done: dict[tuple[str, str], Rule] = {}

    def inlined(self, rule: Rule, within: tuple[tuple[str, str], ...]) -> Rule:
        """`within`: the segments and stages in whose rules this one stands, as (kind, name)."""
        match rule:
            case Group(how, parts):
                return Group(how, tuple(self.inlined(part, within) for part in parts))
            case Event("feature", name):
                events = _known("feature", name, self._names.features)
                return msgspec.structs.replace(rule, events=tuple(events))
            case Segment(name, inside):
                return Group("all" if inside else "none", (self._meant("segment", name, within),))
            case Stage(name, inside):
                return Group("all" if inside else "none", (self._meant("stage", name, within),))
            case _:
                return rule

    def _meant(self, kind: str, name: str, within: tuple[tuple[str, str], ...]) -> Rule:
        key = (kind, name)
        if key in within:
            circle = " → ".join(f"“{each}”" for _, each in (*within[within.index(key) :], key))
            raise Refused(f"The {kind} “{name}” asks for itself ({circle}); take it out of one of these rules.")
        if len(within) >= DEEPEST:
            raise Refused(f"Segments and stages ask for each other {DEEPEST} deep at “{name}”; that is the most.")
        if key not in self._done:
            self._done[key] = self._segment(name, within) if kind == "segment" else self._stage(name, within)
            if size(self._done[key]) > MOST:
                raise Refused(f"The {kind} “{name}”, with the segments it names, holds more than {MOST} conditions.")
        return self._done[key]

    def _segment(self, name: str, within: tuple[tuple[str, str], ...]) -> Rule:
        return self.inlined(_known("segment", name, self._names.segments), (*within, ("segment", name)))

    def _stage(self, name: str, within: tuple[tuple[str, str], ...]) -> Rule:
        own = _known("stage", name, self._names.stages)
        within = (*within, ("stage", name))
        stages = next((each for each in self._names.journeys if name in each), tuple(self._names.stages))
        earlier = tuple(self.inlined(self._names.stages[each], within) for each in stages[: stages.index(name)])
        own = self.inlined(own, within)
        return Group("all", (own, Group("none", earlier))) if earlier else own


def _known(kind: str, name: str, known: Mapping[str, T]) -> T:
    if name in known:
        return known[name]
    near = nearest(name, known)
    raise Refused(f"There is no {kind} “{name}”" + (f"; did you mean “{near}”?" if near else "."))

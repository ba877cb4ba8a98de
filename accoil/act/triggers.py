"""What an automation waits for. Every trigger follows a segment: one that people made, or, where the trigger is a rule,
one of its own; so who fires is who moved, and nothing else decides it."""

from collections.abc import Callable, Mapping
from typing import Any, Literal

import msgspec

from accoil.count.ids import Kind
from accoil.refused import At, Refused
from accoil.rule.tree import EVERYTHING, Rule, check, inlined, words, written
from accoil.rule.values import nearest, shown
from accoil.score.askable import refuse_gone
from accoil.score.models import Profile
from accoil.score.wording import count
from accoil.segment import built_in
from accoil.segment.built_ins import with_built_ins
from accoil.segment.models import Segment
from accoil.segment.watched import names

Way = Literal["entered", "left"]
Raw = Mapping[str, Any]

KEYS = ("enters", "leaves", "stage", "score", "activation", "new", "becomes")
MOVES = ("rises", "falls", "rises_above", "drops_below")
HOW = (
    "write one of {enters: SEGMENT}, {leaves: SEGMENT}, {stage: STAGE}, {score: {rises: 10}}, {score: {falls: 10}}, "
    "{score: {rises_above: 50}}, {score: {drops_below: 25}}, {activation: {reaches: 100}}, {new: user}, "
    "{new: account}, {becomes: RULE}"
)


class Trigger(msgspec.Struct, frozen=True, kw_only=True):
    """`raw`: as it is kept and written in files. It fires for those who go that `way` of `segment`, or, where that is
    None, of a hidden segment that says `rule`. `also` must hold for them then; `once`: only the first time ever."""

    raw: dict[str, Any]
    scope: Kind
    way: Way = "entered"
    segment: Segment | None = None
    rule: Rule | None = None
    also: Rule | None = None
    once: bool = False


def check_trigger(raw: Any, profile: Profile, scope: Kind) -> Trigger:
    """Reads `when`. Raises Refused with a sentence that says what is wrong with it."""
    if not isinstance(raw, Mapping) or len(raw) != 1 or next(iter(raw)) not in KEYS:
        raise Refused(f"when is {shown(raw)}: {HOW}.")
    key, given = next(iter(raw.items()))
    return _READ[key](given, profile, scope)


def words_of(raw: Raw, scope: Kind) -> str:
    """Of a checked one, the end of “when an account …”: enters the segment At risk."""
    key, given = next(iter(raw.items()))
    match key:
        case "enters" | "leaves":
            return f"{key} the segment {given}"
        case "stage":
            return f"enters the stage {given}"
        case "new":
            return "is new"
        case "becomes":
            return f"comes to match: {words(check(given, scope, EVERYTHING), scope)}"
        case "activation" if "step" in given:
            return f"has done step {given['step']} of the activation"
        case "activation":
            return f"reaches {given['reaches']} % of the activation"
    return _score_words(given)


def sentence(raw: Raw, scope: Kind) -> str:
    """When an account enters the segment At risk."""
    return f"When {'an account' if scope == 'account' else 'a user'} {words_of(raw, scope)}"


def _score_words(given: Raw) -> str:
    over = f" within {given['days']} days" if "days" in given else ""
    how, n = next((how, given[how]) for how in MOVES if how in given)
    points = count(n, "point")
    told = {"rises": f"by {points} or more{over}", "falls": f"by {points} or more{over}"}
    way = {"rises": "rises", "falls": "falls", "rises_above": "rises above", "drops_below": "drops below"}[how]
    return f"has a score that {way} {told.get(how, n)}"


def _enters(given: Any, profile: Profile, scope: Kind) -> Trigger:
    return Trigger(raw={"enters": given}, scope=scope, segment=_named("enters", given, profile, scope))


def _leaves(given: Any, profile: Profile, scope: Kind) -> Trigger:
    return Trigger(raw={"leaves": given}, scope=scope, way="left", segment=_named("leaves", given, profile, scope))


def _stage(given: Any, profile: Profile, scope: Kind) -> Trigger:
    return Trigger(raw={"stage": given}, scope=scope, segment=_named("stage", given, profile, scope))


def _named(key: str, name: Any, profile: Profile, scope: Kind) -> Segment:
    what = "stage" if key == "stage" else "segment"
    if not isinstance(name, str):
        raise Refused(f"when: {key} is {shown(name)}; write the name of a {what} of {scope}s.")
    named = [each for each in with_built_ins(profile) if each.is_stage == (what == "stage")]
    own = {each.name: each for each in named if each.scope == scope}
    if name not in own:
        near = nearest(name, own)
        hint = f"; did you mean “{near}”?" if near else "."
        raise Refused(f"when: {profile.name} has no {what} of {scope}s called “{name}”{hint}")
    return own[name]


def _score(given: Any, profile: Profile, scope: Kind) -> Trigger:
    ways = [key for key in MOVES if isinstance(given, Mapping) and key in given]
    if len(ways) != 1:
        raise Refused(
            f"when: score is {shown(given)}; write one of {', '.join(f'{{{way}: NUMBER}}' for way in MOVES)}."
        )
    way = ways[0]
    moves = way in ("rises", "falls")
    for key in given:
        if key not in ((way, "days") if moves else (way,)):
            raise Refused(f"when: score: “{key}” does not go with {way}; leave it out.")
    n = _whole(f"score: {way}", given[way], 0 if way == "rises_above" else 1, 99 if way == "rises_above" else 100)
    raw: dict[str, Any] = {"score": {way: n}}
    if moves:
        back = {"days": _whole("score: days", given["days"], 1, 365)} if "days" in given else {}
        raw["score"] |= back
        compared = {"at_least": n} if way == "rises" else {"at_most": -n}
        return Trigger(raw=raw, scope=scope, rule=check({"metric": "change", **compared, **back}, scope))
    if way == "rises_above":
        return Trigger(raw=raw, scope=scope, rule=check({"metric": "score", "above": n}, scope))
    # Whoever is new and low has not dropped: it is told by who leaves those above, and is still counted.
    below = check({"metric": "score", "below": n}, scope)
    return Trigger(raw=raw, scope=scope, way="left", rule=check({"metric": "score", "at_least": n}, scope), also=below)


def _activation(given: Any, profile: Profile, scope: Kind) -> Trigger:
    if not isinstance(given, Mapping) or len(given) != 1 or next(iter(given)) not in ("reaches", "step"):
        raise Refused(f"when: activation is {shown(given)}; write {{reaches: PERCENT}} or {{step: NUMBER}}.")
    steps = profile.current.parsed.activation.steps(scope)
    if not steps:
        raise Refused(f"when: {profile.name} has no activation steps for {scope}s, so nobody is ever activated.")
    if "step" in given:
        step = _whole("activation: step", given["step"], 1, len(steps))
        return Trigger(raw={"activation": {"step": step}}, scope=scope, rule=steps[step - 1])
    n = _whole("activation: reaches", given["reaches"], 1, 100)
    rule = check({"metric": "activation", "at_least": n}, scope)
    return Trigger(raw={"activation": {"reaches": n}}, scope=scope, rule=rule)


def _new(given: Any, profile: Profile, scope: Kind) -> Trigger:
    if given not in ("user", "account"):
        raise Refused(f"when: new is {shown(given)}; write user or account.")
    if given != scope:
        raise Refused(f"when: new is {given}, but the automation is about {scope}s; write scope: {given}.")
    everyone = built_in.built_ins(scope)["all"]
    return Trigger(raw={"new": given}, scope=scope, segment=_named("new", everyone, profile, scope), once=True)


def _becomes(given: Any, profile: Profile, scope: Kind) -> Trigger:
    with At("when: becomes"):
        rule = check_rule(given, profile, scope)
    return Trigger(raw={"becomes": written(rule)}, scope=scope, rule=rule)


def check_rule(raw: Any, profile: Profile, scope: Kind) -> Rule:
    """One that may name features, segments and stages. Raises Refused."""
    rule = check(raw, scope, EVERYTHING)
    refuse_gone(profile.product, written(meant(rule, profile, scope)))
    return rule


def meant(rule: Rule, profile: Profile, scope: Kind) -> Rule:
    """The rule with what its names mean under the definition in force in their place. Raises Refused."""
    return inlined(rule, names(profile, scope, profile.current.parsed, with_built_ins(profile)))


def _whole(where: str, given: Any, least: int, most: int) -> int:
    if not isinstance(given, int) or isinstance(given, bool) or not least <= given <= most:
        raise Refused(f"when: {where} is {shown(given)}; write a whole number from {least} to {most}.")
    return given


_READ: dict[str, Callable[[Any, Profile, Kind], Trigger]] = {
    "enters": _enters, "leaves": _leaves, "stage": _stage, "score": _score, "activation": _activation, "new": _new,
    "becomes": _becomes,
}  # fmt: skip

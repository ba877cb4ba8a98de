"""The written form of a rule: what JSON and YAML hold, the same for equal rules."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Literal

import msgspec

from accoil.rule.conditions import Event, Group, Metric, Rule, Segment, Stage, Trait, Value
from accoil.rule.vocabulary import TRAITS

_TRAIT_KEYS = {of: key for key, of in TRAITS.items()}


def written(rule: Rule) -> dict[str, Any]:
    """What `check` reads as the same rule. What is the default is left out."""
    match rule:
        case Group(how, rules):
            return {how: [written(part) for part in rules]}
        case Trait(of, key, op, value):
            return {_TRAIT_KEYS[of]: key, op: _plain(value)}
        case Event():
            return _event(rule)
        case Metric(name, op, value, days):
            return {"metric": name, op: _plain(value)} | ({} if days is None else {"days": days})
        case Segment(name, inside):
            return {"segment": name, "in": inside}
        case Stage(name, inside):
            return {"stage": name, "in": inside}


def renamed(written: Any, kind: Literal["feature", "segment", "stage"], names: Mapping[str, str]) -> Any:
    """A written rule, or anything that holds written rules, with other names for what it names. `names`: old → new."""
    if isinstance(written, list):
        return [renamed(part, kind, names) for part in written]
    if not isinstance(written, dict):
        return written
    return {
        key: names.get(value, value) if key == kind and isinstance(value, str) else renamed(value, kind, names)
        for key, value in written.items()
    }


class Mentions(msgspec.Struct, frozen=True):
    """Names that a rule holds, each once, in the order in which they stand."""

    events: tuple[str, ...] = ()
    features: tuple[str, ...] = ()
    segments: tuple[str, ...] = ()
    stages: tuple[str, ...] = ()
    user_traits: tuple[str, ...] = ()
    account_traits: tuple[str, ...] = ()
    metrics: tuple[str, ...] = ()


def mentions(*rules: Rule) -> Mentions:
    """Of a rule that is not inlined; events are those it names itself, not those of its features."""
    found: dict[str, dict[str, None]] = {field: {} for field in Mentions.__struct_fields__}
    waiting = list(reversed(rules))
    while waiting:
        match waiting.pop():
            case Group(_, parts):
                waiting.extend(reversed(parts))
            case Trait(of, key):
                found[f"{of}_traits"][key] = None
            case Event("feature", name):
                found["features"][name] = None
            case Event(_, name):
                found["events"][name] = None
            case Metric(name):
                found["metrics"][name] = None
            case Segment(name):
                found["segments"][name] = None
            case Stage(name):
                found["stages"][name] = None
    return Mentions(**{field: tuple(names) for field, names in found.items()})


def _event(rule: Event) -> dict[str, Any]:
    form: dict[str, Any] = {rule.kind: rule.name}
    if not rule.did:
        form["did"] = False
    if rule.at_least != 1:
        form["at_least"] = rule.at_least
    if rule.within_days is not None:
        form["within_days"] = rule.within_days
    if rule.within_days_of_created is not None:
        form["within_days_of_created"] = rule.within_days_of_created
    return form


def _plain(value: Value) -> Any:
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    return value.isoformat() if isinstance(value, date) else value

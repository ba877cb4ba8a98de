"""Reads a rule that somebody wrote, and refuses what is not one with a sentence that says where and what to write."""

from collections.abc import Mapping, Sequence
from itertools import count
from typing import Any, cast

import msgspec

from accoil.refused import Refused
from accoil.rule import values
from accoil.rule.conditions import Did, Event, Group, How, Metric, Rule, Scope, Segment, Stage, Trait, Value
from accoil.rule.values import shown
from accoil.rule.vocabulary import (
    BOUNDS,
    EVENT_KEYS,
    EVENTS,
    EVERYTHING,
    GROUPS,
    KINDS,
    METRICS,
    OF_DAYS,
    OF_NUMBERS,
    OPERATORS,
    TRAITS,
    Allowed,
)

DEEPEST = 20  # groups within groups
MOST = 100  # conditions in one rule: on 200,000 users so many, each about another trait, take a second or two
MOST_PARTS = 400  # groups and conditions: where aliases in a file make a small one endless, reading ends here
MOST_DAYS = 3650
LONGEST_CHANGE = 365
OFTENEST = 1_000_000


def check(raw: Any, scope: Scope, allowed: Allowed = EVERYTHING) -> Rule:
    """Reads a rule from what JSON or YAML gave. Raises Refused with a sentence that names the key and where it stands
    (“all 2, any 1: …” is the first rule of `any` in the second of `all`)."""
    place = _Place(scope, allowed, count(1))
    rule = _rule(raw, place)
    if size(rule) > MOST:
        raise Refused(f"The rule holds {size(rule)} conditions; {MOST} is the most.")
    return rule


def size(rule: Rule) -> int:
    """How many conditions it holds."""
    return sum(size(part) for part in rule.rules) if isinstance(rule, Group) else 1


class _Place(msgspec.Struct, frozen=True):
    scope: Scope
    allowed: Allowed
    parts: "count[int]"  # how many were read so far, of the whole rule
    path: tuple[str, ...] = ()

    def within(self, how: str, number: int) -> "_Place":
        return msgspec.structs.replace(self, path=(*self.path, f"{how} {number}"))

    def no(self, sentence: str) -> Refused:
        return Refused(f"{', '.join(self.path)}: {sentence}" if self.path else sentence)


def _rule(raw: Any, place: _Place) -> Rule:
    if next(place.parts) > MOST_PARTS:
        raise Refused(f"The rule holds more than {MOST_PARTS} groups and conditions; {MOST} conditions is the most.")
    if not isinstance(raw, Mapping):
        raise place.no(f"A rule is a mapping such as {{metric: score, below: 25}}; this is {shown(raw)}.")
    for key in raw:
        if not isinstance(key, str):
            raise place.no(f"The key {shown(key)} is not text; put it in quotation marks.")
    kinds = [key for key in raw if key in KINDS]
    if not kinds:
        raise place.no(_no_kind(list(raw)))
    if len(kinds) > 1:
        raise place.no(f"“{kinds[0]}” and “{kinds[1]}” stand in one condition; write two, in a list under all or any.")
    kind = kinds[0]
    rest = {key: value for key, value in raw.items() if key != kind}
    if kind in GROUPS:
        return _group(cast(How, kind), raw[kind], rest, place)
    name = _name(kind, raw[kind], place)
    if kind in TRAITS:
        return _trait(TRAITS[kind], kind, name, rest, place)
    if kind in EVENTS:
        return _event(cast(Did, kind), name, rest, place)
    return _metric(name, rest, place) if kind == "metric" else _in(kind, name, rest, place)


def _no_kind(keys: list[str]) -> str:
    for key in keys:
        if near := values.nearest(key, KINDS):
            return f"“{key}” is not a kind of condition; did you mean “{near}”?"
    named = f"“{keys[0]}” is not one" if keys else "it is empty"
    return f"A condition begins with one of {', '.join(KINDS)}; {named}."


def _group(how: How, raw: Any, rest: dict[str, Any], place: _Place) -> Group:
    if rest:
        raise place.no(f"“{next(iter(rest))}” stands beside “{how}”; a group of rules has no other key.")
    if not isinstance(raw, Sequence) or isinstance(raw, str | bytes):
        raise place.no(f"{how} is {shown(raw)}; write a list of rules.")
    if not raw and how != "all":
        raise place.no(f"{how} is an empty list; put at least one rule into it.")
    if len(place.path) >= DEEPEST:
        raise place.no(f"Groups stand {DEEPEST} deep; that is the most.")
    if len(raw) > MOST:
        raise place.no(f"{how} holds {len(raw)} rules; {MOST} is the most.")
    return Group(how, tuple(_rule(part, place.within(how, number)) for number, part in enumerate(raw, 1)))


def _name(kind: str, raw: Any, place: _Place) -> str:
    if not isinstance(raw, str):
        hint = "; put it in quotation marks" if isinstance(raw, bool | int | float) else ""
        raise place.no(f"{kind} is {shown(raw)}, which is not a name{hint}.")
    if problem := values.wrong_text(raw):
        raise place.no(f"{kind} is {shown(raw)}; {problem}.")
    return raw


def _trait(of: Scope, kind: str, key: str, rest: dict[str, Any], place: _Place) -> Trait:
    op = _operator(kind, rest, tuple(OPERATORS), place)
    op, value = _value(op, rest[op], place, number=None)
    return Trait(of, key, op, value)


def _event(kind: Did, name: str, rest: dict[str, Any], place: _Place) -> Event:
    for key in rest:
        if key not in EVENT_KEYS:
            near = values.nearest(key, EVENT_KEYS)
            hint = f"did you mean “{near}”?" if near else f"there are {', '.join(EVENT_KEYS)}."
            raise place.no(f"“{key}” is not a key of a condition on {_article(kind)}; {hint}")
    if "within_days" in rest and "within_days_of_created" in rest:
        raise place.no("within_days and within_days_of_created stand in one condition; choose one.")
    did = rest.get("did", True)
    if not isinstance(did, bool):
        raise place.no(f"did is {shown(did)}; write true or false.")
    return Event(
        kind, name, did,
        at_least=_whole("at_least", rest.get("at_least", 1), OFTENEST, place),
        within_days=_days("within_days", rest, place),
        within_days_of_created=_days("within_days_of_created", rest, place),
    )  # fmt: skip


def _metric(name: str, rest: dict[str, Any], place: _Place) -> Metric:
    if name not in METRICS:
        near = values.nearest(name, METRICS)
        hint = f"did you mean “{near}”?" if near else f"there are {', '.join(METRICS)}."
        raise place.no(f"“{name}” is not a metric; {hint}")
    measure = METRICS[name]
    if place.scope == "user" and not measure.users:
        raise place.no(f"“{name}” is a metric of accounts; a rule about users cannot ask for it.")
    if name not in place.allowed.metrics:
        raise place.no(f"“{name}” cannot be asked for here: {place.allowed.why}.")
    days = None
    if "days" in rest:
        if name != "change":
            raise place.no(f"“days” stands beside “{name}”; only change is over a number of days.")
        days = _whole("days", rest.pop("days"), LONGEST_CHANGE, place)
    is_day = measure.unit == "day"
    op = _operator(name, rest, OF_DAYS if is_day else OF_NUMBERS, place)
    op, value = _value(op, rest[op], place, number=not is_day)
    for number in value if isinstance(value, tuple) else (value,):
        low, high = BOUNDS.get(measure.unit, (None, None))
        if (
            low is not None
            and high is not None
            and not isinstance(number, bool)
            and not low <= cast(float, number) <= high
        ):
            raise place.no(f"{op} is {shown(number)}; {name} lies between {low} and {high}.")
    return Metric(name, op, value, days)


def _in(kind: str, name: str, rest: dict[str, Any], place: _Place) -> Segment | Stage:
    if not place.allowed.groups:
        raise place.no(f"“{kind}” cannot be asked for here: {place.allowed.why}.")
    inside = rest.pop("in", True)
    if rest:
        raise place.no(f"“{next(iter(rest))}” is not a key of a condition on a {kind}; there is only in.")
    if not isinstance(inside, bool):
        raise place.no(f"in is {shown(inside)}; write true or false.")
    return Segment(name, inside) if kind == "segment" else Stage(name, inside)


def _operator(subject: str, rest: dict[str, Any], fitting: tuple[str, ...], place: _Place) -> str:
    for key in rest:
        if key not in OPERATORS:
            near = values.nearest(key, fitting)
            hint = f"did you mean “{near}”?" if near else f"there are {', '.join(fitting)}."
            raise place.no(f"“{key}” is not an operator; {hint}")
        if key not in fitting:
            raise place.no(f"“{key}” does not fit {subject}; there are {', '.join(fitting)}.")
    if not rest:
        raise place.no(f"The condition on {subject} compares with nothing; add one of {', '.join(fitting)}.")
    if len(rest) > 1:
        first, second = list(rest)[:2]
        raise place.no(f"“{first}” and “{second}” stand in one condition; write two, in a list under all.")
    return next(iter(rest))


def _value(op: str, raw: Any, place: _Place, number: bool | None) -> tuple[str, Value]:
    """The operator (`is_set: false` is `is_not_set`) and what it compares with. `number`: of a metric counted (True) or
    a day (False); None of a trait, which can be anything."""
    try:
        return values.read(op, raw, number)
    except values.Wrong as wrong:
        raise place.no(f"{op} is {shown(raw)}; {wrong}.") from None


def _days(key: str, rest: dict[str, Any], place: _Place) -> int | None:
    return _whole(key, rest[key], MOST_DAYS, place) if key in rest else None


def _whole(key: str, raw: Any, most: int, place: _Place) -> int:
    if isinstance(raw, bool) or not isinstance(raw, int) or not 1 <= raw <= most:
        raise place.no(f"{key} is {shown(raw)}; write a whole number from 1 to {most:,}.")
    return raw


def _article(kind: str) -> str:
    return {"event": "an event", "account_event": "an account event", "feature": "a feature"}[kind]

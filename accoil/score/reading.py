"""Each key of a definition that somebody wrote, read. Raises Refused with a sentence that names what is wrong."""

import re
from collections.abc import Mapping
from typing import Any, Literal, cast

from accoil.refused import At, Refused
from accoil.rule import tree
from accoil.rule.tree import Rule, Scope
from accoil.rule.values import shown

Curve = Literal["exponential", "linear"]

WINDOWS = (1, 7, 14, 30, 60, 90)
CURVES = ("exponential", "linear")
MOVING = "moving_p90"
MOST_EVENTS = 120
LONGEST_EVENT_NAME = 255
HEAVIEST = 10
LARGEST_BENCHMARK = 1e9
LARGEST_CAP = 1_000_000
MOST_EXCLUDED = 1_000  # of users, and of accounts
MOST_STEPS = 30
MOST_DOMAINS = 200
KEYS = (
    "window", "events", "benchmark", "curve", "daily_cap", "filter", "exclude", "activation", "features",
    "internal_domains",
)  # fmt: skip
SCOPES: tuple[Scope, ...] = ("user", "account")

_DOMAIN = re.compile(r"(?=.{4,253}$)(\w([\w-]{0,61}\w)?\.)+\w[\w-]*\w")


def keys(raw: Any) -> None:
    if not isinstance(raw, Mapping):
        raise Refused("A definition is a mapping with the keys window, events, benchmark and curve.")
    for key in raw:
        if key not in KEYS:
            raise Refused(f"“{key}” is not a key of a profile; there are: {', '.join(KEYS[:8])}.")


def window(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value not in WINDOWS:
        raise Refused(f"window is {shown(value)}; choose one of {', '.join(map(str, WINDOWS))} days.")
    return value


def events(value: object) -> dict[str, int]:
    if not isinstance(value, Mapping) or not value:
        raise Refused("events must name at least one event with its weight, such as {Report_Created: 9}.")
    if len(value) > MOST_EVENTS:
        raise Refused(f"events holds {len(value)} names; a profile scores at most {MOST_EVENTS}.")
    return {_event_name(name, "events"): _weight(name, weight) for name, weight in value.items()}


def _event_name(name: object, key: str) -> str:
    if not isinstance(name, str):
        raise Refused(f"{key} holds the name {shown(name)}, which is not text; put it in quotation marks.")
    if not name.strip() or len(name) > LONGEST_EVENT_NAME:
        raise Refused(f"{key} holds a name that is empty or longer than {LONGEST_EVENT_NAME} characters.")
    return name


def _weight(name: object, weight: object) -> int:
    if isinstance(weight, bool) or not isinstance(weight, int) or not 1 <= weight <= HEAVIEST:
        raise Refused(f"events: the weight of “{name}” is {shown(weight)}; write a whole number from 1 to {HEAVIEST}.")
    return weight


def benchmark(value: object) -> float | None:
    """From `moving_p90` to None, from `{"fixed": 200}` to 200.0."""
    if value == MOVING:
        return None
    if not isinstance(value, Mapping) or list(value) != ["fixed"]:
        raise Refused(f"benchmark is {shown(value)}; write {MOVING}, or {{fixed: 200}} with your own number.")
    fixed = value["fixed"]
    if isinstance(fixed, bool) or not isinstance(fixed, int | float) or not 0 < fixed <= LARGEST_BENCHMARK:
        raise Refused(f"benchmark: fixed is {shown(fixed)}; write a number above 0.")
    return float(fixed)


def curve(value: object) -> Curve:
    if value not in CURVES:
        raise Refused(f"curve is {shown(value)}; choose {' or '.join(CURVES)}.")
    return cast(Curve, value)


def daily_cap(value: object) -> int | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= LARGEST_CAP:
        raise Refused(f"daily_cap is {shown(value)}; write a whole number above 0, or leave it out for none.")
    return value


def filter_rule(value: object) -> Rule | None:
    return None if value is None else _rule(value, "user", tree.IN_FILTER, "filter")


def exclude(value: object) -> dict[str, tuple[str, ...]]:
    """`users` and `accounts` → ids, each once, in order."""
    if value is None:
        return {}
    return {who: _ids(ids, f"exclude: {who}") for who, ids in _parts(value, "exclude", ("users", "accounts")).items()}


def _ids(value: object, key: str) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise Refused(f"{key} is {shown(value)}; write a list of ids, such as [acme, globex].")
    if len(value) > MOST_EXCLUDED:
        raise Refused(f"{key} holds {len(value)} ids; leave out at most {MOST_EXCLUDED} by name, more by a filter.")
    for id in value:
        if not isinstance(id, str) or not id:
            raise Refused(f"{key} holds {shown(id)}, which is not the text of an id; put it in quotation marks.")
    return tuple(sorted(set(value)))


def activation(value: object) -> dict[str, tuple[Rule, ...]]:
    """`user` and `account` → their steps, in the order written."""
    if value is None:
        return {}
    parts = _parts(value, "activation", SCOPES)
    return {scope: _steps(parts[scope], scope) for scope in SCOPES if scope in parts}


def _steps(value: object, scope: Scope) -> tuple[Rule, ...]:
    key = f"activation: {scope}"
    if not isinstance(value, list):
        raise Refused(f"{key} is {shown(value)}; write a list of steps, such as [{{event: Report_Created}}].")
    if len(value) > MOST_STEPS:
        raise Refused(f"{key} holds {len(value)} steps; at most {MOST_STEPS} can be told apart.")
    return tuple(_rule(step, scope, tree.IN_STEPS, f"{key}, step {place}") for place, step in enumerate(value, start=1))


def _rule(value: object, scope: Scope, allowed: tree.Allowed, key: str) -> Rule:
    with At(key):
        return tree.check(value, scope, allowed)


def features(value: object) -> dict[str, tuple[str, ...]]:
    """Feature → its events, each once, in order. As kept with a version; people write them as settings."""
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise Refused(f"features is {shown(value)}; it holds names with their events.")
    return {str(name): _events_of(events, f"features: {name}") for name, events in sorted(value.items())}


def _events_of(value: object, key: str) -> tuple[str, ...]:
    if not isinstance(value, list | tuple):
        raise Refused(f"{key} is {shown(value)}; write a list of events, such as [Report_Created].")
    return tuple(sorted({_event_name(name, key) for name in value}))


def internal_domains(value: object) -> tuple[str, ...]:
    """Domains in small letters, each once, in order; a leading @ is forgiven."""
    if value is None:
        return ()
    if not isinstance(value, list):
        raise Refused(f"internal_domains is {shown(value)}; write a list of e-mail domains, such as [example.com].")
    if len(value) > MOST_DOMAINS:
        raise Refused(f"internal_domains holds {len(value)} domains; at most {MOST_DOMAINS} can be.")
    return tuple(sorted({_domain(domain) for domain in value}))


def _domain(value: object) -> str:
    domain = value.strip().lower().removeprefix("@") if isinstance(value, str) else ""
    if not _DOMAIN.fullmatch(domain):
        raise Refused(
            f"internal_domains holds {shown(value)}, which is no e-mail domain; write one such as example.com."
        )
    return domain


def _parts(value: object, key: str, known: tuple[str, ...]) -> Mapping[str, object]:
    if not isinstance(value, Mapping):
        raise Refused(f"{key} is {shown(value)}; it holds {' and '.join(known)}.")
    for part in value:
        if part not in known:
            raise Refused(f"{key}: “{part}” is not a part of it; there are: {', '.join(known)}.")
    return value

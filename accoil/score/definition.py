"""What a score is made of: window, events and weights, benchmark, curve. Pure; knows nothing of Django.

A definition is written the same way in YAML files, in the database and in what `to_yaml_dict` returns:
`{window: 7, events: {Report_Created: 9}, benchmark: moving_p90 | {fixed: 200}, curve: exponential | linear}`.
"""

import hashlib
import json
import math
from collections.abc import Mapping
from typing import Any, Literal, cast

import msgspec

from accoil.refused import Refused

__all__ = ["WINDOWS", "Definition", "Refused"]

Curve = Literal["exponential", "linear"]

WINDOWS = (1, 7, 14, 30, 60, 90)
CURVES = ("exponential", "linear")
MOVING = "moving_p90"
MOST_EVENTS = 120
LONGEST_EVENT_NAME = 255
HEAVIEST = 10
LARGEST_BENCHMARK = 1e9
KEYS = ("window", "events", "benchmark", "curve")

# Known from the file format and meant to come: silence here would make people believe they are in force.
NOT_YET = {
    "filter": "every user of the product is scored",
    "activation": "activation steps are not computed",
    "exclude": "nobody is left out",
    "daily_cap": "every event counts",
    "sync": "nothing is sent to other tools",
    "features": "only events carry weights",
}


class Definition(msgspec.Struct, frozen=True, kw_only=True):
    """One way to score: `window` in days, `events` name → weight 1..10, `benchmark` None for the moving one."""

    window: int = 7
    events: dict[str, int]
    benchmark: float | None = None
    curve: Curve = "exponential"

    @classmethod
    def check(cls, raw: Mapping[str, Any]) -> "Definition":
        """Reads one that somebody wrote. Raises Refused with a sentence that names the key that is wrong."""
        _check_keys(raw)
        return cls(
            window=_window(raw.get("window", 7)),
            events=_events(raw.get("events")),
            benchmark=_benchmark(raw.get("benchmark", MOVING)),
            curve=_curve(raw.get("curve", "exponential")),
        )

    @classmethod
    def stored(cls, raw: Mapping[str, Any]) -> "Definition":
        """Reads one that was checked when it was saved; stays readable when the rules become stricter."""
        fixed = raw["benchmark"]
        return cls(
            window=raw["window"],
            events=dict(raw["events"]),
            benchmark=None if fixed == MOVING else float(fixed["fixed"]),
            curve=raw["curve"],
        )

    def to_yaml_dict(self) -> dict[str, Any]:
        """The written form; events heaviest first, then by name."""
        ranked = sorted(self.events.items(), key=lambda item: (-item[1], item[0]))
        return {
            "window": self.window,
            "events": dict(ranked),
            "benchmark": MOVING if self.benchmark is None else {"fixed": _plain(self.benchmark)},
            "curve": self.curve,
        }

    def digest(self) -> str:
        """16 hex digits, the same for equal definitions in every process and version."""
        text = json.dumps(self.to_yaml_dict(), sort_keys=True, ensure_ascii=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()[:16]


def _check_keys(raw: Any) -> None:
    if not isinstance(raw, Mapping):
        raise Refused("A definition is a mapping with the keys window, events, benchmark and curve.")
    for key in raw:
        if key in NOT_YET:
            raise Refused(f"“{key}” is not supported yet ({NOT_YET[key]}); take it out.")
        if key not in KEYS:
            raise Refused(f"“{key}” is not a key of a profile; there are: {', '.join(KEYS)}.")


def _window(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value not in WINDOWS:
        raise Refused(f"window is {_shown(value)}; choose one of {', '.join(map(str, WINDOWS))} days.")
    return value


def _events(value: object) -> dict[str, int]:
    if not isinstance(value, Mapping) or not value:
        raise Refused("events must name at least one event with its weight, such as {Report_Created: 9}.")
    if len(value) > MOST_EVENTS:
        raise Refused(f"events holds {len(value)} names; a profile scores at most {MOST_EVENTS}.")
    return {_event_name(name): _weight(name, weight) for name, weight in value.items()}


def _event_name(name: object) -> str:
    if not isinstance(name, str):
        raise Refused(f"events holds the name {_shown(name)}, which is not text; put it in quotation marks.")
    if not name.strip() or len(name) > LONGEST_EVENT_NAME:
        raise Refused(f"events holds a name that is empty or longer than {LONGEST_EVENT_NAME} characters.")
    return name


def _weight(name: object, weight: object) -> int:
    if isinstance(weight, bool) or not isinstance(weight, int) or not 1 <= weight <= HEAVIEST:
        raise Refused(f"events: the weight of “{name}” is {_shown(weight)}; write a whole number from 1 to {HEAVIEST}.")
    return weight


def _benchmark(value: object) -> float | None:
    """From `moving_p90` to None, from `{"fixed": 200}` to 200.0."""
    if value == MOVING:
        return None
    if not isinstance(value, Mapping) or list(value) != ["fixed"]:
        raise Refused(f"benchmark is {_shown(value)}; write {MOVING}, or {{fixed: 200}} with your own number.")
    fixed = value["fixed"]
    good = isinstance(fixed, int | float) and not isinstance(fixed, bool) and math.isfinite(fixed)
    if not good or not 0 < fixed <= LARGEST_BENCHMARK:
        raise Refused(f"benchmark: fixed is {_shown(fixed)}; write a number above 0.")
    return float(fixed)


def _curve(value: object) -> Curve:
    if value not in CURVES:
        raise Refused(f"curve is {_shown(value)}; choose {' or '.join(CURVES)}.")
    return cast(Curve, value)


def _plain(value: float) -> float:
    return int(value) if value == int(value) else value


def _shown(value: object) -> str:
    """How a wrong value is named in a sentence: short, and as it would be written in a file."""
    if value is None:
        return "empty"
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 60 else text[:59] + "…"

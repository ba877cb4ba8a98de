"""What a score is made of, and of whom. Pure; knows nothing of Django. With the facts it gives every number of any day.

A definition is written the same way in YAML files, in the database and in what `to_yaml_dict` returns:
`{window: 7, events: {Report_Created: 9}, benchmark: moving_p90 | {fixed: 200}, curve: exponential | linear}`, and where
they say something `daily_cap`, `filter`, `exclude`, `activation`. `features` and `internal_domains` are the product's
settings as they were when the version was saved: of the features only those that its rules name.
"""

import hashlib
import json
from collections.abc import Collection, Iterator, Mapping
from typing import Any

import msgspec

from accoil.refused import Refused
from accoil.rule import tree
from accoil.rule.tree import Rule, Scope
from accoil.score import reading
from accoil.score.reading import MOVING, Curve


class Exclude(msgspec.Struct, frozen=True):
    """Who does not count, by the ids the customer sent."""

    users: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()


class Activation(msgspec.Struct, frozen=True):
    """The steps that make a user, or an account, activated."""

    user: tuple[Rule, ...] = ()
    account: tuple[Rule, ...] = ()

    def steps(self, scope: Scope) -> tuple[Rule, ...]:
        return self.user if scope == "user" else self.account


class Definition(msgspec.Struct, frozen=True, kw_only=True):
    """One way to score: `window` in days, `events` name → weight 1..10, `benchmark` None for the moving one;
    `daily_cap` how many of one event count per user and day; `filter` who counts, `exclude` and `internal_domains` who
    does not."""

    window: int = 7
    events: dict[str, int]
    benchmark: float | None = None
    curve: Curve = "exponential"
    daily_cap: int | None = None
    filter: Rule | None = None
    exclude: Exclude = Exclude()
    activation: Activation = Activation()
    features: dict[str, tuple[str, ...]] = {}
    internal_domains: tuple[str, ...] = ()

    @classmethod
    def check(cls, raw: Mapping[str, Any]) -> "Definition":
        """Reads one that somebody wrote. Raises Refused with a sentence that names the key that is wrong."""
        reading.keys(raw)
        return cls(
            window=reading.window(raw.get("window", 7)),
            events=reading.events(raw.get("events")),
            benchmark=reading.benchmark(raw.get("benchmark", MOVING)),
            curve=reading.curve(raw.get("curve", "exponential")),
            daily_cap=reading.daily_cap(raw.get("daily_cap")),
            filter=reading.filter_rule(raw.get("filter")),
            exclude=Exclude(**reading.exclude(raw.get("exclude"))),
            activation=Activation(**reading.activation(raw.get("activation"))),
            features=reading.features(raw.get("features")),
            internal_domains=reading.internal_domains(raw.get("internal_domains")),
        )

    @classmethod
    def stored(cls, raw: Mapping[str, Any]) -> "Definition":
        """Reads one that was checked when it was saved; stays readable when the rules become stricter."""
        fixed, steps = raw["benchmark"], raw.get("activation", {})
        return cls(
            window=raw["window"],
            events=dict(raw["events"]),
            benchmark=None if fixed == MOVING else float(fixed["fixed"]),
            curve=raw["curve"],
            daily_cap=raw.get("daily_cap"),
            filter=tree.check(raw["filter"], "user") if "filter" in raw else None,
            exclude=Exclude(**{who: tuple(ids) for who, ids in raw.get("exclude", {}).items()}),
            activation=Activation(**{who: tuple(tree.check(step, who) for step in steps[who]) for who in steps}),
            features={name: tuple(events) for name, events in raw.get("features", {}).items()},
            internal_domains=tuple(raw.get("internal_domains", ())),
        )

    def to_yaml_dict(self) -> dict[str, Any]:
        """The written form; events heaviest first, then by name. What says nothing is left out."""
        ranked = sorted(self.events.items(), key=lambda item: (-item[1], item[0]))
        written = {
            "window": self.window,
            "events": dict(ranked),
            "benchmark": MOVING if self.benchmark is None else {"fixed": _plain(self.benchmark)},
            "curve": self.curve,
        }
        more = {
            "daily_cap": self.daily_cap,
            "filter": tree.written(self.filter) if self.filter else None,
            "exclude": {who: list(ids) for who, ids in msgspec.structs.asdict(self.exclude).items() if ids},
            "activation": {
                who: [tree.written(step) for step in steps]
                for who, steps in msgspec.structs.asdict(self.activation).items()
                if steps
            },
            "features": {name: list(self.features[name]) for name in sorted(self.features)},
            "internal_domains": list(self.internal_domains),
        }
        return written | {key: value for key, value in more.items() if value}

    def digest(self) -> str:
        """16 hex digits, the same for equal definitions in every process and version."""
        return _digest(self.to_yaml_dict())

    def about_whom(self) -> str:
        """The same for definitions with the same population."""
        keys = ["filter", "exclude", "features", "internal_domains"]
        if self.filter and "frequency" in tree.mentions(self.filter).metrics:
            keys += ["window", "events"]
        written = self.to_yaml_dict()
        return _digest({key: written.get(key) for key in keys})

    @property
    def counts_everyone(self) -> bool:
        return self.filter is None and self.exclude == Exclude() and not self.internal_domains

    def rules(self) -> Iterator[Rule]:
        """The filter and the steps."""
        if self.filter:
            yield self.filter
        yield from self.activation.user
        yield from self.activation.account

    def renamed(self, names: Mapping[str, str]) -> "Definition":
        """With other names for features, old → new, in its rules too."""
        if not names:
            return self
        raw = tree.renamed(self.to_yaml_dict(), "feature", names)
        features = {names.get(name, name): events for name, events in self.features.items()}
        return Definition.stored({**raw, "features": features})

    def with_settings(self, features: Mapping[str, Collection[str]], internal_domains: Collection[str]) -> "Definition":
        """The same under these settings of the product. Raises Refused for a rule that names another feature."""
        named = tree.mentions(*self.rules()).features
        for name in named:
            if name not in features:
                raise Refused(f"There is no feature called “{name}”; choose one of Settings > Features, or make it.")
        return msgspec.structs.replace(
            self,
            features=reading.features({name: list(features[name]) for name in named}),
            internal_domains=reading.internal_domains(list(internal_domains)),
        )


def _digest(written: Mapping[str, Any]) -> str:
    text = json.dumps(written, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _plain(value: float) -> float:
    return int(value) if value == int(value) else value

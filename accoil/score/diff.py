"""What differs between two definitions, in words."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from accoil.rule import tree
from accoil.rule.tree import Rule, Scope
from accoil.score.definition import Definition
from accoil.score.reading import SCOPES

Features = Mapping[str, Sequence[str]]  # name → events

MOST_TOLD = 5  # in one line


def differences(before: Definition, after: Definition) -> list[str]:
    """A phrase for each thing that is not the same: `Report_Created 5 → 9`, `window 7 → 30 days`, `filter added: …`.
    Of a feature with another name only that is told, not each rule that says it."""
    names = _new_names(before.features, after.features)
    before = before.renamed(names)
    return [
        *_changed("window", before.window, after.window, " days"),
        *_changed("benchmark", _benchmark(before), _benchmark(after)),
        *_changed("curve", before.curve, after.curve),
        *_optional("daily cap", before.daily_cap, after.daily_cap),
        *_events(before.events, after.events),
        *_optional("filter", _words(before.filter), _words(after.filter)),
        *_excluded(before, after),
        *(line for scope in SCOPES for line in _steps(scope, before.activation.steps(scope),
                                                      after.activation.steps(scope))),
        *(f"feature {old} is called {new}" for old, new in names.items()),
        *_features(before.features, after.features),
        *_come_and_gone("internal domain", before.internal_domains, after.internal_domains),
    ]  # fmt: skip


def sentence(before: Definition, after: Definition) -> str:
    """The first few of them in one line, and how many more there are; empty where nothing differs."""
    told = differences(before, after)
    more = len(told) - MOST_TOLD
    return "; ".join([*told[:MOST_TOLD], f"and {more} more"] if more > 1 else told)


def _changed(what: str, old: object, new: object, unit: str = "") -> Iterator[str]:
    if old != new:
        yield f"{what} {old} → {new}{unit}"


def _optional(what: str, old: Any, new: Any) -> Iterator[str]:
    if old == new:
        return
    if old is None:
        yield f"{what} added: {new}"
    elif new is None:
        yield f"{what} removed: {old}"
    else:
        yield f"{what}: {old} → {new}"


def _come_and_gone(what: str, old: Collection[str], new: Collection[str]) -> Iterator[str]:
    yield from (f"{what} added: {each}" for each in new if each not in old)
    yield from (f"{what} removed: {each}" for each in old if each not in new)


def _events(old: Mapping[str, int], new: Mapping[str, int]) -> Iterator[str]:
    yield from (f"{name} {old[name]} → {weight}" for name, weight in new.items() if old.get(name, weight) != weight)
    yield from (f"{name} added with weight {weight}" for name, weight in new.items() if name not in old)
    yield from (f"{name} no longer counts (weight was {weight})" for name, weight in old.items() if name not in new)


def _excluded(before: Definition, after: Definition) -> Iterator[str]:
    old, new = msgspec.structs.asdict(before.exclude), msgspec.structs.asdict(after.exclude)
    for who in ("users", "accounts"):
        yield from (f"{who[:-1]} {id} excluded" for id in new[who] if id not in old[who])
        yield from (f"{who[:-1]} {id} no longer excluded" for id in old[who] if id not in new[who])


def _steps(scope: Scope, old: Sequence[Rule], new: Sequence[Rule]) -> Iterator[str]:
    before, after = [tree.words(step, scope) for step in old], [tree.words(step, scope) for step in new]
    yield from _come_and_gone(f"{scope} step", before, after)
    if before != after and sorted(before) == sorted(after):
        yield f"{scope} steps in another order"


def _new_names(old: Features, new: Features) -> dict[str, str]:
    """Old → new. One that goes while another comes with an event of it is the same: an event belongs to one only."""
    gone, come = old.keys() - new.keys(), sorted(new.keys() - old.keys())
    found: dict[str, str] = {}
    for name in sorted(gone):
        heir = next((each for each in come if not set(old[name]).isdisjoint(new[each])), "")
        if heir:
            come.remove(heir)
            found[name] = heir
    return found


def _features(old: Features, new: Features) -> Iterator[str]:
    """Of a feature that came or went with a rule, the rule tells."""
    for name in old.keys() & new.keys():
        yield from _come_and_gone(f"feature {name}: event", old[name], new[name])


def _benchmark(definition: Definition) -> str:
    written = definition.to_yaml_dict()["benchmark"]
    return f"fixed at {written['fixed']}" if isinstance(written, Mapping) else "moving"


def _words(rule: Rule | None) -> str | None:
    return None if rule is None else tree.words(rule, "user")

"""`accoil bench whatif`: what a draft would change over a large book, first and while a slider moves."""

import json
import os
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

import msgspec

from accoil import environment
from accoil.bench import budgets, kept, machine
from accoil.bench.asked import ASK
from accoil.bench.book import STORE
from accoil.bench.figures import ratio, seconds_of
from accoil.bench.growth import growth
from accoil.bench.invented import LAST_DAY, PRODUCT, Size, definition
from accoil.bench.progress import say
from accoil.bench.watched import Watched, names_of
from accoil.count import days
from accoil.count.facts import open_facts
from accoil.rule.tree import Scope, check
from accoil.score import values
from accoil.score.definition import Activation, Definition
from accoil.score.groups import Groups, Rules
from accoil.score.what_if import differences, what_if
from accoil.store.duckdb import DuckDB
from accoil.store.store import MEMORY

MOVES = 8  # of a slider, after each kind of change
FIRST = 3  # times that each change is made with nothing known from before

Report = dict[str, Any]

# As many as a profile usually has, of the usual kinds.
SEGMENTS: dict[Scope, list[dict[str, Any]]] = {
    "account": [
        {"metric": "score", "at_least": 75}, {"metric": "score", "between": [50, 74]},
        {"metric": "score", "between": [25, 49]}, {"metric": "score", "below": 25}, {"metric": "raw", "above": 0},
        {"metric": "tenure", "below": 30}, {"metric": "change", "at_least": 10}, {"metric": "change", "at_most": -10},
        {"metric": "tenure", "above": 180}, {"metric": "last_active", "in_last_days": 1},
        {"metric": "activation", "at_least": 100}, {"metric": "active_users", "at_least": 2},
        {"all": [{"metric": "score", "below": 25}, {"account_trait": "plan", "is": "enterprise"}]},
    ],
    "user": [
        {"metric": "score", "at_least": 75}, {"metric": "score", "between": [50, 74]},
        {"metric": "score", "between": [25, 49]}, {"metric": "score", "below": 25}, {"metric": "raw", "above": 0},
        {"metric": "tenure", "below": 30}, {"metric": "change", "at_least": 10}, {"metric": "change", "at_most": -10},
        {"metric": "tenure", "above": 180}, {"metric": "last_active", "in_last_days": 1},
        {"metric": "activation", "at_least": 100},
    ],
}  # fmt: skip


def run(size: Size, keep: Path | None = None, plans: bool = False, clickhouse: str | None = None) -> None:
    """Prints the report as JSON. `clickhouse`: the URL of a server that is asked the same afterwards."""
    print(json.dumps(measure(size, keep, plans, clickhouse), indent=2))


def measure(size: Size, keep: Path | None = None, plans: bool = False, clickhouse: str | None = None) -> Report:
    about = machine.about()
    with kept.book(size, keep) as folder:
        store = DuckDB(folder / STORE, environment.text("ACCOIL_STORE_MEMORY", MEMORY))
        watched = Watched(store, names_of(kept.PACKAGE), plans=plans)
        try:
            report: Report = {
                "bench": "whatif",
                "machine": about,
                "book": {"users": size.users, "accounts": size.accounts, "days": size.days},
                **_ask_all(watched),
                "memory_mib": machine.memory(os.getpid()),
            }
        finally:
            open_facts(None)
            store.close()
            for name, plan in watched.plans.items():
                say(f"-- {name}\n{plan}")
        report["budgets"] = budgets.judge(budgets.WHAT_IF, _judged(report))
        if clickhouse:
            report["clickhouse"] = _in_clickhouse(folder, clickhouse, report)
    return report


def _in_clickhouse(folder: Path, url: str, ours: Report) -> Report:
    from accoil.bench.beside import copied

    with copied(folder, url) as store:
        try:
            theirs = _ask_all(Watched(store, names_of(kept.PACKAGE)))
        finally:
            open_facts(None)
    return {"figures": theirs, "times_as_long": growth(_flat(ours), _flat(theirs))}


def _flat(report: Report) -> Report:
    return {"bare_seconds": report["bare_seconds"], **report["changes"]}


def _ask_all(store: Watched) -> Report:
    store.forget_answers()
    now = definition()
    given = {**values.of(PRODUCT, now), "as_of": days.number(LAST_DAY)}
    bare = median(seconds_of(partial(store.ask, ASK["bare"], **given)) for _ in range(5))
    report: Report = {"bare_seconds": round(bare, 4), "changes": {}}
    for name, draft in changes(now).items():
        say(f"what if: {name}")
        report["changes"][name] = _change(store, now, draft, bare)
    say("everyone who differs")
    draft = next(iter(changes(now).values()))
    listed = median(
        seconds_of(partial(differences, PRODUCT, now, draft, LAST_DAY, "user", offset=50 * n)) for n in range(5)
    )
    report["differences_ms"] = round(listed * 1000, 1)
    return report


def changes(now: Definition) -> dict[str, Definition]:
    """One of each kind."""
    other = partial(msgspec.structs.replace, now)
    heavy, *_, light = sorted(now.events, key=lambda name: -now.events[name])
    return {
        "weight": other(events=now.events | {light: 10}),
        "benchmark": other(benchmark=200.0),
        "curve": other(curve="linear"),
        "window": other(window=14),
        "fewer events": other(events={name: weight for name, weight in now.events.items() if name != light}),
        "filter": other(filter=check({"none": [{"account_trait": "plan", "is": "enterprise"}]}, "user")),
        "daily cap": other(daily_cap=2),
        "activation": other(
            activation=Activation(
                user=(check({"event": heavy}, "user"), check({"user_trait": "role", "is_set": True}, "user")),
                account=(check({"event": light, "at_least": 2}, "account"),),
            )
        ),
    }


def _change(store: Watched, now: Definition, draft: Definition, bare: float) -> Report:
    """First: the page has shown the definition in force, then this change is made. Following: a weight moves."""
    first = []
    for _ in range(FIRST):
        store.forget_answers()
        _ask(now, now)
        store.taken()
        first.append(seconds_of(partial(_ask, now, draft)))
    parts = store.taken()
    following = [seconds_of(partial(_ask, now, moved)) for moved in _moves(draft)]
    return {
        "first_seconds": round(median(first), 4),
        "first_ratio": ratio(median(first), bare),
        "following_seconds": round(median(following[1:]), 4),
        "following_ratio": ratio(median(following[1:]), bare),
        "longest_seconds": round(max(following), 4),
        "parts_first": parts,
        "parts_following": store.taken(),
    }


def _moves(draft: Definition) -> Iterator[Definition]:
    slider = next(iter(draft.events))
    for move in range(MOVES + 1):
        yield msgspec.structs.replace(draft, events=draft.events | {slider: 1 + move % 10})


def _ask(now: Definition, draft: Definition) -> None:
    what_if(PRODUCT, now, draft, LAST_DAY, _groups())


def _groups() -> dict[Scope, tuple[Groups, Groups]]:
    made = {
        scope: Rules(scope, {str(place): check(rule, scope) for place, rule in enumerate(rules)})
        for scope, rules in SEGMENTS.items()
    }
    return {scope: (rules, rules) for scope, rules in made.items()}


def _judged(report: Report) -> dict[str, float | None]:
    found = report["changes"].values()
    return {
        "first": max(change["first_seconds"] for change in found),
        "following": max(change["following_seconds"] for change in found),
        "weight_first": report["changes"]["weight"]["first_seconds"],
        "weight": report["changes"]["weight"]["following_seconds"],
    }

"""Activation: which steps everybody in a book has met, and since when all of them are."""

from collections.abc import Mapping
from typing import TypeGuard

import msgspec

from accoil.count import ids
from accoil.count.facts import Facts
from accoil.rule import tree
from accoil.rule.conditions import Event, Rule, Scope
from accoil.rule.to_sql import ASK as MEANINGS
from accoil.rule.to_sql import condition
from accoil.score.definition import Definition
from accoil.score.reached import FEW, at, reached
from accoil.store.questions import beside
from accoil.store.store import Value

ASK = beside(__file__, "steps")


class Written(msgspec.Struct):
    """A question in the making, with what it binds and the tables it reads."""

    text: str
    values: dict[str, Value]
    places: dict[str, str] = {}


def keep(
    facts: Facts, name: str, product_id: int, definition: Definition, scope: Scope,
    places: Mapping[str, str], given: Mapping[str, Value],
) -> str:  # fmt: skip
    """Keeps `kept.{name}`: id, steps_met (a bit for each step) and activated_day (of those who met all; null without a
    step that has a day). Places: users and accounts of a book, people, told."""
    store, rules = facts.store, inlined(definition, scope)
    if not rules:
        store.keep(name, ASK["nobody"])
        return f"kept.{name}"
    all_met = (1 << len(rules)) - 1
    held = bits(rules, scope)
    store.keep(name, ASK[f"met_{scope}"].replace("<bits>", held.text), places, **given, **held.values)
    days = _days(facts, product_id, rules, scope, definition.counts_everyone)
    if days.text:
        question = ASK["dated"].replace("<reached>", days.text)
        tables = {**places, **days.places, "met": f"kept.{name}"}
        store.keep(name, question, tables, **given, **days.values, all=all_met)
    return f"kept.{name}"


def inlined(definition: Definition, scope: Scope) -> list[Rule]:
    """The steps, with features replaced by their events."""
    names = tree.Names(features=definition.features)
    return [tree.inlined(step, names) for step in definition.activation.steps(scope)]


def has_day(step: Rule) -> TypeGuard[Event]:
    """Whether a step is reached on a day and stays so: an event or feature done so often, ever or since created-at."""
    return isinstance(step, Event) and step.did and step.within_days is None


def whose(step: Event, scope: Scope) -> Scope:
    """Of whom its events are counted."""
    return "account" if step.kind == "account_event" else scope


def events_of(product_id: int, step: Event) -> list[int]:
    """Ids of the events any of which counts."""
    names = step.events if step.events is not None else (step.name,)
    return [ids.id_of(product_id, ids.EVENT, name) for name in names]


def bits(rules: list[Rule], scope: Scope, in_book: bool = True) -> Written:
    parts: list[str] = []
    values: dict[str, Value] = {}
    for place, rule in enumerate(rules):
        holds = condition(rule, scope, prefix=f"s{place}_", in_book=in_book)
        parts.append(f"case when {holds.text} then {1 << place} else 0 end")
        values |= holds.values
    return Written(" + ".join(parts), values)


def _days(facts: Facts, product_id: int, rules: list[Rule], scope: Scope, everyone: bool) -> Written:
    """id and day of each step that has one. `everyone`: all users count, so what accounts reached is the same for all
    definitions."""
    parts: list[str] = []
    found = Written("", {}, {})
    for place, step in enumerate(rules):
        if has_day(step):
            of, events = whose(step, scope), events_of(product_id, step)
            if step.at_least > 1 and step.within_days_of_created is None and (everyone or of == "user"):
                found.places[f"reached_{place}"] = reached(facts, product_id, of, events, step.at_least)
                text = ASK["kept"].replace("<table>", f"{{reached_{place}}}")
            else:
                text = _day_of(step, of, place)
                found.values |= {f"e{place}": list(events), f"n{place}": step.at_least}
                found.values |= {f"d{place}": step.within_days_of_created}
            text = text.replace("<activated>", ASK["activated" if of == scope else "their_accounts"])
            parts.append(text if of == scope else ASK["of_users"].replace("<reached>", text))
    found.text = " union all ".join(parts)
    return found


def _day_of(step: Event, of: Scope, place: int) -> str:
    kind = "first" if step.at_least == 1 else "early" if step.at_least <= FEW else "running"
    day = "first_day" if kind == "first" else "day"
    counted = f" {MEANINGS['of_population']}" if of == "account" else ""
    created = ""
    if step.within_days_of_created is not None:
        born = MEANINGS["created_in_book"].replace("<table>", f"{of}s")
        created = f"join {born} as born on born.born_id = {of}_id"
        counted += f" and {day} - born.created_on < :d{place}"
    parts = {
        "who": f"{of}_id", "events": f":e{place}", "least": f":n{place}", "created": created, "counted": counted,
        "many": str(step.at_least), "at": at(f":n{place}", step.at_least),
    }  # fmt: skip
    text = ASK[kind]
    for name, value in parts.items():
        text = text.replace(f"<{name}>", value)
    return text

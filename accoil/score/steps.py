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
from accoil.score.reached import FEW, at, firsts, reached
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
) -> None:  # fmt: skip
    """Keeps `kept.{name}`: users or accounts of a book with steps_met (a bit for each step), activation and
    activated_day (of those who met all; null without a step that has a day). Places: users, accounts and people of the
    book without steps, population, told."""
    store, rules = facts.store, inlined(definition, scope)
    held, days = bits(rules, scope), _days(facts, product_id, rules, scope, definition.counts_everyone)
    places = {**places, **days.places, "rows": places[f"{scope}s"], "met": f"kept.{name}_met"}
    given = {**given, **held.values, "all": (1 << len(rules)) - 1, "how_many": len(rules)}
    if "{met}" in days.text:
        store.keep(f"{name}_met", ASK["met"].replace("<bits>", held.text), places, **given)
    question = ASK["with_steps"].replace("<bits>", held.text).replace("<reached>", days.text or ASK["no_days"])
    store.keep(name, question, places, **given, **days.values)
    store.drop(f"{name}_met")


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
    definitions; else what is the same are the first days of each of their users."""
    parts: list[str] = []
    found = Written("", {}, {})
    for place, step in enumerate(rules):
        if has_day(step):
            of, events = whose(step, scope), events_of(product_id, step)
            ever = step.at_least > 1 and step.within_days_of_created is None
            if ever and (everyone or of == "user"):
                found.places[f"reached_{place}"] = reached(facts, product_id, of, events, step.at_least)
                text = ASK["kept"].replace("<table>", f"{{reached_{place}}}")
            elif ever and step.at_least <= FEW:
                found.places[f"firsts_{place}"] = firsts(facts, product_id, events, step.at_least)
                text = _early_of_those(step.at_least, f"{{firsts_{place}}}")
            else:
                text = _day_of(step, of, place)
                found.values |= {f"e{place}": list(events), f"n{place}": step.at_least}
                found.values |= {f"d{place}": step.within_days_of_created}
            text = text.replace("<activated>", ASK["activated" if of == scope else "their_accounts"])
            parts.append(text if of == scope else ASK["of_users"].replace("<reached>", text))
    found.text = " union all ".join(parts)
    return found


def _early_of_those(least: int, table: str) -> str:
    text = ASK["early_of_those"].replace("<counted>", f" {MEANINGS['of_population']}").replace("<table>", table)
    return text.replace("<at>", at(str(least), least)).replace("<many>", str(least))


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

"""Activation: which steps everybody in a book has met, and since when all of them are."""

from collections.abc import Collection, Mapping
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
from accoil.store.questions import beside, filled
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
    days = _days(facts, product_id, rules, scope, definition.counts_everyone)
    values = {name: value for day in days.values() for name, value in day.values.items()}
    places = {**places, "rows": places[f"{scope}s"], "met": f"kept.{name}_met"}
    places |= {name: table for day in days.values() for name, table in day.places.items()}
    given = {**given, **values, "all": (1 << len(rules)) - 1, "how_many": len(rules)}
    asks_who_met = [place for place, day in days.items() if "{met}" in day.text]
    if asks_who_met:
        every = bits(rules, scope)
        store.keep(f"{name}_met", filled(ASK["met"], bits=every.text), places, **given, **every.values)
    held = bits(rules, scope, dated=days.keys() - asks_who_met)
    joins = [filled(ASK["reached_on"], reached=day.text, r=f"r{place}") for place, day in days.items()]
    question = filled(ASK["with_steps"], bits=held.text, day=_latest(days), reached="\n".join(joins))
    store.keep(name, question, places, **given, **held.values)
    if asks_who_met:
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


def bits(rules: list[Rule], scope: Scope, in_book: bool = True, dated: Collection[int] = ()) -> Written:
    """`dated`: the places of those steps that are met where there is a day on which they were reached."""
    parts: list[str] = []
    values: dict[str, Value] = {}
    for place, rule in enumerate(rules):
        holds = f"r{place}.day is not null"
        if place not in dated:
            held = condition(rule, scope, prefix=f"s{place}_", in_book=in_book)
            holds, values = held.text, values | held.values
        parts.append(f"case when {holds} then {1 << place} else 0 end")
    return Written(" + ".join(parts), values)


def _latest(days: Collection[int]) -> str:
    return f"greatest({', '.join(f'r{place}.day' for place in days)})" if days else "cast(null as integer)"


def _days(facts: Facts, product_id: int, rules: list[Rule], scope: Scope, everyone: bool) -> dict[int, Written]:
    """Of each step that has one the question for id and day, by its place. `everyone`: all users count, so what
    accounts reached is the same for all definitions; else that is only what each of their users did first."""
    found = {}
    for place, step in enumerate(rules):
        if has_day(step):
            of = whose(step, scope)
            day = _day_of(facts, product_id, step, of, place, everyone)
            text = filled(day.text, activated=ASK["activated" if of == scope else "their_accounts"])
            day.text = text if of == scope else filled(ASK["of_users"], reached=text)
            found[place] = day
    return found


def _day_of(facts: Facts, product_id: int, step: Event, of: Scope, place: int, everyone: bool) -> Written:
    events, least = events_of(product_id, step), step.at_least
    ever = least > 1 and step.within_days_of_created is None
    if ever and (everyone or of == "user"):
        table = reached(facts, product_id, of, events, least)
        return Written(filled(ASK["kept"], table=f"{{reached_{place}}}"), {}, {f"reached_{place}": table})
    if ever and least <= FEW:
        table = firsts(facts, product_id, events, least)
        return Written(_early_of_those(least, f"{{firsts_{place}}}"), {}, {f"firsts_{place}": table})
    values: dict[str, Value] = {f"e{place}": list(events), f"n{place}": least, f"d{place}": step.within_days_of_created}
    return Written(_looked_for(step, of, place), values)


def _early_of_those(least: int, table: str) -> str:
    counted = f" {MEANINGS['of_population']}"
    return filled(ASK["early_of_those"], counted=counted, table=table, at=at(str(least), least), many=str(least))


def _looked_for(step: Event, of: Scope, place: int) -> str:
    kind = "first" if step.at_least == 1 else "early" if step.at_least <= FEW else "running"
    day = "first_day" if kind == "first" else "day"
    counted = f" {MEANINGS['of_population']}" if of == "account" else ""
    created = ""
    if step.within_days_of_created is not None:
        born = filled(MEANINGS["created_in_book"], table=f"{of}s")
        created = f"join {born} as born on born.born_id = {of}_id"
        counted += f" and {day} - born.created_on < :d{place}"
    return filled(
        ASK[kind], who=f"{of}_id", events=f":e{place}", least=f":n{place}", created=created, counted=counted,
        many=str(step.at_least), at=at(f":n{place}", step.at_least),
    )  # fmt: skip

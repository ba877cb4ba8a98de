"""Activation: which steps everybody in a book has met, and since when all of them are."""

from collections.abc import Mapping

import msgspec

from accoil.count import ids
from accoil.rule import tree
from accoil.rule.conditions import Event, Rule, Scope
from accoil.rule.to_sql import ASK as MEANINGS
from accoil.rule.to_sql import condition
from accoil.score.definition import Definition
from accoil.store.questions import beside
from accoil.store.store import Store, Value

ASK = beside(__file__, "steps")
FEW = 12  # times that are looked for among the first days, which is cheaper than a running sum


class Written(msgspec.Struct):
    """A question in the making, with what it binds."""

    text: str
    values: dict[str, Value]


def keep(
    store: Store, name: str, product_id: int, definition: Definition, scope: Scope,
    places: Mapping[str, str], given: Mapping[str, Value],
) -> str:  # fmt: skip
    """Keeps `kept.{name}`: id, steps_met (a bit for each step) and activated_day (of those who met all; null without a
    step that has a day). Places: users and accounts of a book, people, told."""
    steps = definition.activation.steps(scope)
    if not steps:
        store.keep(name, ASK["nobody"])
        return f"kept.{name}"
    all_met = (1 << len(steps)) - 1
    rules = [tree.inlined(step, tree.Names(features=definition.features)) for step in steps]
    held = bits(rules, scope)
    store.keep(name, ASK[f"met_{scope}"].replace("<bits>", held.text), places, **given, **held.values)
    reached = _reached(product_id, rules, scope)
    if reached.values:
        question = ASK["dated"].replace("<reached>", reached.text)
        store.keep(name, question, {**places, "met": f"kept.{name}"}, **given, **reached.values, all=all_met)
    return f"kept.{name}"


def has_day(step: Rule) -> bool:
    """Whether a step is reached on a day and stays so: an event or feature done so often, ever or since created-at."""
    return isinstance(step, Event) and step.did and step.within_days is None


def bits(rules: list[Rule], scope: Scope, in_book: bool = True) -> Written:
    parts: list[str] = []
    values: dict[str, Value] = {}
    for place, rule in enumerate(rules):
        holds = condition(rule, scope, prefix=f"s{place}_", in_book=in_book)
        parts.append(f"case when {holds.text} then {1 << place} else 0 end")
        values |= holds.values
    return Written(" + ".join(parts), values)


def _reached(product_id: int, rules: list[Rule], scope: Scope) -> Written:
    """id and day of each step that has one."""
    parts: list[str] = []
    values: dict[str, Value] = {}
    for place, step in enumerate(rules):
        if isinstance(step, Event) and has_day(step):
            of: Scope = "account" if step.kind == "account_event" else scope
            names = step.events if step.events is not None else (step.name,)
            values[f"e{place}"] = [ids.id_of(product_id, ids.EVENT, name) for name in names]
            values[f"n{place}"] = step.at_least
            text = _day_of(step, of, place).replace(
                "<activated>", ASK["activated" if of == scope else "their_accounts"]
            )
            if step.within_days_of_created is not None:
                values[f"d{place}"] = step.within_days_of_created
            parts.append(text if of == scope else ASK["of_users"].replace("<reached>", text))
    return Written(" union all ".join(parts), values)


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
        "many": str(step.at_least), "at": _at(f":n{place}", step.at_least),
    }  # fmt: skip
    text = ASK[kind]
    for name, value in parts.items():
        text = text.replace(f"<{name}>", value)
    return text


def _at(least: str, many: int) -> str:
    """Of the first few days the one on which it had been done so often in all; null where it never was."""
    so_far = [" + ".join(f"f[{each}].n" for each in range(1, place + 1)) for place in range(1, many + 1)]
    return f"case {' '.join(f'when {n} >= {least} then f[{place}].day' for place, n in enumerate(so_far, 1))} end"

"""How far one user, or one account, is with the steps of activation: which are met, since when, and what is missing."""

import threading
from collections.abc import Sequence
from typing import Any

from accoil.count import days
from accoil.count.facts import facts
from accoil.count.ids import Kind
from accoil.rule import tree
from accoil.rule.conditions import Event, Scope
from accoil.rule.to_sql import ASK as MEANINGS
from accoil.score import steps as all_steps
from accoil.score import values
from accoil.score.definition import Definition
from accoil.score.people import told
from accoil.score.population import whom
from accoil.score.reading import SCOPES
from accoil.store.questions import beside, filled
from accoil.store.store import Value

ASK = beside(__file__, "progress")

Row = dict[str, Any]

_asking = threading.Lock()  # the kept table has one name


def steps(product_id: int, definition: Definition, kind: Kind, id: int, day: int) -> list[Row]:
    """For each step of one who counts: `step` in words, `met`; of event steps also `on`, the day on which it was
    reached, `count` so far and `at_least` how many it takes (None of other steps)."""
    return _Asked(product_id, definition, kind, id, day).steps()


class _Asked:
    def __init__(self, product_id: int, definition: Definition, scope: Scope, id: int, day: int) -> None:
        self.product_id, self.definition, self.scope, self.id = product_id, definition, scope, id
        self.store = facts().store
        counted = whom(facts(), product_id, definition, day)
        self.given = values.of(product_id, definition) | {"as_of": day, "id": id}
        self.places = {
            "population": counted.table(), "people": counted.people(), "told": told(facts(), product_id, day),
        }  # fmt: skip
        self.rules = all_steps.inlined(definition, scope)

    def steps(self) -> list[Row]:
        if not self.rules:
            return []
        met = self._met()
        told = [
            {
                "step": tree.words(step, self.scope),
                "met": bool(met >> place & 1),
                "on": None,
                "count": None,
                "at_least": None,
            }
            for place, step in enumerate(self.definition.activation.steps(self.scope))
        ]
        dated = {place: step for place, step in enumerate(self.rules) if all_steps.has_day(step)}
        for of in SCOPES:
            mine = {place: step for place, step in dated.items() if all_steps.whose(step, self.scope) == of}
            if mine and (whose := self._whose(of)) is not None:
                for place, row in self._so_far(mine, of, whose).items():
                    told[place] |= row
        return told

    def _met(self) -> int:
        bits = all_steps.bits(self.rules, self.scope, in_book=False)
        question = filled(ASK["met"], bits=bits.text)
        return int(self.store.rows(question, self.places, **self.given, **bits.values)[0]["steps_met"])

    def _whose(self, of: Scope) -> int | None:
        if of == self.scope:
            return self.id
        rows = self.store.rows(ASK["account_of"], self.places, **self.given)
        return rows[0]["account_id"] if rows else None

    def _so_far(self, mine: dict[int, Event], of: Scope, whose: int) -> dict[int, Row]:
        events = {place: all_steps.events_of(self.product_id, step) for place, step in mine.items()}
        every: Sequence[int] = sorted({event for ids_of_step in events.values() for event in ids_of_step})
        counted = f" {MEANINGS['of_population']}" if of == "account" else ""
        with _asking:
            question = filled(ASK["done"], counted=counted)
            given: dict[str, Value] = self.given | {"whose": whose, "events": list(every)}
            self.store.keep("progress", question, {**self.places, "who": f"{of}_id"}, **given)
            found = {}
            for place, step in mine.items():
                row = self._row(step, of, events[place])
                on = None if row["day"] is None else days.day(row["day"])
                found[place] = {"on": on, "count": row["count"], "at_least": step.at_least}
            self.store.drop("progress")
        return found

    def _row(self, step: Event, of: Scope, events: list[int]) -> Row:
        given = {**self.given, "step_events": events, "least": step.at_least}
        created = soon = ""
        if step.within_days_of_created is not None:
            created = f"join {MEANINGS[f'created_{of}s']} as born on born.born_id = {of}_id"
            soon = " and day - born.created_on < :soon"
            given["soon"] = step.within_days_of_created
        question = filled(ASK["so_far"], least=":least", events=":step_events", created=created, soon=soon)
        return self.store.rows(question, {**self.places, "done": "kept.progress"}, **given)[0]

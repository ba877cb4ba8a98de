"""What a rule means: one condition in SQL, with every value bound. Nothing that a person wrote gets into the text."""

from typing import Any

import msgspec

from accoil.rule.comparing import Bound, compare, compare_trait, holds_for_zero
from accoil.rule.conditions import Event, Group, Metric, Rule, Scope, Trait
from accoil.rule.vocabulary import OPPOSITE, spellings
from accoil.store.questions import beside, filled
from accoil.store.store import Value

ASK = beside(__file__, "to_sql")

KINDS: dict[Scope, str] = {"user": "1", "account": "2"}
TABLES: dict[Scope, str] = {"user": "users", "account": "accounts"}
# Of a row x of the book; rates in percent, rounded so that 0.07 is 7 and not 7.000000000000001.
FIGURES = {
    "score": "x.score",
    "raw": "x.raw",
    "change": "x.change",
    "activation": "round(100 * x.activation, 9)",
    "adoption": "round(100.0 * x.recently_scored_events / len(:events), 9)",
    "lifetime_adoption": "round(100.0 * x.overall_scored_events / len(:events), 9)",
    "frequency": "x.frequency",
    "active_users": "x.active_users",
    "total_users": "x.total_users",
    "active_percent": "round(100 * x.active_percent, 9)",
    "last_active": "x.last_day",
    "created_at": "x.created_on",
    "tenure": "x.tenure",
}
LONG = 60  # days from which the first and last days of each event tell more cheaply who did it than the counts
CREATED = {"created_at": "created_on", "tenure": "greatest(0, :as_of - created_on)"}


class Condition(msgspec.Struct, frozen=True):
    """`text`: a boolean expression, never null, about a row `x` with a column `id`. `values`: what it binds beside
    product, as_of, win and events. `back`: the numbers of days N for which it reads `{users_back_N}` or
    `{accounts_back_N}`, the book's tables of N days before."""

    text: str
    values: dict[str, Value]
    back: frozenset[int]


def condition(rule: Rule, scope: Scope, prefix: str = "r", in_book: bool = False) -> Condition:
    """Of an inlined rule. `prefix`: how bound values are called (r1, r2 …); another one where several conditions stand
    in one question. `in_book`: x is a row of `{users}` or `{accounts}`, so that its figures are compared as they stand
    there; else frequency, created-at and tenure come from the facts, since the book may still be to make."""
    writer = _Writer(scope, Bound(prefix), in_book)
    text = writer.holds(rule)
    return Condition(text, writer.bound.values, frozenset(writer.back))


class _Writer:
    def __init__(self, scope: Scope, bound: Bound, in_book: bool) -> None:
        self.scope = scope
        self.bound = bound
        self.in_book = in_book
        self.back: set[int] = set()

    def holds(self, rule: Rule) -> str:
        match rule:
            case Group("all", ()):
                return "true"
            case Group(how, parts):
                joined = (" and " if how == "all" else " or ").join(self.holds(part) for part in parts)
                return f"not ({joined})" if how == "none" else f"({joined})"
            case Trait():
                return self._trait(rule)
            case Event():
                return self._event(rule)
            case Metric():
                return self._metric(rule)
            case _:
                raise ValueError(f"{rule} is not inlined")

    def _trait(self, rule: Trait) -> str:
        """Of an account: somebody of its users has a trait that is so, also where that means that it is not set."""
        opposite = rule.op in OPPOSITE
        found = self._told(rule.of, rule.key, OPPOSITE.get(rule.op, rule.op), rule.value)
        if rule.of == self.scope:
            return _in(found, opposite)
        if self.scope == "user":
            return _in(_fill("users_of", accounts=found), opposite)
        return _in(_fill("accounts_of_others" if opposite else "accounts_of", users=found))

    def _told(self, of: Scope, key: str, op: str, value: Any) -> str:
        keys = [self.bound.put(each) for each in spellings(of, key)]
        compared = compare_trait(of, key, op, value, self.bound)
        if len(keys) == 1:
            return _fill("trait", kind=KINDS[of], key=keys[0], compare=compared)
        places = " ".join(f"when {each} then {place}" for place, each in enumerate(keys))
        return _fill(
            "trait_spelled", kind=KINDS[of], keys=", ".join(keys), place=f"case key {places} end", compare=compared
        )

    def _event(self, rule: Event) -> str:
        names = (rule.name,) if rule.kind != "feature" else rule.events
        if names is None:
            raise ValueError(f"{rule} is not inlined")
        if not names:
            return "false" if rule.did else "true"
        of_account = self.scope == "account" or rule.kind == "account_event"
        found = self._did(rule, "account" if of_account else "user", names)
        return _in(_fill("users_of", accounts=found) if of_account and self.scope == "user" else found, not rule.did)

    def _did(self, rule: Event, of: Scope, names: tuple[str, ...]) -> str:
        often = rule.at_least > 1
        if rule.within_days is not None:
            name = "in_long_span" if rule.within_days >= LONG and not often else "lately"
        elif rule.within_days_of_created is not None:
            name = "often_after_created" if often else "after_created"
        else:
            name = "often" if often else "ever"
        parts = {**_who(of), "events": _fill("named", names=", ".join(self.bound.put(each) for each in names))}
        if days := rule.within_days or rule.within_days_of_created:
            parts["days"] = self.bound.put(days)
        if "<least>" in ASK[name]:
            parts["least"] = self.bound.put(rule.at_least)
        return _fill(name, created=self._created(of), **parts)

    def _created(self, of: Scope) -> str:
        return _fill("created_in_book", table=TABLES[of]) if self.in_book else _fill(f"created_{TABLES[of]}")

    def _metric(self, rule: Metric) -> str:
        opposite = rule.op in OPPOSITE
        op = OPPOSITE.get(rule.op, rule.op)
        if rule.name == "mrr":
            found = _fill("mrr", compare=compare("mrr", op, rule.value, self.bound))
            return _in(found if self.scope == "account" else _fill("users_of", accounts=found), opposite)
        if rule.days is not None:
            self.back.add(rule.days)
            compared = compare("now.score - coalesce(before.score, 0)", op, rule.value, self.bound)
            change = _fill("change", table=TABLES[self.scope], days=str(rule.days), compare=compared)
            return _in(change, opposite)
        if self.in_book:
            compared = compare(FIGURES[rule.name], op, rule.value, self.bound)
            return f"{'not ' if opposite else ''}coalesce({compared}, false)"
        if rule.name == "frequency":
            return self._frequency(op, rule.value, opposite)
        if rule.name in CREATED:
            compared = compare(CREATED[rule.name], op, rule.value, self.bound)
            return _in(_fill("created", created=self._created(self.scope), compare=compared), opposite)
        compared = compare(FIGURES[rule.name], op, rule.value, self.bound)
        return _in(_fill("figure", table=TABLES[self.scope], compare=compared), opposite)

    def _frequency(self, op: str, value: Any, opposite: bool) -> str:
        """Those who did nothing have no row to count: where 0 would do, the others are looked for."""
        compared = compare(ASK["days_done"], op, value, self.bound)
        for_zero = holds_for_zero(op, value)
        found = _fill("frequency", **_who(self.scope), compare=f"not ({compared})" if for_zero else compared)
        return _in(found, opposite != for_zero)


def _who(of: Scope) -> dict[str, str]:
    return {"who": f"{of}_id", "counted": f" {ASK['of_population']}" if of == "account" else ""}


def _in(found: str, opposite: bool = False) -> str:
    return f"x.id {'not ' if opposite else ''}in ({found})"


def _fill(name: str, **parts: str) -> str:
    return filled(ASK[name], **parts)

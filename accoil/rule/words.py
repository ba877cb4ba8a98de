"""A rule as a person says it: “score below 25 and (MRR above $100 or plan is Enterprise)”."""

from collections.abc import Callable
from datetime import date
from typing import Any

from accoil.rule.conditions import Event, Group, Metric, Rule, Scope, Segment, Stage, Trait
from accoil.rule.vocabulary import METRICS, Unit

NAMES = {
    "raw": "points", "activation": "activation", "lifetime_adoption": "lifetime adoption",
    "active_users": "active users", "total_users": "total users", "active_percent": "share of users active",
    "last_active": "last active", "created_at": "created", "mrr": "MRR",
}  # fmt: skip
SIGNS = {
    "is": "is", "is_not": "is not", "one_of": "is", "none_of": "is not", "contains": "contains",
    "does_not_contain": "does not contain", "starts_with": "starts with", "ends_with": "ends with", "above": "above",
    "below": "below", "at_least": "at least", "at_most": "at most", "before": "before", "after": "after",
}  # fmt: skip
Shown = Callable[[Any], str]


def words(rule: Rule, scope: Scope = "account", currency: str = "$") -> str:
    """Of a rule that is not inlined. `scope`: whom it is about, so that a trait of theirs is named without an owner."""
    return _words(rule, scope, currency, bare=True)


def _words(rule: Rule, scope: Scope, currency: str, bare: bool) -> str:
    """`bare`: nothing stands beside it, so that it needs no brackets."""
    match rule:
        case Group("none", parts):
            return f"not ({' or '.join(_words(part, scope, currency, len(parts) == 1) for part in parts)})"
        case Group(_, ()):
            return "everyone"
        case Group(_, (one,)):
            return _words(one, scope, currency, bare)
        case Group(how, parts):
            joined = (" and " if how == "all" else " or ").join(_words(part, scope, currency, False) for part in parts)
            return joined if bare else f"({joined})"
        case Trait():
            return _trait(rule, scope)
        case Event():
            return _event(rule, scope)
        case Metric():
            return _metric(rule, scope, currency)
        case Segment(name, inside):
            return f"{'in' if inside else 'not in'} the segment {name}"
        case Stage(name, inside):
            return f"{'in' if inside else 'not in'} the stage {name}"


def _trait(rule: Trait, scope: Scope) -> str:
    owner = "" if rule.of == scope else "a user’s " if scope == "account" else "the account’s "
    return f"{owner}{rule.key} {_compared(rule.op, rule.value, _plain)}"


def _event(rule: Event, scope: Scope) -> str:
    done = _account_did(rule) if rule.kind == "account_event" and scope == "user" else _did(rule)
    if rule.within_days is not None:
        return f"{done} {_last(rule.within_days)}"
    if rule.within_days_of_created is not None:
        return f"{done} within {_days(rule.within_days_of_created)} of being created"
    return done


def _did(rule: Event) -> str:
    verb, verbed = ("use", "used") if rule.kind == "feature" else ("do", "did")
    if rule.at_least == 1:
        return f"{verbed} {rule.name}" if rule.did else f"did not {verb} {rule.name}"
    return f"{verbed} {rule.name} {_times(rule)}"


def _account_did(rule: Event) -> str:
    if rule.at_least == 1:
        return f"{'somebody' if rule.did else 'nobody'} on the account did {rule.name}"
    return f"the account’s users did {rule.name} {_times(rule)}"


def _times(rule: Event) -> str:
    return f"{'at least' if rule.did else 'fewer than'} {rule.at_least:,} times"


def _metric(rule: Metric, scope: Scope, currency: str) -> str:
    name = NAMES.get(rule.name, rule.name)
    if rule.name == "change":
        name = "change of score" + (f" over {_days(rule.days)}" if rule.days is not None else "")
    if rule.name == "mrr" and scope == "user":
        name = f"the account’s {name}"
    by_unit: dict[Unit, Shown] = {"cents": lambda cents: _money(cents, currency), "percent": _percent, "days": _days}
    return f"{name} {_compared(rule.op, rule.value, by_unit.get(METRICS[rule.name].unit, _plain))}"


def _compared(op: str, value: Any, shown: Shown) -> str:
    match op:
        case "is_set":
            return "is known"
        case "is_not_set":
            return "is not known"
        case "one_of" | "none_of":
            return f"{SIGNS[op]} {_listed([shown(each) for each in value], 'or')}"
        case "between":
            return f"between {shown(value[0])} and {shown(value[1])}"
        case "in_last_days":
            return _last(value)
        case "more_than_days_ago":
            return f"more than {_days(value)} ago"
        case _:
            return f"{SIGNS[op]} {shown(value)}"


def _plain(value: Any) -> str:
    if isinstance(value, date):
        return f"{value.day} {value:%B %Y}"
    if isinstance(value, int | float):
        return f"{value:,}"
    return value if value.strip() == value and value.isprintable() else f"“{value}”"


def _money(cents: float, currency: str) -> str:
    whole, rest = divmod(round(abs(cents)), 100)
    shown = f"{currency}{whole:,}" + (f".{rest:02}" if rest else "")
    return f"−{shown}" if cents < 0 else shown


def _percent(value: float) -> str:
    return f"{value:g} %"


def _listed(names: list[str], last: str) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} {last} {names[-1]}"


def _last(days: int) -> str:
    return "today" if days == 1 else f"in the last {_days(days)}"


def _days(number: float) -> str:
    return "1 day" if number == 1 else f"{number:,} days"

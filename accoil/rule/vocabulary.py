"""The words of the language: kinds of conditions, operators and what they take, metrics and their units."""

from typing import Literal

import msgspec

from accoil.rule.conditions import Scope

GROUPS = ("all", "any", "none")
TRAITS: dict[str, Scope] = {"user_trait": "user", "account_trait": "account"}
EVENTS = ("event", "account_event", "feature")
EVENT_KEYS = ("did", "at_least", "within_days", "within_days_of_created")
KINDS = (*GROUPS, *TRAITS, *EVENTS, "metric", "segment", "stage")

Takes = Literal["one", "several", "text", "number", "range", "day", "days", "yes"]

OPERATORS: dict[str, Takes] = {
    "is": "one", "is_not": "one", "one_of": "several", "none_of": "several",
    "contains": "text", "does_not_contain": "text", "starts_with": "text", "ends_with": "text",
    "above": "number", "below": "number", "at_least": "number", "at_most": "number", "between": "range",
    "before": "day", "after": "day", "in_last_days": "days", "more_than_days_ago": "days",
    "is_set": "yes", "is_not_set": "yes",
}  # fmt: skip
# The opposite of another operator, also for what is unset.
OPPOSITE = {"is_not": "is", "none_of": "one_of", "does_not_contain": "contains", "is_not_set": "is_set"}
OF_NUMBERS = (
    "is", "is_not", "one_of", "none_of", "above", "below", "at_least", "at_most", "between", "is_set", "is_not_set",
)  # fmt: skip
OF_DAYS = (
    "is", "is_not", "one_of", "none_of", "between", "before", "after", "in_last_days", "more_than_days_ago", "is_set",
    "is_not_set",
)  # fmt: skip

Unit = Literal["score", "change", "percent", "number", "days", "cents", "day"]


class Measure(msgspec.Struct, frozen=True):
    """What a metric is counted in, and whether users have it too."""

    unit: Unit
    users: bool = True


METRICS = {
    "score": Measure("score"),
    "raw": Measure("number"),
    "change": Measure("change"),
    "activation": Measure("percent"),
    "adoption": Measure("percent"),
    "lifetime_adoption": Measure("percent"),
    "frequency": Measure("days"),
    "active_users": Measure("number", users=False),
    "total_users": Measure("number", users=False),
    "active_percent": Measure("percent", users=False),
    "last_active": Measure("day"),
    "tenure": Measure("days"),
    "created_at": Measure("day"),
    "mrr": Measure("cents"),
}

# Between which numbers a figure lies, whatever happens.
BOUNDS: dict[Unit, tuple[int, int]] = {"score": (0, 100), "percent": (0, 100), "change": (-100, 100)}


class Allowed(msgspec.Struct, frozen=True):
    """What a rule may ask where it stands; `why` says the reason of what it may not."""

    metrics: frozenset[str] = frozenset(METRICS)
    groups: bool = True  # segments and stages
    why: str = ""


EVERYTHING = Allowed()
# Known before anyone is scored.
EARLY = frozenset({"created_at", "tenure", "frequency", "mrr"})
IN_FILTER = Allowed(EARLY, groups=False, why="it is made from scores, and the filter decides who is scored")
IN_STEPS = Allowed(EARLY, groups=False, why="it may depend on activation, and a step decides who is activated")

# Spellings of one trait. Asked for by one of them, the others are looked at where that one is unset, in this order.
SPELLINGS: dict[Scope, tuple[tuple[str, ...], ...]] = {
    "user": (("accountStatus", "account_status", "status"), ("createdAt", "created_at", "created")),
    "account": (("createdAt", "created_at", "created"),),
}
# Traits whose texts are compared without case.
WITHOUT_CASE: dict[Scope, tuple[str, ...]] = {
    "user": ("accountStatus", "account_status", "status"), "account": ("status",),
}  # fmt: skip


def spellings(of: Scope, key: str) -> tuple[str, ...]:
    """The trait's key, then other spellings of the same."""
    for group in SPELLINGS[of]:
        if key in group:
            return (key, *(other for other in group if other != key))
    return (key,)

"""What a rule is made of: groups of rules, and conditions. All are immutable, equal by value, and usable as keys."""

from datetime import date
from typing import Literal

import msgspec

Scope = Literal["user", "account"]  # whom a rule is about
How = Literal["all", "any", "none"]
Did = Literal["event", "account_event", "feature"]
Value = str | int | float | bool | date | tuple["Value", ...]


class Group(msgspec.Struct, frozen=True):
    """`all` of nothing holds for everyone."""

    how: How
    rules: tuple["Rule", ...]


class Trait(msgspec.Struct, frozen=True):
    of: Scope
    key: str
    op: str
    value: Value


class Event(msgspec.Struct, frozen=True):
    """Did (or did not do) something at least so often: ever, in the last days, or in the first days after created-at.
    `events`: the events of a feature, once it was `inlined`."""

    kind: Did
    name: str
    did: bool = True
    at_least: int = 1
    within_days: int | None = None
    within_days_of_created: int | None = None
    events: tuple[str, ...] | None = None


class Metric(msgspec.Struct, frozen=True):
    """`days`: of change, over how many; None is one window."""

    name: str
    op: str
    value: Value
    days: int | None = None


class Segment(msgspec.Struct, frozen=True):
    name: str
    inside: bool = True


class Stage(msgspec.Struct, frozen=True):
    name: str
    inside: bool = True


Rule = Group | Trait | Event | Metric | Segment | Stage

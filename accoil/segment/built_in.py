"""The segments every profile has, as rules in the one language. Pure."""

from collections.abc import Callable
from typing import Any

from accoil.count.ids import Kind

Written = dict[str, Any]

LEAST, MOST = 25, 75  # where the bands end
MOVED = 10  # points, up or down
MATURE = 180  # days
EVERYONE = "all"  # the key of the one that says nothing about anybody


def _metric(name: str, **compared: object) -> Written:
    return {"metric": name, **compared}


def _everyone(window: int) -> Written:
    return {"all": []}


def _active(window: int) -> Written:
    return _metric("raw", above=0)


def _new(window: int) -> Written:
    return _metric("tenure", below=window)


def _recently_inactive(window: int) -> Written:
    """Last active 30 to 60 days ago, both ends."""
    last = "last_active"
    return {"all": [_metric(last, more_than_days_ago=29), {"none": [_metric(last, more_than_days_ago=60)]}]}


def _always(rule: Written) -> Callable[[int], Written]:
    return lambda window: rule


# key → (its name for accounts, its name for users or None, its rule in a profile with that window)
BUILT_IN: dict[str, tuple[str, str | None, Callable[[int], Written]]] = {
    EVERYONE: ("All Accounts", "All Users", _everyone),
    "active": ("All Active Accounts", "All Active Users", _active),
    "new": ("New Accounts", "New Users", _new),
    "most": ("Most Engaged", "Most Engaged", _always(_metric("score", at_least=MOST))),
    "slightly": ("Slightly Engaged", "Slightly Engaged", _always(_metric("score", between=[50, MOST - 1]))),
    "passive": ("Passive", "Passive", _always(_metric("score", between=[LEAST, 49]))),
    "least": ("Least Engaged", "Least Engaged", _always(_metric("score", below=LEAST))),
    "inactive": ("Recently Inactive", "Recently Inactive", _recently_inactive),
    "hot": ("Red Hot", "Red Hot", _always(_metric("change", at_least=MOVED))),
    "cold": ("Ice Cold", "Ice Cold", _always(_metric("change", at_most=-MOVED))),
    "mature": ("Mature Accounts", "Mature Users", _always(_metric("tenure", above=MATURE))),
    "today": ("Active Today", "Active Today", _always(_metric("last_active", in_last_days=1))),
    "activated": ("Activated", "Activated", _always(_metric("activation", at_least=100))),
    "many": ("Multi-User Accounts", None, _always(_metric("active_users", at_least=2))),
}


def built_ins(scope: Kind) -> dict[str, str]:
    """key → name, in their order."""
    if scope == "account":
        return {key: name for key, (name, _, _) in BUILT_IN.items()}
    return {key: name for key, (_, name, _) in BUILT_IN.items() if name}


def rule_of(key: str, window: int) -> Written:
    """What it says in a profile with that window (days)."""
    return BUILT_IN[key][2](window)


def is_taken(scope: Kind, name: str) -> bool:
    """Whether it is the name of a built-in segment, ignoring case."""
    return name.casefold() in {each.casefold() for each in built_ins(scope).values()}

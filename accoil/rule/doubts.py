"""What is allowed in a rule and may all the same be a mistake: names that nobody has ever sent."""

from collections.abc import Collection, Iterator

import msgspec

from accoil.rule.conditions import Rule, Scope
from accoil.rule.values import nearest
from accoil.rule.vocabulary import spellings
from accoil.rule.writing import mentions


class Known(msgspec.Struct, frozen=True):
    """The names ever received of a product."""

    events: Collection[str]
    user_traits: Collection[str]
    account_traits: Collection[str]


def doubts(known: Known, *rules: Rule) -> list[str]:
    """A sentence for each event and trait that was never received, with the nearest that was. Events of features are
    not looked at: those are checked where features are made."""
    return list(_doubts(known, *rules))


def _doubts(known: Known, *rules: Rule) -> Iterator[str]:
    named = mentions(*rules)
    for name in named.events:
        if name not in known.events:
            yield _sentence(f"Nothing was counted as “{name}” yet", name, known.events)
    yield from _never_told("user", named.user_traits, known.user_traits)
    yield from _never_told("account", named.account_traits, known.account_traits)


def _never_told(of: Scope, keys: Collection[str], known: Collection[str]) -> Iterator[str]:
    for key in keys:
        if not any(each in known for each in spellings(of, key)):
            yield _sentence(f"No {of} has a trait “{key}” yet", key, known)


def _sentence(said: str, name: str, known: Collection[str]) -> str:
    near = nearest(name, known)
    return f"{said}; did you mean “{near}”?" if near else f"{said}."

"""Settings of a product that its profiles carry in their versions: when one changes, the profiles it concerns get a new
version, so that what was reported before can be told again."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, Protocol

from django.db import transaction

from accoil.refused import Refused
from accoil.rule import tree
from accoil.score import features as keeping
from accoil.score.configuration import save_domains
from accoil.score.models import Profile, Version
from accoil.team.models import Product, User


class Follower(Protocol):
    """What else names features, told by packages that this one doesn't know."""

    def naming(self, product: Product) -> Iterable[tuple[str, str]]:
        """(feature, what names it, as in “the segment “At risk””)."""

    def renamed(self, product: Product, names: Mapping[str, str]) -> list[str]:
        """Has them say the new names (old → new); which they are."""


followers: list[Follower] = []


class Carried(NamedTuple):
    """`versions`: those it made. `renamed`: what else says a new name now, as `Follower.naming` tells it."""

    versions: list[Version]
    renamed: list[str]


FEATURES_NOTE = "Features changed in Settings"
DOMAINS_NOTE = "Internal domains changed in Settings"


def change_features(product: Product, change: keeping.Edit, author: User | None) -> Carried:
    """All or nothing. Rules that name a feature follow its new name. Raises Refused, also for a feature that a rule
    misses then."""
    called: dict[int, str] = {}

    def noting_names(before: list[keeping.Said]) -> Sequence[keeping.Said]:
        called.update({each.id: each.name for each in before})
        return change(before)

    with transaction.atomic():
        after = keeping.edit(product, noting_names)
        old = [(called.get(each.id, each.name), each.name) for each in after]
        names = {before: now for before, now in old if before != now}
        told = [who for follower in followers for who in follower.renamed(product, names)] if names else []
        return Carried(carry(product, author, FEATURES_NOTE, names), told)


def change_domains(product: Product, domains: Sequence[str], author: User | None) -> list[Version]:
    """`domains` as checked. The versions it made."""
    with transaction.atomic():
        return carry(product, author, DOMAINS_NOTE) if save_domains(product, domains) else []


def carry(product: Product, author: User | None, note: str, names: Mapping[str, str] | None = None) -> list[Version]:
    """New versions of the profiles that say something else under the settings as they are now, and under the new
    `names` of features. Raises Refused for a feature that is named by a rule and isn't there."""
    _refuse_missing(product, names or {})
    made = []
    for profile in product.profiles.all():
        current = profile.current
        version = profile.save_definition(current.parsed.renamed(names or {}), author, note)
        if version != current:
            made.append(version)
    return made


def who_names(product: Product) -> dict[str, list[Profile]]:
    """Feature → the profiles whose rules name it."""
    named: dict[str, list[Profile]] = {}
    for profile in product.profiles.all():
        for feature in tree.mentions(*profile.current.parsed.rules()).features:
            named.setdefault(feature, []).append(profile)
    return named


def who_else_names(product: Product, feature: str) -> list[str]:
    """As `Follower.naming` tells them."""
    return [who for follower in followers for name, who in follower.naming(product) if name == feature]


def _refuse_missing(product: Product, names: Mapping[str, str]) -> None:
    there = keeping.events_of(product)
    profiles = ((names.get(name, name), f"a rule of the profile {of[0]}") for name, of in who_names(product).items())
    others = (each for follower in followers for each in follower.naming(product))
    for feature, by in (*profiles, *others):
        if feature not in there:
            raise Refused(f"“{feature}” is named by {by}; change that rule before the feature is deleted.")

"""Settings of a product that its profiles carry in their versions: when one changes, the profiles it concerns get a new
version, so that what was reported before can be told again."""

from collections.abc import Callable, Iterable

from django.db import transaction

from accoil.refused import Refused
from accoil.rule import tree
from accoil.score import features as keeping
from accoil.score.configuration import save_domains
from accoil.score.models import Profile, Version
from accoil.team.models import Product, User

Naming = Callable[[Product], Iterable[tuple[str, str]]]

# What else names features, told by packages that this one doesn't know: (feature, what names it, as "the segment X").
others: list[Naming] = []

FEATURES_NOTE = "Features changed in Settings"
DOMAINS_NOTE = "Internal domains changed in Settings"


def change_features(
    product: Product, change: keeping.Edit, author: User | None, note: str = FEATURES_NOTE
) -> list[Version]:
    """All or nothing; the versions it made. Raises Refused, also for a feature that a profile's rules miss then."""
    with transaction.atomic():
        keeping.edit(product, change)
        return carry(product, author, note)


def change_domains(
    product: Product, domains: list[str], author: User | None, note: str = DOMAINS_NOTE
) -> list[Version]:
    """`domains` as checked. The versions it made."""
    with transaction.atomic():
        return carry(product, author, note) if save_domains(product, domains) else []


def carry(product: Product, author: User | None, note: str) -> list[Version]:
    """New versions of the profiles that say something else under the settings as they are now. Raises Refused for a
    feature that is named by a profile's rules and isn't there."""
    _refuse_missing(product)
    made = []
    for profile in product.profiles.all():
        current = profile.current
        version = profile.save_definition(current.parsed, author, note)
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


def _refuse_missing(product: Product) -> None:
    there = keeping.events_of(product)
    named = [(feature, f"a rule of the profile {profiles[0]}") for feature, profiles in who_names(product).items()]
    for feature, by in (*named, *(each for other in others for each in other(product))):
        if feature not in there:
            raise Refused(f"“{feature}” is named by {by}; change that rule before the feature is renamed or deleted.")

"""Product settings that people and numbers depend on: which traits mean what, who is one's own, the summary profile."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from django.db import models

from accoil.count.configured import USUAL, Configured
from accoil.refused import Refused
from accoil.rule.values import shown
from accoil.team.models import Product

LONGEST_KEY = 255
KEYS = ("account_id", "name", "created_at", "owner", "summary_profile")


class Configuration(models.Model):
    """One per product, made when something in it is first chosen. An empty key: as in `Configured`."""

    product = models.OneToOneField(Product, on_delete=models.CASCADE, related_name="configuration")
    account_id = models.CharField(max_length=LONGEST_KEY, blank=True)
    name = models.CharField(max_length=LONGEST_KEY, blank=True)
    created_at = models.CharField(max_length=LONGEST_KEY, blank=True)
    owner = models.CharField(max_length=LONGEST_KEY, blank=True)
    summary_profile = models.ForeignKey(
        "score.Profile", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    internal_domains = models.JSONField(default=list)

    def __str__(self) -> str:
        return f"Configuration of {self.product}"

    @property
    def means(self) -> Configured:
        return Configured(
            account_id=self.account_id or None,
            name=self.name or USUAL.name,
            created_at=self.created_at or None,
            owner=self.owner or None,
        )

    def to_yaml_dict(self) -> dict[str, str]:
        """What differs from the usual, as it is written in a definitions file."""
        told = {key: getattr(self, key) for key in KEYS[:-1]}
        told["summary_profile"] = self.summary_profile.name if self.summary_profile else ""
        return {key: value for key, value in told.items() if value}


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """What a file or a form says of a configuration. "": the usual; a profile is named."""

    account_id: str = ""
    name: str = ""
    created_at: str = ""
    owner: str = ""
    summary_profile: str = ""


def configuration_of(product: Product) -> Configuration:
    """As saved, or one that says nothing."""
    return Configuration.objects.filter(product=product).first() or Configuration(product=product)


def configurations() -> dict[int, Configured]:
    """Product → which traits mean what, where that is not the usual."""
    told = {each.product_id: each.means for each in Configuration.objects.all()}
    return {product: means for product, means in told.items() if means != USUAL}


def check(raw: Any) -> Said:
    """Reads what somebody wrote. Raises Refused with a sentence that names the key that is wrong."""
    if not isinstance(raw, Mapping):
        raise Refused(f"configuration holds keys: {', '.join(KEYS)}.")
    for key, value in raw.items():
        if key not in KEYS:
            raise Refused(f"configuration: “{key}” is not a key; there are: {', '.join(KEYS)}.")
        if value is not None and not isinstance(value, str):
            raise Refused(f"configuration: {key} is {shown(value)}; write a name as text, in quotation marks.")
        if value and len(value) > LONGEST_KEY:
            raise Refused(f"configuration: {key} is longer than {LONGEST_KEY} characters.")
    told = {key: (raw.get(key) or "").strip() for key in KEYS}
    return Said(**{**told, "name": "" if told["name"] == USUAL.name else told["name"]})


def configure(product: Product, said: Said) -> Configuration:
    """Saves it. Raises Refused when it names a profile that the product doesn't have."""
    configuration = configuration_of(product)
    for key in KEYS[:-1]:
        setattr(configuration, key, getattr(said, key))
    configuration.summary_profile = _profile(product, said.summary_profile) if said.summary_profile else None
    configuration.save()
    return configuration


def _profile(product: Product, name: str) -> Any:
    found = product.profiles.filter(name=name).first()
    if found is None:
        raise Refused(f"configuration: summary_profile is “{name}”, but {product} has no profile of that name.")
    return found


def save_domains(product: Product, domains: Sequence[str]) -> bool:
    """Whether they changed. What that does to the profiles is done by `accoil.score.carried`."""
    configuration = configuration_of(product)
    if configuration.internal_domains == list(domains):
        return False
    configuration.internal_domains = list(domains)
    configuration.save()
    return True

"""Definitions as files: from YAML to what changes, and back. Each section of a file reads, applies and writes its keys.

A file is applied in one transaction, section by section, and each tells what it changed; a dry run does the same and
takes it back. So what is told is what is done, also where one section builds upon another."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable

import yaml
from django.db import transaction

from accoil.refused import Refused
from accoil.score.carried import carry
from accoil.score.file_format import content
from accoil.score.models import Profile
from accoil.team.models import Product, User

NOTE = "From a definitions file"


@dataclass
class Plan:
    """What a file does to a product: lines for people. Those that begin with two spaces say that something stays, or
    more about the line above."""

    product: Product
    prune: bool = False
    author: User | None = None
    known_events: Collection[str] | None = None
    lines: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        return all(line.startswith(" ") for line in self.lines)

    @property
    def headlines(self) -> list[str]:
        """What is added, changed and deleted. How is left out: it may be long, or an address with a secret in it."""
        return [line for line in self.lines if not line.startswith(" ")]

    def profile(self, name: str) -> Profile:
        """Raises Refused."""
        found = self.product.profiles.filter(name=name).first()
        if found is None:
            raise Refused(f"there is no profile called “{name}”.")
        return found

    def changed(self, what: str, before: Mapping[str, str], after: Mapping[str, str]) -> None:
        """Tells what differs of something that was there already."""
        found = [f"    {key}: {before[key]} → {now}" for key, now in after.items() if before[key] != now]
        self.lines += [f"~ {what}", *found] if found else [f"  {what}: unchanged"]

    def warn_of_events(self, events: Collection[str], where: str) -> None:
        """Of those that were never received, where somebody can tell."""
        known = self.known_events
        unseen = [] if known is None else [event for event in events if event not in known]
        self.warnings += [f"No event called “{event}” has been received yet ({where})." for event in unseen]


class Section(Protocol):
    """`keys`: at the top of the file. All may raise Refused with a sentence that names the place in the file."""

    @property
    def keys(self) -> Sequence[str]: ...

    def read(self, content: Mapping[str, Any]) -> Any:
        """What the file says, with none of it looked up yet; called only where it says something."""

    def apply(self, plan: Plan, said: Any) -> None:
        """Changes the product, and tells of it in the plan."""

    def written(self, product: Product) -> dict[str, Any]:
        """What `read` takes; keys that would say nothing are left out."""


@runtime_checkable
class Outside(Protocol):
    """A section about what others have: addresses, fields."""

    def look_up(self, product: Product, said: Any) -> None:
        """That they are there, before the transaction: nobody else writes in it, and names may take seconds."""


def apply(
    text: str,
    product: Product,
    *,
    dry_run: bool = False,
    prune: bool = False,
    author: User | None = None,
    known_events: Collection[str] | None = None,
    sections: Sequence[Section] | None = None,
) -> Plan:
    """Puts a file into force, all or nothing, and returns what that changed (with `dry_run`: would change).

    `known_events`: names received so far, to warn about others; None when nobody can tell.
    Raises Refused with a sentence that names the place in the file.
    """
    chosen = all_sections() if sections is None else sections
    found = content(text, [key for section in chosen for key in section.keys])
    # All of it, before anything is changed.
    said = [(section, section.read(found)) for section in chosen if any(key in found for key in section.keys)]
    for section, says in said:
        if isinstance(section, Outside):
            section.look_up(product, says)
    plan = Plan(product, prune, author, known_events)
    with transaction.atomic():
        list(Product.objects.select_for_update().filter(pk=product.pk))  # one at a time
        for section, says in said:
            section.apply(plan, says)
        for version in carry(product, author, NOTE):
            plan.lines.append(
                f"~ profile {version.profile} (version {version.number - 1} → {version.number}: settings)"
            )
        if dry_run:
            transaction.set_rollback(True)
    if dry_run:
        product.refresh_from_db()
    return plan


def definitions(product: Product, sections: Sequence[Section] | None = None) -> str:
    """Everything `apply` can read, as YAML."""
    written: dict[str, Any] = {}
    for section in all_sections() if sections is None else sections:
        written |= section.written(product)
    return yaml.dump(written, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100)


class _Dumper(yaml.SafeDumper):
    """Without anchors: people would not know what they mean."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def all_sections() -> list[Section]:
    """In the order in which they are applied: what others name comes before them."""
    from accoil.score.mapping_section import Mappings
    from accoil.score.profile_section import Profiles
    from accoil.score.settings_sections import Configuration, Domains, Features, KeepMonths, TimeZone

    return [TimeZone(), KeepMonths(), Domains(), Features(), Profiles(), Configuration(), Mappings()]

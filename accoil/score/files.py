"""Definitions as files: from YAML to what would change, to done, and back."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml
from django.db import transaction

from accoil import mappings
from accoil.receive.mapping import PRESETS, check_number
from accoil.receive.mapping import Mapping as CallMapping
from accoil.score import mapping_section
from accoil.score.definition import Definition
from accoil.score.diff import differences
from accoil.score.file_format import File, read
from accoil.score.models import Profile, check_name
from accoil.team.models import Product, User

NOTE = "From a definitions file"


@dataclass
class Plan:
    """What a file would do to a product: lines for people, and the steps behind them."""

    product: Product
    time_zone: str | None = None
    new: list[tuple[str, Definition]] = field(default_factory=list)
    changed: list[tuple[Profile, Definition]] = field(default_factory=list)
    pruned: list[Profile] = field(default_factory=list)
    mappings: list[CallMapping] | None = None  # all of them, in their order; None: they stay
    lines: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        return not (self.time_zone or self.new or self.changed or self.pruned or self.mappings)


def apply(
    text: str,
    product: Product,
    *,
    dry_run: bool = False,
    prune: bool = False,
    author: User | None = None,
    known_events: Collection[str] | None = None,
) -> Plan:
    """Puts a file into force, all or nothing, and returns what that changed (with `dry_run`: would change).

    `known_events`: names received so far, to warn about others; None when nobody can tell.
    Raises Refused with a sentence that names the place in the file.
    """
    file = read(text)
    with transaction.atomic():
        plan = _plan(file, product, prune)
        if known_events is not None:
            plan.warnings += _never_seen(file, known_events)
        if not dry_run:
            _carry_out(plan, author)
    return plan


def definitions(product: Product) -> str:
    """Everything `apply` can read, as YAML."""
    profiles = [{"name": profile.name, **profile.current.definition} for profile in product.profiles.all()]
    content: dict[str, Any] = {"time_zone": product.time_zone, "profiles": profiles}
    if written := mapping_section.written(mappings.kept(product)):
        content["mappings"] = written
    return yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=100)


def _plan(file: File, product: Product, prune: bool) -> Plan:
    plan = Plan(product)
    if file.time_zone and file.time_zone != product.time_zone:
        plan.time_zone = file.time_zone
        plan.lines.append(f"~ time zone: {product.time_zone} → {file.time_zone} (every day is counted anew in it)")
    # A section the file does not have is left alone.
    if file.profiles is not None:
        _plan_profiles(plan, file.profiles, prune)
    if file.mappings is not None:
        _plan_mappings(plan, file.mappings, prune)
    return plan


def _plan_profiles(plan: Plan, wanted: Mapping[str, Definition], prune: bool) -> None:
    product = plan.product
    existing = {profile.name: profile for profile in product.profiles.all()}
    for name, definition in wanted.items():
        if name in existing:
            _plan_change(plan, existing[name], definition)
        else:
            plan.new.append((check_name(product, name), definition))
            plan.lines.append(f"+ profile {name} ({_in_words(definition)})")
    if prune:
        plan.pruned = [profile for name, profile in existing.items() if name not in wanted]
        plan.lines += [f"- profile {profile}" for profile in plan.pruned]


def _plan_mappings(plan: Plan, wanted: list[CallMapping], prune: bool) -> None:
    before = mappings.kept(plan.product)
    then = mapping_section.after(before, wanted, prune)
    check_number(then)
    plan.lines += mapping_section.lines(before, then)
    if then != before:
        plan.mappings = then


def _plan_change(plan: Plan, profile: Profile, definition: Definition) -> None:
    current = profile.current
    found = differences(current.parsed, definition)
    if not found:
        plan.lines.append(f"  profile {profile}: unchanged")
        return
    plan.changed.append((profile, definition))
    plan.lines.append(f"~ profile {profile} (version {current.number} → {current.number + 1})")
    plan.lines += [f"    {line}" for line in found]


def _carry_out(plan: Plan, author: User | None) -> None:
    if plan.time_zone:
        plan.product.time_zone = plan.time_zone
        plan.product.save(update_fields=["time_zone"])
    for profile in plan.pruned:
        profile.delete()
    for profile, definition in plan.changed:
        profile.save_definition(definition, author, NOTE)
    for name, definition in plan.new:
        Profile.create(plan.product, name, definition, author, NOTE)
    if plan.mappings == list(PRESETS):
        mappings.reset(plan.product)
    elif plan.mappings:
        mappings.edit(plan.product, lambda _: plan.mappings or [])


def _in_words(definition: Definition) -> str:
    count = len(definition.events)
    benchmark = _value(definition.to_yaml_dict()["benchmark"])
    events = "1 event" if count == 1 else f"{count} events"
    return f"window {definition.window}, {events}, benchmark {benchmark}, {definition.curve}"


def _value(value: Any) -> str:
    return f"fixed {value['fixed']}" if isinstance(value, Mapping) else str(value)


def _never_seen(file: File, known_events: Collection[str]) -> list[str]:
    return [
        f"No event called “{event}” has been received yet (profile {name})."
        for name, definition in (file.profiles or {}).items()
        for event in definition.events
        if event not in known_events
    ]

"""Segments, stages and features that automations name: they follow a new name, and hold back who would delete one."""

from collections.abc import Iterator
from typing import Any

from accoil.act.models import Automation
from accoil.count.ids import Kind
from accoil.rule.tree import EVERYTHING, check, mentions
from accoil.segment.keeping import renamed
from accoil.segment.models import Segment
from accoil.team.models import Product

DIRECT = ("enters", "leaves")  # keys of a trigger whose value is the name of a segment


class Followers:
    """As `accoil.segment.keeping.Follower`."""

    def naming(self, segment: Segment) -> list[str]:
        return [f"the automation “{each.name}”" for each in _of(segment) if _names(each, segment)]

    def renamed(self, segment: Segment, old: str, new: str) -> None:
        kind = "stage" if segment.is_stage else "segment"
        for each in _of(segment):
            if not _names(each, segment):
                continue
            keys = ("stage",) if segment.is_stage else DIRECT
            trigger = renamed(each.trigger, kind, old, new)
            each.trigger = {key: new if key in keys and value == old else value for key, value in trigger.items()}
            each.condition = renamed(each.condition, kind, old, new)
            each.save(update_fields=["trigger", "condition"])
            if each.segment and each.segment.is_hidden:
                each.segment.rule = renamed(each.segment.rule, kind, old, new)
                each.segment.save(update_fields=["rule"])


def features_named(product: Product) -> list[tuple[str, str]]:
    """(feature, who names it) for every automation of the product whose rules do."""
    found = Automation.objects.filter(profile__product=product)
    return [
        (feature, f"the automation “{each.name}”")
        for each in found
        for rule in _rules(each)
        for feature in mentions(check(rule, _scope(each), EVERYTHING)).features
    ]


def _of(segment: Segment) -> list[Automation]:
    found = Automation.objects.filter(profile=segment.profile_id, scope=segment.scope)
    return list(found.select_related("segment"))


def _names(automation: Automation, segment: Segment) -> bool:
    trigger = automation.trigger
    keys = ("stage",) if segment.is_stage else DIRECT
    if any(trigger.get(key) == segment.name for key in keys):
        return True
    for rule in _rules(automation):
        named = mentions(check(rule, _scope(automation), EVERYTHING))
        if segment.name in (named.stages if segment.is_stage else named.segments):
            return True
    return False


def _rules(automation: Automation) -> Iterator[Any]:
    if "becomes" in automation.trigger:
        yield automation.trigger["becomes"]
    if automation.condition:
        yield automation.condition


def _scope(automation: Automation) -> Kind:
    return automation.scope  # type: ignore[return-value]

"""Segments, stages and features that automations name: they follow a new name, and hold back who would delete one."""

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from accoil.act.models import Automation
from accoil.count.ids import Kind
from accoil.rule.tree import EVERYTHING, check, mentions, renamed
from accoil.segment.models import Segment
from accoil.team.models import Product

DIRECT = ("enters", "leaves")  # keys of a trigger whose value is the name of a segment


class NamesSegments:
    """As `accoil.segment.keeping.Follower`."""

    def naming(self, segment: Segment) -> list[str]:
        return [_called(each) for each in _of(segment) if _names(each, segment)]

    def renamed(self, segment: Segment, old: str, new: str) -> None:
        for each in _of(segment):
            if not _names(each, segment):
                continue
            keys = ("stage",) if segment.is_stage else DIRECT
            each.trigger = {key: new if key in keys and value == old else value for key, value in each.trigger.items()}
            _rename(each, "stage" if segment.is_stage else "segment", {old: new})


class NamesFeatures:
    """As `accoil.score.carried.Follower`."""

    def naming(self, product: Product) -> list[tuple[str, str]]:
        return [(feature, _called(each)) for each in _of_product(product) for feature in _features(each)]

    def renamed(self, product: Product, names: Mapping[str, str]) -> list[str]:
        told = []
        for each in _of_product(product):
            if names.keys() & _features(each).keys():
                _rename(each, "feature", names)
                told.append(_called(each))
        return told


def _of(segment: Segment) -> list[Automation]:
    found = Automation.objects.filter(profile=segment.profile_id, scope=segment.scope)
    return list(found.select_related("segment"))


def _of_product(product: Product) -> list[Automation]:
    return list(Automation.objects.filter(profile__product=product).select_related("segment"))


def _rename(automation: Automation, kind: Literal["feature", "segment", "stage"], names: Mapping[str, str]) -> None:
    """In all its rules, also that of the segment which it has for itself."""
    automation.trigger = renamed(automation.trigger, kind, names)
    automation.condition = renamed(automation.condition, kind, names)
    automation.save(update_fields=["trigger", "condition"])
    if automation.segment and automation.segment.is_hidden:
        automation.segment.rule = renamed(automation.segment.rule, kind, names)
        automation.segment.save(update_fields=["rule"])


def _called(automation: Automation) -> str:
    return f"the automation “{automation.name}”"


def _features(automation: Automation) -> dict[str, None]:
    rules = (check(rule, _scope(automation), EVERYTHING) for rule in _rules(automation))
    return dict.fromkeys(mentions(*rules).features)


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

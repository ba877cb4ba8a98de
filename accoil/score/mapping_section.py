"""The `mappings` of a definitions file: what they would make of those that a product has."""

from collections.abc import Iterable, Sequence
from collections.abc import Mapping as Content
from typing import Any

import msgspec

from accoil import mappings as keeping
from accoil.receive.mapping import PRESETS, Mapping, check_all, check_number
from accoil.receive.mapping.actions import ACTIONS
from accoil.receive.mapping.fields import to_text
from accoil.score.files import Plan
from accoil.team.models import Product


class Mappings:
    keys = ("mappings",)

    def read(self, content: Content[str, Any]) -> list[Mapping]:
        return check_all(content["mappings"])

    def apply(self, plan: Plan, said: list[Mapping]) -> None:
        before = keeping.kept(plan.product)
        then = after(before, said, plan.prune)
        check_number(then)
        plan.lines += lines(before, then)
        if then == list(PRESETS):
            keeping.reset(plan.product)
        elif then != before:
            keeping.edit(plan.product, lambda _: then)

    def written(self, product: Product) -> dict[str, Any]:
        told = written(keeping.kept(product))
        return {"mappings": told} if told else {}


def after(before: Sequence[Mapping], wanted: Sequence[Mapping], prune: bool) -> list[Mapping]:
    """The mappings once the file is in force. Their order is that of the file; those it leaves out stay where they are,
    or go with `prune`. Where nothing is left there are the presets."""
    ids = {mapping.name: mapping.id for mapping in before}
    names = {mapping.name for mapping in wanted}
    known = (mapping for mapping in wanted if mapping.name in ids)
    order = [
        next(known) if mapping.name in names else mapping for mapping in before if mapping.name in names or not prune
    ]
    for place, mapping in enumerate(wanted):
        if mapping.name not in ids:
            order.insert(order.index(wanted[place - 1]) + 1 if place else 0, mapping)
    return [msgspec.structs.replace(each, id=ids.get(each.name, 0)) for each in order] or list(PRESETS)


def lines(before: Sequence[Mapping], then: Sequence[Mapping]) -> list[str]:
    """What changes, for people; also a line for each mapping that stays as it is."""
    old = {mapping.name: mapping for mapping in before}
    new = {mapping.name for mapping in then}
    said = [line for mapping in then for line in _lines_of(old.get(mapping.name), mapping)]
    said += [f"- mapping {mapping.name}" for mapping in before if mapping.name not in new]
    if _order(then, old.keys()) != _order(before, new):
        said.append(f"~ order of mappings: {', '.join(mapping.name for mapping in then)}")
    return said


def written(mappings: Sequence[Mapping]) -> list[dict[str, object]] | None:
    """For `accoil definitions`; None where they are just the presets."""
    told = [mapping.to_yaml_dict() for mapping in mappings]
    return None if told == [preset.to_yaml_dict() for preset in PRESETS] else told


def _order(mappings: Iterable[Mapping], among: Iterable[str]) -> list[str]:
    return [mapping.name for mapping in mappings if mapping.name in set(among)]


def _lines_of(old: Mapping | None, new: Mapping) -> list[str]:
    if old is None:
        return [f"+ mapping {new.name} ({new.action}{'' if new.enabled else ', switched off'}: {new.trigger})"]
    if new == old:
        return [f"  mapping {new.name}: unchanged"]
    said = [
        f"    {key}: {getattr(old, key)} → {getattr(new, key)}"
        for key in ("trigger", "action")
        if getattr(old, key) != getattr(new, key)
    ]
    said += [f"    {line}" for line in _fields(old, new)]
    if old.enabled != new.enabled:
        said.append(f"    switched {'on' if new.enabled else 'off'}")
    return [f"~ mapping {new.name}", *said]


def _fields(old: Mapping, new: Mapping) -> list[str]:
    return [
        f"{key}: {_source(old, key)} → {_source(new, key)}"
        for key in dict.fromkeys([*old.fields, *new.fields])
        if _source(old, key) != _source(new, key)
    ]


def _source(mapping: Mapping, key: str) -> str:
    """Where a field comes from, as text that reads back."""
    if key in mapping.fields:
        return to_text(mapping.fields[key]) or "nothing"
    field = ACTIONS[mapping.action].field(key)
    return field.default if field else "no field"

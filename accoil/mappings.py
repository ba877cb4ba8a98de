"""A product's mappings as they are kept: rows in their order, or none at all, which means the five presets."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import msgspec
import structlog
from django.db import transaction
from django.db.models import CharField, Value
from django.db.models.functions import Cast, Concat

from accoil.receive.mapping import MOST, PRESETS, Mapping, check_number
from accoil.receive.mapping.mappings import Mappings
from accoil.refused import Refused
from accoil.team.models import Mapping as Row
from accoil.team.models import Product

FIELDS = ("id", "name", "trigger", "action", "fields", "enabled")

log = structlog.get_logger()

Edit = Callable[[list[Mapping]], Sequence[Mapping]]


def usable(product: int, rows: list[dict[str, Any]]) -> Mappings:
    """They were checked when they were written; if one can't be read all the same, no other product suffers from it."""
    try:
        return Mappings.of(Mapping(**row) for row in rows)
    except Refused as wrong:
        log.error("mappings can't be read; every call counts as it comes", product=product, reason=str(wrong))
        return Mappings.of([])


def kept(product: Product) -> list[Mapping]:
    """In their order. The presets have the id 0 until something is changed and they become rows."""
    return [Mapping(**row) for row in product.mappings.values(*FIELDS)] or list(PRESETS)


def edit(product: Product, change: Edit) -> list[Mapping]:
    """Puts what `change` makes of the mappings in their place, all or nothing; returns them as they are kept then.

    A mapping keeps its id, a new one (id 0) gets one that was never used: messages that are sent again are known by it.
    Raises Refused for too many, and for a name that two bear.
    """
    with transaction.atomic():
        list(Product.objects.select_for_update().filter(pk=product.pk))  # one edit at a time, each sees the one before
        before = kept(product)
        after = list(change(before))
        check_number(after)
        if not after:
            raise Refused("One mapping must stay, or the presets would count again; switch it off to take nothing.")
        if after != before:
            _write(product, before, after)
    return kept(product)


def reset(product: Product) -> None:
    """Back to the presets."""
    product.mappings.all().delete()


def replaced(mappings: Iterable[Mapping], old: Mapping, new: Mapping) -> list[Mapping]:
    """With `new` where `old` stood."""
    return [msgspec.structs.replace(new, id=each.id) if each == old else each for each in mappings]


def switched(mappings: Iterable[Mapping], mapping: Mapping, on: bool) -> list[Mapping]:
    return [msgspec.structs.replace(each, enabled=on) if each == mapping else each for each in mappings]


def moved(mappings: Sequence[Mapping], mapping: Mapping, by: int) -> list[Mapping]:
    """With that one `by` places further down (negative: up), as far as there is room."""
    others = [each for each in mappings if each != mapping]
    place = min(max(0, list(mappings).index(mapping) + by), len(others))
    return [*others[:place], mapping, *others[place:]]


def name_for_copy(name: str, mappings: Iterable[Mapping]) -> str:
    """A name that nothing bears yet."""
    taken = {each.name for each in mappings}
    spellings = (f"{name[:85]} (copy{'' if n == 1 else f' {n}'})" for n in range(1, MOST + 2))
    return next(each for each in spellings if each not in taken)


def _write(product: Product, before: Sequence[Mapping], after: Sequence[Mapping]) -> None:
    product.mappings.exclude(pk__in=[mapping.id for mapping in after]).delete()
    # Two may have swapped their names: none may be taken while the others are written. No name ends in a line break.
    product.mappings.update(name=Concat(Cast("pk", CharField()), Value("\n")))
    # Presets that become rows are older than what is new beside them, wherever they stand.
    old = {mapping.name for mapping in before}
    for position, mapping in sorted(enumerate(after), key=lambda placed: placed[1].name not in old):
        values = {key: getattr(mapping, key) for key in FIELDS if key != "id"}
        if mapping.id:
            product.mappings.filter(pk=mapping.id).update(**values, position=position)
        else:
            Row.objects.create(product=product, **values, position=position)

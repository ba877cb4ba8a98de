"""Which past days can be asked for: those whose numbers are made of days that are all kept; and which rules."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from accoil.refused import Refused
from accoil.rule.reaching import days_back, first_days
from accoil.score.definition import Definition
from accoil.team.models import Product

CHARTS = 180  # days: the longest chart that pages show by themselves, and what it is compared with
ZONES = 1  # a day: a time zone that is changed moves what was summed up by as much


def looks_back(definition: Definition, rules: Iterable[Any] = ()) -> int:
    """So many days before its own the numbers of a day are made of: two windows, and before them what the longest
    rule asks for. `rules`: others that are asked with it, as they are written."""
    return 2 * definition.window + days_back([definition.to_yaml_dict(), *rules])


def first_askable(product: Product, definition: Definition, rules: Iterable[Any] = ()) -> date | None:
    """None where every day can be asked for. Today always can."""
    if product.kept_from is None:
        return None
    return min(product.today(), product.kept_from + timedelta(days=looks_back(definition, rules) + ZONES))


def refuse_gone(product: Product, rule: Any, day: date | None = None, back: int = 0) -> None:
    """Raises Refused for a rule, as it is written, that needs days that are gone: as far as it looks back from a day
    (else from today), and `back` more, or of everybody from their first on."""
    if product.kept_from is None:
        return
    if (firsts := first_days(rule)) > product.first_days:
        raise Refused(
            f"That counts to {firsts:,} within days of being created; of days before {product.kept_from} only the "
            f"first {product.first_days} of everybody and each event are kept: ask for {product.first_days} times at "
            f"most."
        )
    back += days_back(rule)
    reaches = (day or product.today()) - timedelta(days=back + ZONES)
    if reaches < product.kept_from:
        raise Refused(
            f"That looks back {back:,} days, to {reaches}; daily counts are kept from {product.kept_from} on: ask for "
            f"fewer days."
        )


def why_not(product: Product, first: date) -> str:
    """The end of a sentence about a day before the first that can be asked for."""
    return (
        f"daily counts are kept from {product.kept_from} on, and numbers look back from their day: {first} is the "
        f"first that can be asked for."
    )

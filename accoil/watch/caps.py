"""Which products are full: they know as many event names or trait keys as they may, and take no new ones."""

from __future__ import annotations

from accoil.count import people
from accoil.count.facts import facts
from accoil.receive.handling import Handling
from accoil.team.models import Product

Limits = tuple[int, int]  # event names, trait keys


class Caps:
    """What the front door must know of full products. Names are counted again when somebody or something new came."""

    def __init__(self) -> None:
        self._found: dict[int, tuple[object, Handling]] = {}  # product → what it was found by, and it

    def of_all(self) -> dict[int, Handling]:
        """Of each full product the names that may still come."""
        limits = {row[0]: row[1:] for row in Product.objects.values_list("id", "most_events", "most_traits")}
        every = {product: self.of(product, limit) for product, limit in limits.items()}
        return {product: each for product, each in every.items() if not each.is_plain}

    def of(self, product: int, limits: Limits) -> Handling:
        seen_by = (id(facts()), facts().version[product], limits)  # a new event is no news of people
        known = self._found.get(product)
        if known is None or known[0] != seen_by:
            known = self._found[product] = (seen_by, _look(product, limits))
        return known[1]


def _look(product: int, limits: Limits) -> Handling:
    many = people.how_many_names(product)
    most = {"events": limits[0], "user_traits": limits[1], "account_traits": limits[1]}
    full = {what: people.all_names(product, what) for what, limit in most.items() if many[what] >= limit}
    return Handling(
        events=full.get("events"), user_traits=full.get("user_traits"), account_traits=full.get("account_traits")
    )

"""What the front door looks up of every product, as the database has it: keys, how calls are handled, the zone."""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from accoil.erase import suppression
from accoil.mappings import usable
from accoil.receive.handling import PLAIN, Handling
from accoil.receive.keys import Key, Ring
from accoil.receive.mapping.mappings import Mappings
from accoil.receive.suppressed import Suppressed
from accoil.team.keys import mappings, receiving_keys
from accoil.team.models import Product


class LookedUp:
    """`zones`: product → time zone, and `deleted`: product → who was, as of the last `ring`. `full`: tells which
    products are, and what they take."""

    def __init__(self) -> None:
        self.zones: dict[int, str] = {}
        self.deleted: Mapping[int, Suppressed] = {}
        self.full: Callable[[], dict[int, Handling]] = dict  # nobody knows them before the watch does
        self._mappings: dict[int, tuple[object, Mappings]] = {}  # product → rows they were made of, and they

    def ring(self) -> Ring:
        """All of it, anew. The zones with it: nothing is received for a product of unknown zone."""
        keys = {text: Key(**row) for text, row in receiving_keys().items()}
        rows, full, deleted = mappings(), self.full(), suppression.all_suppressed()
        products = Product.objects.only("time_zone", "kept_from", "gone_before")
        since = {product.pk: product.kept_since for product in products if product.kept_from}
        handling = {
            product: self._handling(
                rows.get(product, []), product, full.get(product, PLAIN), deleted.get(product), since.get(product, 0)
            )
            for product in {*rows, *full, *deleted, *since}
        }
        self.zones, self.deleted = {product.pk: product.time_zone for product in products}, deleted
        return Ring(keys, {product: each for product, each in handling.items() if not each.is_plain})

    def _handling(
        self, rows: list[dict[str, Any]], product: int, full: Handling, deleted: Suppressed | None, since: int
    ) -> Handling:
        known = self._mappings.get(product)
        if known is None or known[0] != rows:
            known = self._mappings[product] = (rows, usable(product, rows))
        wanted = None if known[1].are_presets else known[1]
        return msgspec.structs.replace(full, mappings=wanted, kept_since=since).refusing(deleted)

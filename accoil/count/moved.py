"""What a shipment means to who keeps answers, product by product: told from the rows that were shipped."""

from collections import defaultdict

import pyarrow as pa
import pyarrow.compute as pc

from accoil.count.facts import BEFORE_ALL
from accoil.store.generations import Shipped
from accoil.store.tables import Table


class Moved:
    def __init__(self) -> None:
        self._first: dict[int, int] = {}
        self._last: dict[int, int] = {}
        self._people: set[int] = set()

    def hear(self, table: Table, rows: pa.Table) -> None:
        """Of one table: rows that were put there, or the keys of rows that are gone."""
        if not len(rows):
            return
        if table.tells_of_people:
            self._people |= set(pc.unique(rows["product"]).to_pylist())
        if table.day is None or table.day not in rows.column_names:
            return
        days = rows.select(["product", table.day]).rename_columns(["product", "day"]).group_by("product")
        for row in days.aggregate([("day", "min"), ("day", "max")]).to_pylist():
            product = row["product"]
            self._first[product] = min(row["day_min"], self._first.get(product, row["day_min"]))
            self._last[product] = max(row["day_max"], self._last.get(product, row["day_max"]))

    def told(self, last_days: defaultdict[int, int]) -> list[Shipped]:
        """`last_days`: the last day known of each product, which is brought up to date."""
        found = []
        for product in sorted({*self._first, *self._people}):
            first = self._first.get(product, BEFORE_ALL)
            is_earlier = first < last_days[product]  # than the last: may be somebody's first
            last_days[product] = max(last_days[product], self._last.get(product, 0))
            found.append(Shipped(product, first, is_earlier or product in self._people))
        return found

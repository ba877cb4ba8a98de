"""What ClickHouse holds against what is counted here: table by table, by figures over all that a row says."""

from collections import defaultdict

import msgspec

from accoil.store.clickhouse import ClickHouse
from accoil.store.noting import Noting
from accoil.store.tables import TABLES, Figures

Summed = dict[tuple[int, int], tuple[int, int]]  # product, day → rows, figure


class Compared(msgspec.Struct, frozen=True):
    """One table. `days`: of products, each of which was compared; `differing`: product, day. A table without days has
    one, 0."""

    table: str
    rows: int
    days: int
    differing: list[tuple[int, int]]


def compared(here: Noting, there: ClickHouse) -> list[Compared]:
    found = []
    for table in TABLES:
        ours, theirs = summed(here.figures(table)), summed(there.figures(table))
        other = [at for at in sorted({*ours, *theirs}) if ours.get(at) != theirs.get(at)]
        found.append(Compared(table.name, sum(rows for rows, _ in ours.values()), len(ours), other))
    return found


def summed(figures: Figures) -> Summed:
    found: Summed = defaultdict(lambda: (0, 0))
    for row in figures:
        n, figure = found[at := (row["product"], row["of_day"])]
        found[at] = (n + row["n"], figure + row["figure"])
    return found

"""A year of a company as a file of many millions of events, made and added up a part at a time."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from accoil.count import days
from accoil.count.counting import Counting

FIRST = np.datetime64("2025-01-01T00:00:00.000", "ms")
DAYS, USERS, ACCOUNTS = 365, 5_000, 500
NAMES = [f"{thing}_{done}" for thing in ("Report", "Dashboard", "Teammate", "Export", "Invoice", "Board")
         for done in ("Created", "Viewed", "Shared", "Deleted", "Renamed")]  # fmt: skip
AT_ONCE = 500_000

Counted = tuple[np.ndarray, np.ndarray]  # a number for each user, name and day there is, and its events
Part = tuple[np.ndarray, np.ndarray, np.ndarray]  # ms since 1970, user, name: each of one event


def parts(n: int) -> Iterator[Part]:
    """Few users do most, few events are most of what is done; no two events are in the same millisecond."""
    chance = np.random.default_rng(17)
    step = DAYS * 86_400_000 / n
    for begin in range(0, n, AT_ONCE):
        place = np.arange(begin, min(n, begin + AT_ONCE))
        at = FIRST.astype(np.int64) + ((place + chance.random(len(place)) * 0.9) * step).astype(np.int64)
        user = (USERS * chance.random(len(place)) ** 3).astype(np.int64)
        name = (len(NAMES) * chance.random(len(place)) ** 2).astype(np.int64)
        yield at, user, name


def write(path: Path, n: int) -> Path:
    """A CSV of type, name, timestamp, user_id, group_id: some 75 bytes a row."""
    writer = None
    for at, user, name in parts(n):
        table = pa.table(
            {
                "type": pa.array(["track"] * len(at)),
                "name": pa.array(NAMES).take(pa.array(name)),
                "timestamp": pc.strftime(pa.array(at, pa.timestamp("ms", "UTC")), "%Y-%m-%dT%H:%M:%SZ"),
                "user_id": pc.binary_join_element_wise("user-", pa.array(user).cast(pa.string()), ""),
                "group_id": pc.binary_join_element_wise("account-", pa.array(user % ACCOUNTS).cast(pa.string()), ""),
            }
        )
        writer = writer or pyarrow.csv.CSVWriter(path, table.schema)
        writer.write_table(table)
    assert writer
    writer.close()
    return path


def counted(n: int) -> Counted:
    """What must be counted."""
    codes = [_code(user, name, (at - FIRST.astype(np.int64)) // 86_400_000) for at, user, name in parts(n)]
    cells, events = np.unique(np.concatenate(codes), return_counts=True)
    return cells, events


def found(counting: Counting, product: int = 1) -> Counted:
    """What was counted. Raises where something is that was never in the file."""
    table = counting.facts.store.ask(
        "select u.name as who, e.name as what, c.day as day, cast(sum(c.n) as bigint) as n from counts c "
        "join (select distinct id, name from name where kind = 1 and product = :product) u on u.id = c.user_id "
        "join (select distinct id, name from name where kind = 3 and product = :product) e on e.id = c.event_id "
        "where c.product = :product group by all",
        product=product,
    )
    user = pc.replace_substring(table["who"], "user-", "").cast(pa.int64()).to_numpy()
    name = pc.index_in(table["what"], pa.array(NAMES)).to_numpy()
    first = days.number(FIRST.astype("datetime64[D]").item())
    cells = _code(user, name, table["day"].to_numpy() - first)
    order = np.argsort(cells)
    return cells[order], table["n"].to_numpy()[order]


def _code(user: np.ndarray, name: np.ndarray, day: np.ndarray) -> np.ndarray:
    return (user * len(NAMES) + name) * (DAYS + 1) + day

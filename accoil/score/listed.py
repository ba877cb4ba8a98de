"""Rows of the book as others read them: rates are fractions 0–1, days dates and times moments, of one row or of
thousands as columns. `scored` is how many events the definition scores."""

from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from accoil.count import days
from accoil.rule.tree import Scope

ACCOUNT_ORDERS = (
    "score", "name", "raw", "change", "total_score", "active_users", "total_users", "active_percent", "frequency",
    "adoption", "lifetime_adoption", "last_active", "mrr", "plan", "status", "tenure", "created_on", "tracking_id",
    "activation", "activated_on",
)  # fmt: skip
USER_ORDERS = (
    "score", "name", "raw", "change", "email", "role", "account_name", "frequency", "adoption", "lifetime_adoption",
    "last_active", "tenure", "created_on", "tracking_id", "activation", "activated_on",
)  # fmt: skip
ORDERS: dict[Scope, tuple[str, ...]] = {"account": ACCOUNT_ORDERS, "user": USER_ORDERS}
COLUMNS = {
    "adoption": "recently_scored_events",
    "lifetime_adoption": "overall_scored_events",
    "last_active": "last_day",
    "activated_on": "activated_day",
}
_ms = pa.timestamp("ms", tz="UTC")


def ordered(sort: str, scope: Scope) -> dict[str, str]:
    """The places of a list that say its order. Raises ValueError for one that there is not."""
    order, orders = sort.removeprefix("-"), ORDERS[scope]
    if order not in orders:
        raise ValueError(f"sort is {sort!r}; choose one of {', '.join(orders)}, with a minus for the largest first")
    return {"order": COLUMNS.get(order, order), "direction": "desc" if sort.startswith("-") else "asc"}


def told(batch: pa.RecordBatch, scored: int) -> pa.RecordBatch:
    columns = dict(zip(batch.schema.names, batch.columns, strict=True))
    del columns["of_all"]
    columns["adoption"] = _share(columns["recently_scored_events"], scored)
    columns["lifetime_adoption"] = _share(columns["overall_scored_events"], scored)
    columns["last_active"] = _days(columns.pop("last_day"))
    columns["activated_on"] = _days(columns.pop("activated_day"))
    columns["last_seen"] = columns.pop("last_at").cast(pa.int64()).cast(_ms)
    for name in ("first_day", "created_on"):
        columns[name] = _days(columns[name])
    return pa.RecordBatch.from_pydict(columns)


def _share(of: pa.Array, whole: int) -> pa.Array:
    return pc.divide(of.cast(pa.float64()), float(whole))


def _days(numbers: pa.Array) -> pa.Array:
    return numbers.cast(pa.int32()).cast(pa.date32())


def row_told(row: dict[str, Any], scored: int) -> dict[str, Any]:
    """Changes the row, and returns it."""
    row.pop("of_all", None)
    last_day, last_at = row.pop("last_day"), row.pop("last_at")
    row["adoption"] = row["recently_scored_events"] / scored
    row["lifetime_adoption"] = row["overall_scored_events"] / scored
    row["last_active"] = None if last_day is None else days.day(last_day)
    row["last_seen"] = None if last_at is None else datetime.fromtimestamp(last_at / 1000, UTC)
    row["first_day"] = days.day(row["first_day"])
    row["created_on"] = days.day(row["created_on"])
    activated_day = row.pop("activated_day")
    row["activated_on"] = None if activated_day is None else days.day(activated_day)
    return row

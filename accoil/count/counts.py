"""Exact counts of what was received, by user, account, event and day."""

from collections.abc import Collection, Iterator
from datetime import date
from typing import Any, TypedDict, Unpack

import msgspec
import pyarrow as pa

from accoil.count import days, ids, people
from accoil.count.facts import facts
from accoil.store.questions import beside
from accoil.store.store import Value

ASK = beside(__file__, "counts")

DIMENSIONS = ("user", "account", "event", "day")
EVERY_ROW = 2**62
EVER = (date(1970, 1, 1), date(9999, 12, 31))


class Counts(msgspec.Struct):
    # The dimensions grouped by, and `count`; `account` None: unattributed, `user` None: anonymous, nobody's yet.
    rows: list[dict[str, Any]]
    total_count: int  # of all messages that match, whatever the page
    total: int  # rows in all


class Wanted(TypedDict, total=False):
    """Tracking ids and names, of users also an earlier or anonymous id. Days are local, both ends belong to the
    range."""

    user: str | None
    account: str | None
    event: str | None
    first: date | None
    last: date | None
    group_by: Collection[str]  # all of them where it is left out


def counts(product_id: int, *, limit: int = 1000, offset: int = 0, **wanted: Unpack[Wanted]) -> Counts:
    """Sorted by the grouping."""
    asked = _asked(product_id, **wanted)

    def ask(limit: int, offset: int) -> list[dict[str, Any]]:
        return facts().store.rows(ASK["counts"], limit=limit, offset=offset, **asked)

    rows = ask(limit, offset)
    counted = rows or (ask(1, 0) if offset else [])
    total_count, total = (counted[0]["total_count"], counted[0]["of_all"]) if counted else (0, 0)
    group_by = wanted.get("group_by", DIMENSIONS)
    return Counts([_shown(row, group_by) for row in rows], total_count, total)


def stream(product_id: int, **wanted: Unpack[Wanted]) -> Iterator[pa.RecordBatch]:
    """The same, all rows: the dimensions grouped by, and `count`."""
    asked = _asked(product_id, **wanted)
    shown = [*(name for name in DIMENSIONS if asked[f"by_{name}"]), "count"]
    for batch in facts().store.stream(ASK["counts"], limit=EVERY_ROW, offset=0, **asked):
        columns = {name: batch.column(name) for name in shown}
        if "day" in columns:
            columns["day"] = columns["day"].cast(pa.int32()).cast(pa.date32())
        yield pa.RecordBatch.from_pydict(columns)


def _asked(
    product_id: int,
    user: str | None = None,
    account: str | None = None,
    event: str | None = None,
    first: date | None = None,
    last: date | None = None,
    group_by: Collection[str] = DIMENSIONS,
) -> dict[str, Value]:
    sent = None if user is None else ids.id_of(product_id, ids.USER, user)
    return {
        "product": product_id,
        "user": None if sent is None else people.whose(product_id, sent),
        "sent": sent,
        "account": None if account is None else ids.id_of(product_id, ids.ACCOUNT, account),
        "event": None if event is None else ids.id_of(product_id, ids.EVENT, event),
        "first": days.number(first or EVER[0]),
        "last": days.number(last or EVER[1]),
        **{f"by_{dimension}": dimension in group_by for dimension in DIMENSIONS},
    }


def _shown(row: dict[str, Any], group_by: Collection[str]) -> dict[str, Any]:
    shown = {dimension: row[dimension] for dimension in DIMENSIONS if dimension in group_by}
    if "day" in shown:
        shown["day"] = days.day(row["day"])
    return shown | {"count": row["count"]}

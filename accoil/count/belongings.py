"""What facts and journal hold of one user or account."""

from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from accoil.count import in_columns, people
from accoil.count.facts import facts
from accoil.count.ids import Kind
from accoil.receive import rewriting
from accoil.store.questions import beside

ASK = beside(__file__, "belongings")

Row = dict[str, Any]


def told(product: int, kind: Kind, id: int) -> list[Row]:
    """`day` (a number), `key`, `value` (JSON text) of all that was told of their traits."""
    return facts().store.rows(ASK["told"], product=product, kind=people.KINDS[kind], id=id)


def memberships(product: int, kind: Kind, id: int) -> list[Row]:
    """`day`, `user`, `account` (tracking ids)."""
    rows = facts().store.rows(ASK["memberships"], product=product, id=id, of_account=kind == "account")
    users = people.tracking_ids(product, "user", [row["user"] for row in rows])
    accounts = people.tracking_ids(product, "account", [row["account"] for row in rows])
    return [row | {"user": users.get(row["user"]), "account": accounts.get(row["account"])} for row in rows]


def counts(product: int, kind: Kind, id: int) -> list[Row]:
    """`day`, `event`, `count`."""
    return facts().store.rows(ASK["counts"], product=product, id=id, of_account=kind == "account")


def journal() -> Path | None:
    """What the facts of this process are counted from; None where they are those that another server counts."""
    store = facts().store.path  # of ClickHouse the name of its database
    path = store.with_name("journal.sqlite3")
    return path if store.is_file() and path.is_file() else None


def calls(journal: Path, product: int, kind: Kind, some: Collection[int]) -> Iterator[Row]:
    """Every call of one of them, or that names the account, as it stands in the journal
    (`accoil.receive.encoding.SCHEMA`, and of events of days that are no longer kept `CONDENSED`)."""
    for block in rewriting.read(journal):
        own = block["product"].to_numpy() == product
        if own.any():
            yield from block.filter(pa.array(own & _are(block, product, kind, some))).to_pylist()


def _are(block: pa.Table, product: int, kind: Kind, some: Collection[int]) -> Any:
    def named(column: str) -> Any:
        return np.isin(in_columns.ids_of(product, people.KINDS[kind], block[column].combine_chunks()), list(some))

    if kind == "account":
        return named("account")
    # What somebody else does in a browser that was theirs once is not theirs.
    return named("user") | (named("anonymous") & block["user"].is_null().to_numpy())

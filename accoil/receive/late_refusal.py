"""Somebody may be deleted, and days be given up, between the moment when a receiver takes a call in and the one when it
comes to the journal. What the front door would have refused by then is left out there."""

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from accoil.receive.calls import EVENT, IDENTIFY, Call
from accoil.receive.columns import Request, table
from accoil.receive.handling import Handling
from accoil.receive.suppressed import Suppressed, suppress

Mask = npt.NDArray[np.bool_]


def without(facts: pa.Table, handling: Callable[[int], Handling]) -> pa.Table:
    """The facts-to-be without events of days that their product keeps no more, and without who was deleted there."""
    for product in np.unique(facts["product"].to_numpy()).tolist():
        wanted = handling(product)
        if wanted.kept_since:
            facts = facts.filter(pa.array(~_are_too_old(facts, product, wanted.kept_since)))
        if wanted.suppressed:
            facts = _without_deleted(facts, product, wanted.suppressed)
    return facts


def _are_too_old(facts: pa.Table, product: int, kept_since: int) -> Mask:
    """As `too_old.is_too_old`."""
    is_event = facts["kind"].to_numpy() == EVENT
    found = (facts["product"].to_numpy() == product) & is_event & (facts["sent_at"].to_numpy() < kept_since)
    return np.asarray(found, bool)


def _without_deleted(facts: pa.Table, product: int, known: Suppressed) -> pa.Table:
    concerned = (facts["product"].to_numpy() == product) & _may_concern(facts, known)
    if not concerned.any():
        return facts
    kept = facts.filter(pa.array(~concerned))
    asked = [_request(row) for row in facts.filter(pa.array(concerned)).to_pylist()]
    still = [each for each in asked if suppress(each.calls[0], known) is None]
    return pa.concat_tables([kept, table(still)]) if still else kept


def _may_concern(facts: pa.Table, known: Suppressed) -> Mask:
    """Rows that name one of them, and those whose traits may."""
    found = _names(facts["user"], known.has_user) | _names(facts["anonymous"], known.has_user)
    found = found | _names(facts["account"], known.has_account)
    if known.accounts and known.account_trait:
        found = found | (facts["kind"].to_numpy() == IDENTIFY)
    return np.asarray(found, bool)


def _names(column: pa.ChunkedArray, has: Any) -> Mask:
    names = [name for name in pc.unique(column).to_pylist() if has(name)]
    if not names:
        return np.zeros(len(column), bool)
    return np.asarray(pc.is_in(column, pa.array(names, pa.string())), bool)


def _request(row: dict[str, Any]) -> Request:
    call = Call(
        kind=row["kind"], at=row["sent_at"], messageId=row["message"], userId=row["user"], groupId=row["account"],
        anonymousId=row["anonymous"], event=row["event"], pairs=row["traits"],
    )  # fmt: skip
    return Request(row["product"], row["received"], [call], row["source"])

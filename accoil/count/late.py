"""Events that came late: after their day was over, and after days were summed up that they now belong to."""

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from accoil.count import ids, in_columns
from accoil.count.facts import facts
from accoil.receive.calls import EVENT
from accoil.store.questions import beside
from accoil.store.store import Loading

ASK = beside(__file__, "late")

Frozen = Mapping[int, int]  # product → since when (ms) days of it are summed up


def late(messages: pa.Table, received: npt.NDArray[np.int64], zone: str) -> pa.Table:
    """Of these messages the events of somebody that came on a later day than their own, with the time they came."""
    day = messages["day"].to_numpy()
    # A load holds late ones seldom: the day of its last message tells.
    if not len(day) or day.min() >= in_columns.local_days(received.max(keepdims=True), zone)[0]:
        places = np.empty(0, np.int64)
    else:
        is_event = (messages["kind"].to_numpy() == EVENT) & (messages["user_id"].to_numpy() != ids.NOBODY)
        places = np.flatnonzero(is_event & (day < in_columns.local_days(received, zone)))
    chosen = messages.select(["product", "user_id", "given_id", "event_id", "day"]).take(pa.array(places))
    return chosen.append_column("received", pa.array(received[places]))


def add(loading: Loading, tables: Sequence[pa.Table], frozen: Frozen) -> None:
    """Writes down those that came after days of their product were summed up."""
    for table in tables:
        if not len(table) or (since := frozen.get(table["product"][0].as_py())) is None:
            continue
        after = table.filter(pc.greater(table["received"], since))
        if len(after):
            loading.hand_in("fresh_late", after)
            loading.tell(ASK["add"])


def late_days(product: int, kind: ids.Kind, id: int, events: Sequence[str], first: int, last: int) -> dict[int, int]:
    """Day → when (ms) the last of the late ones of these events came, of a user or an account."""
    event_ids = [ids.id_of(product, ids.EVENT, name) for name in events]
    rows = facts().store.rows(
        ASK["days"], product=product, id=id, of_account=kind == "account", events=event_ids, first=first, last=last
    )
    return {row["day"]: row["received"] for row in rows}

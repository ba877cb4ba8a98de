"""Somebody who is known to another tool, looked for among users, many at once and always as things are now."""

from collections.abc import Collection
from datetime import UTC, datetime
from itertools import islice

import msgspec
import numpy as np

from accoil.count import ids
from accoil.count.addresses import addresses
from accoil.count.facts import facts
from accoil.store.questions import beside

ASK = beside(__file__, "contacts")

Found = dict[tuple[int, str], list[int]]  # (product, what was asked) → users


class Did(msgspec.Struct, frozen=True):
    """What a user did last: our id of each event once and when that was (UTC), and each account it was done for, the
    last one first."""

    events: list[tuple[int, datetime]]
    accounts: list[int]

    @property
    def last_at(self) -> datetime | None:
        return self.events[0][1] if self.events else None


def by_email(products: Collection[int], emails: Collection[str]) -> Found:
    """`emails` in small letters."""
    found: Found = {}
    if emails:
        for product, email, user in sorted(addresses(facts()).find(products, emails)):
            found.setdefault((product, email), []).append(user)
    return found


def by_tracking_id(products: Collection[int], given: Collection[str]) -> Found:
    """By the ids the customer sent; who has been adopted is who it is in the end."""
    if not given:
        return {}
    asked = {(product, ids.id_of(product, ids.USER, text)): text for product in products for text in given}
    rows = facts().store.rows(ASK["by_id"], products=list(products), ids=[id for _, id in asked])
    known = ((row["product"], asked.get((row["product"], row["asked"])), row["id"]) for row in rows)
    return {(product, text): [id] for product, text, id in known if text is not None}


def did(product: int, users: Collection[int], events: int, accounts: int) -> dict[int, Did]:
    """By user; at most so many events and accounts."""
    ordered = np.array(sorted(users), dtype=np.int64)
    found = facts().store.ask(ASK["did"], product=product, users=ordered.tolist())
    user, event, account, at = (column.to_numpy() for column in found.itercolumns())
    order = np.lexsort((account, event, -at, user))
    user, event, account, at = user[order], event[order], account[order], at[order]
    starts, ends = np.searchsorted(user, ordered), np.searchsorted(user, ordered, "right")
    told: dict[int, Did] = {}
    for one, start, end in zip(ordered.tolist(), starts.tolist(), ends.tolist(), strict=True):
        # An event in several rows stands where its first row is, with the value that is put in last.
        done = dict.fromkeys(event[start:end].tolist(), 0)
        done.update(zip(event[start:end][::-1].tolist(), at[start:end][::-1].tolist(), strict=True))
        worked_for = [each for each in dict.fromkeys(account[start:end].tolist()) if each != ids.NOBODY]
        told[one] = Did([(each, _time(ms)) for each, ms in islice(done.items(), events)], worked_for[:accounts])
    return told


def names_of_events(product: int, events: Collection[int]) -> dict[int, str]:
    """By our ids."""
    rows = facts().store.rows(ASK["events"], product=product, ids=list(events)) if events else []
    return {row["id"]: row["name"] for row in rows}


def _time(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, UTC)

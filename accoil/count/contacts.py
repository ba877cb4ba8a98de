"""Somebody who is known to another tool, looked for among users, many at once and always as things are now."""

from collections.abc import Collection
from datetime import UTC, datetime

import msgspec

from accoil.count import ids
from accoil.count.facts import facts
from accoil.store.questions import beside

ASK = beside(__file__, "contacts")

Found = dict[tuple[int, str], list[int]]  # (product, what was asked) → users


class Did(msgspec.Struct, frozen=True):
    event: str
    at: datetime  # UTC


def by_email(products: Collection[int], emails: Collection[str]) -> Found:
    """`emails` in small letters."""
    if not emails:
        return {}
    found: Found = {}
    for row in facts().store.rows(ASK["by_email"], products=list(products), emails=list(emails)):
        found.setdefault((row["product"], row["email"]), []).append(row["id"])
    return found


def by_tracking_id(products: Collection[int], given: Collection[str]) -> Found:
    """By the ids the customer sent; who has been adopted is who it is in the end."""
    if not given:
        return {}
    asked = {(product, ids.id_of(product, ids.USER, text)): text for product in products for text in given}
    rows = facts().store.rows(ASK["by_id"], products=list(products), ids=[id for _, id in asked])
    known = ((row["product"], asked.get((row["product"], row["asked"])), row["id"]) for row in rows)
    return {(product, text): [id] for product, text, id in known if text is not None}


def last_done(product: int, users: Collection[int], most: int) -> dict[int, list[Did]]:
    """User → the events they did last, each once, the last one first; nobody who has done nothing."""
    done: dict[int, list[Did]] = {}
    for row in facts().store.rows(ASK["done"], product=product, users=list(users), most=most):
        done.setdefault(row["user_id"], []).append(Did(row["event"], _time(row["last_at"])))
    return done


def worked_for(product: int, users: Collection[int]) -> dict[int, list[int]]:
    """User → the accounts they ever did something for, the last one first."""
    found: dict[int, list[int]] = {}
    for row in facts().store.rows(ASK["worked_for"], product=product, users=list(users)):
        found.setdefault(row["user_id"], []).append(row["account_id"])
    return found


def _time(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, UTC)

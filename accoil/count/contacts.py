"""Somebody who is known to another tool, looked for among users, many at once and always as things are now."""

from collections.abc import Collection
from datetime import UTC, datetime

import msgspec

from accoil.count import ids
from accoil.count.addresses import addresses
from accoil.count.facts import facts
from accoil.store.questions import beside

ASK = beside(__file__, "contacts")

Found = dict[tuple[int, str], list[int]]  # (product, what was asked) → users


class Done(msgspec.Struct, frozen=True):
    event: str
    at: datetime  # UTC


class Did(msgspec.Struct, frozen=True):
    """What a user did last: each event once, and each account it was done for, the last one first."""

    events: list[Done]
    accounts: list[int]

    @property
    def last_at(self) -> datetime | None:
        return self.events[0].at if self.events else None


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
    done: dict[int, dict[int, int]] = {user: {} for user in users}  # user → event → when last
    worked_for: dict[int, dict[int, int]] = {user: {} for user in users}
    rows = facts().store.ask(ASK["did"], product=product, users=list(users))
    for user, event, account, at in zip(*(column.to_pylist() for column in rows.itercolumns()), strict=True):
        done[user][event] = max(at, done[user].get(event, at))
        if account != ids.NOBODY:
            worked_for[user][account] = max(at, worked_for[user].get(account, at))
    last = {user: _last(found, events) for user, found in done.items()}
    asked = list({event for found in last.values() for event, _ in found})
    names = facts().store.rows(ASK["events"], product=product, ids=asked) if asked else []
    called = {row["id"]: row["name"] for row in names}
    return {
        user: Did(
            [Done(called[event], _time(at)) for event, at in found],
            [account for account, _ in _last(worked_for[user], accounts)],
        )
        for user, found in last.items()
    }


def _last(found: dict[int, int], most: int) -> list[tuple[int, int]]:
    return sorted(found.items(), key=lambda each: (-each[1], each[0]))[:most]


def _time(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, UTC)

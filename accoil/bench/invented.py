"""An invented book: people and what they did, day after day, as tables in the shape that the loader hands in.

A few do much and most do little, weekends are quiet, a third of the users join on the way, some move to another
account, and some name an account of their own choice on half of what they do."""

from collections.abc import Iterator
from datetime import date

import msgspec
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from accoil.count import days, ids
from accoil.score.definition import Definition

PRODUCT = 1
LAST_DAY = date(2026, 6, 30)
EVENTS = 24
SCORED = 20
WINDOW = 30
HERE_FROM_THE_START = 2 / 3  # of the users; the others join day by day
DAILY_ROWS = 0.59  # rows of counts per day and user who joined: 3.5 million in 30 days of 200,000 users
WEEKEND = 0.4  # of what happens on a working day
MOVED = 0.03  # share of the users who change their account once
NEVER = 10**6  # a day beyond all
CANCELLED = 0.1  # share of the accounts that stop paying one day
VISITORS = 0.05  # share of the users who name another account on half of what they do

Ids = npt.NDArray[np.int64]


class Size(msgspec.Struct, frozen=True):
    users: int = 200_000
    days: int = 395

    @property
    def accounts(self) -> int:
        return max(1, self.users // 20)


class Names(msgspec.Struct):
    """Tracking ids and our ids of one kind, ordered by ours: counts are kept in that order."""

    kind: int
    names: list[str]
    ids: Ids


def names(kind: int, prefix: str, number: int) -> Names:
    told = [f"{prefix}-{place:06}" for place in range(number)]
    found = np.array([ids.id_of(PRODUCT, kind, name) for name in told], np.int64)
    order = np.argsort(found)
    return Names(kind, [told[place] for place in order], found[order])


def definition() -> Definition:
    """The first of the events, weights 1 to 10."""
    scored = sorted(_event_names())[:SCORED]
    return Definition(window=WINDOW, events={name: 1 + place * 7 % 10 for place, name in enumerate(scored)})


def _event_names() -> list[str]:
    return [f"event-{place:06}" for place in range(EVENTS)]


class Book:
    """Who there is, and how each of them is; `counts` tells what they did."""

    def __init__(self, size: Size) -> None:
        self.size = size
        self.chance = np.random.default_rng(size.users)
        self.users = names(ids.USER, "user", size.users)
        self.accounts = names(ids.ACCOUNT, "account", size.accounts)
        self.events = names(ids.EVENT, "event", EVENTS)
        self.last = days.number(LAST_DAY)
        self.first = self.last - size.days + 1
        late = self.chance.random(size.users) > HERE_FROM_THE_START
        self.joined = self.first + np.where(late, self.chance.integers(0, size.days, size.users), 0)
        # The sizes of accounts are as uneven as the zeal of users.
        self.home = (size.accounts * self.chance.random(size.users) ** 2).astype(np.int64)
        moves = self.first + self.chance.integers(0, size.days, size.users)
        self.moves = np.where((self.chance.random(size.users) < MOVED) & (moves > self.joined), moves, NEVER)
        self.visits = self.chance.random(size.users) < VISITORS
        leaves = self.first + self.chance.integers(0, size.days, size.accounts)
        self.cancels = np.where(self.chance.random(size.accounts) < CANCELLED, leaves, NEVER)
        self._zeal = self.chance.lognormal(0, 1.3, size.users)
        self._popular = 0.55 / np.arange(1, EVENTS + 1) ** 0.7
        self._pace = self._find_pace()

    def account_on(self, day: int, users: Ids) -> Ids:
        """The account (its place) that each of these users belongs to on a day."""
        moved = self.moves[users] <= day
        return (self.home[users] + moved) % self.size.accounts

    def counts(self, first: int, last: int) -> pa.Table:
        """Rows of counts for days from first to last, by day and user."""
        return pa.concat_tables([self._day(day) for day in range(first, last + 1)])

    def chunks(self, of: int) -> Iterator[pa.Table]:
        for first in range(self.first, self.last + 1, of):
            yield self.counts(first, min(first + of - 1, self.last))

    def _day(self, day: int) -> pa.Table:
        quiet = WEEKEND if (day + 3) % 7 >= 5 else 1.0  # day 0 was a Thursday
        likely = 1 - np.exp(-self._pace * self._zeal * quiet)
        there = np.flatnonzero((self.joined <= day) & (self.chance.random(self.size.users) < likely))
        rows, event = np.nonzero(self.chance.random((len(there), EVENTS), np.float32) < self._popular)
        user = there[rows]
        elsewhere = self.visits[user] & (self.chance.random(len(user)) < 0.5)
        given = np.where(elsewhere, self.accounts.ids[(self.home[user] + 7) % self.size.accounts], ids.NOBODY)
        return pa.table(
            {
                "product": np.full(len(user), PRODUCT, np.int32),
                "day": np.full(len(user), day, np.int32),
                "user_id": self.users.ids[user],
                "given_id": given,
                "account_id": np.where(elsewhere, given, self.accounts.ids[self.account_on(day, user)]),
                "event_id": self.events.ids[event],
                "n": self.chance.geometric(0.45, len(user)),
                "last_at": day * days.DAY + self.chance.integers(0, days.DAY, len(user)),
                "sent_as": np.zeros(len(user), np.int64),
            }
        )

    def _find_pace(self) -> float:
        """How lively a user of zeal 1 is, so that there are as many rows as wanted: found by halving."""
        low, high = 0.0, 10.0
        share_of_days = np.array([1.0] * 5 + [WEEKEND] * 2)
        for _ in range(40):
            pace = (low + high) / 2
            active = np.mean([1 - np.exp(-pace * self._zeal * share).mean() for share in share_of_days])
            enough = active * self._popular.sum() > DAILY_ROWS
            low, high = (low, pace) if enough else (pace, high)
        return low

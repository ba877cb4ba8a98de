"""What people do on a day: who signs in, when, and what they use. One draw of arrays a day, no loop over people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import numpy.typing as npt

from accoil.demo import lives
from accoil.demo.company import Company

Numbers = npt.NDArray[np.int64]
Reals = npt.NDArray[np.float64]

HOUR = 3600
LAST = 23 * HOUR - 1  # nobody works in the last hour, so a day that loses an hour to summer time still holds all
WEEK = (1.0, 1.08, 1.06, 1.02, 0.86, 0.11, 0.07)  # Monday to Sunday

# A persona: chance to sign in on a working day, and how many things are done then (mean).
RATE = {
    "daily": (0.80, 10.0),
    "regular": (0.48, 4.4),
    "reports": (0.40, 5.5),
    "occasional": (0.19, 3.0),
    "rare": (0.05, 1.5),
}

# What is done, of a hundred things, by: daily, regular, reports, occasional, rare. The last six are page views.
DONE: dict[str, tuple[float, ...]] = {
    "Dashboard_Viewed": (16, 24, 22, 34, 40),
    "Invoice_Viewed": (13, 13, 6, 16, 14),
    "Invoice_Created": (9, 6, 1, 2, 0.5),
    "Invoice_Sent": (7, 5, 0.5, 1.5, 0),
    "Payment_Recorded": (8, 4, 1, 1, 0),
    "Transaction_Matched": (14, 7, 2, 1, 0),
    "Receipt_Uploaded": (4, 5, 1, 5, 4),
    "Expense_Added": (4, 6, 2, 6, 3),
    "Report_Created": (0.8, 1.6, 9, 0.5, 0),
    "Report_Shared": (0.3, 0.7, 5, 0.3, 0),
    "Report_Exported": (0.4, 0.8, 6, 0.3, 0),
    "Budget_Created": (0.1, 0.3, 2, 0.1, 0),
    "Bank_Connected": (0.1, 0.2, 0.1, 0.05, 0),
    "Teammate_Invited": (0.1, 0.15, 0.1, 0.05, 0),
    "Viewed Home": (7, 10, 8, 16, 22),
    "Viewed Invoices": (9, 8, 3, 8, 7),
    "Viewed Reports": (1.5, 3, 24, 3, 3),
    "Viewed Settings": (1, 1.5, 2, 1.5, 1),
    "Viewed Billing": (0.3, 0.6, 1, 0.6, 0.5),
    "Viewed Help": (0.4, 1.2, 0.8, 2, 4),
}
EVENTS = tuple(DONE)
INVITED = EVENTS.index("Teammate_Invited")


@dataclass(frozen=True, slots=True)
class Crowd:
    """The people as columns, and how busy each account is on each day (accounts x days, a usual day = 1)."""

    persona: Numbers
    joins: Numbers
    joins_at: Numbers
    home: Numbers  # position of the account; -1: none
    other: Numbers  # the second account of those who work for two; -1: none
    share: Reals
    inviter: Numbers  # who asked this person in: the first person of the account; -1: nobody
    level: Reals


@dataclass(frozen=True, slots=True)
class Day:
    """Everything done on one day, in time order; columns of equal length."""

    person: Numbers
    event: Numbers
    account: Numbers  # -1: none
    at: Numbers  # milliseconds since local midnight


def gather(company: Company, days: int) -> Crowd:
    """The columns for the first `days` days."""
    people = company.people
    home = np.array([p.accounts[-1] if p.accounts else -1 for p in people])
    _, first, which = np.unique(home, return_index=True, return_inverse=True)  # the first person of each account
    inviter = np.where((home < 0) | (first[which] == np.arange(len(people))), -1, first[which])
    return Crowd(
        persona=np.array([lives.PERSONAS.index(p.persona) for p in people]),
        joins=np.array([p.joins for p in people]),
        joins_at=np.array([p.joins_at for p in people]),
        home=home,
        other=np.array([p.accounts[0] if len(p.accounts) > 1 else -1 for p in people]),
        share=np.array([p.share for p in people]),
        inviter=inviter,
        level=np.array([np.interp(np.arange(days), *account.level) for account in company.accounts]),
    )


def draw(company: Company, crowd: Crowd, day: int) -> Day:
    """What happens on that day: the same for the same company, whatever other days are drawn."""
    random = np.random.default_rng([company.seed, len(company.people), company.days, day])
    busy = _busy(company, crowd, day, random)
    rate, size = np.array([*RATE.values()]).T[:, crowd.persona]
    new = (crowd.joins == day) & (day > 0)
    here = (random.random(len(busy)) < np.minimum(rate * busy, 0.97)) & (crowd.joins <= day)
    who = np.flatnonzero(here | new)
    person = np.repeat(who, 1 + random.poisson((size * np.sqrt(np.clip(busy, 0.2, 1.6)))[who]))
    event = _choose(crowd.persona[person], random)
    at = _times(person, len(busy), random)
    at = np.where(new[person], crowd.joins_at[person] + 5 + random.exponential(900, len(person)), at)
    elsewhere = (crowd.other[person] >= 0) & (random.random(len(person)) < 0.4)
    account = np.where(elsewhere, crowd.other[person], crowd.home[person])
    asked = np.flatnonzero(new & (crowd.inviter >= 0) & (crowd.joins[crowd.inviter] < day))
    person = np.concatenate([person, crowd.inviter[asked]])
    event = np.concatenate([event, np.full(len(asked), INVITED)])
    account = np.concatenate([account, crowd.home[asked]])
    at = np.concatenate([at, crowd.joins_at[asked] - random.integers(300, 3 * HOUR, len(asked))])
    thousandths = (np.clip(at, 0, LAST) * 1000).astype(np.int64)
    order = np.argsort(thousandths, kind="stable")
    return Day(person[order], event[order], account[order], thousandths[order])


def _busy(company: Company, crowd: Crowd, day: int, random: np.random.Generator) -> Reals:
    """How busy each person's day is: the account's life, the week, the end of the month, and chance."""
    date = company.first + timedelta(day)
    closing = 1.15 if date.day <= 3 or (date + timedelta(3)).day <= 3 else 1.0  # books are closed then
    mood = crowd.level[:, day] * random.lognormal(0, 0.12, len(crowd.level))
    return np.where(crowd.home >= 0, mood[crowd.home], 0.4) * crowd.share * WEEK[date.weekday()] * closing


def _choose(persona: Numbers, random: np.random.Generator) -> Numbers:
    shares = np.array([*DONE.values()]).T
    edges = np.cumsum(shares / shares.sum(axis=1, keepdims=True), axis=1)
    edges[:, -1] = 1.0  # rounding must leave no gap at the end
    picked: Numbers = (random.random(len(persona))[:, None] >= edges[persona]).sum(axis=1)
    return picked


def _times(person: Numbers, people: int, random: np.random.Generator) -> Reals:
    """Seconds of the day: a sitting in the morning, one in the afternoon, sometimes one in the evening."""
    morning = random.normal(10.2 * HOUR, 1.2 * HOUR, people)
    afternoon = random.normal(14.6 * HOUR, 1.3 * HOUR, people)
    evening = random.uniform(18 * HOUR, 22 * HOUR, people)
    afternoon = np.where(random.random(people) < 0.07, evening, afternoon)
    sitting = np.where(random.random(len(person)) < 0.56, morning[person], afternoon[person])
    return sitting + random.exponential(600, len(person))

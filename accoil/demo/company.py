"""Who there is: the accounts of the demo, their terms over time, and their people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Europe/London")  # where Ledgerly lives: its days, weekends and working hours

PRICE = {"Starter": 1900, "Team": 2900, "Business": 3900, "Enterprise": 4900}  # cents a seat and month


@dataclass(frozen=True, slots=True)
class Terms:
    """What an account has agreed to from a day on (day 0 = the first day of the demo)."""

    day: int
    status: str
    plan: str
    seats: int

    @property
    def mrr(self) -> int:
        """Monthly recurring revenue in cents; only those who pay bring any."""
        return self.seats * PRICE[self.plan] if self.status == "Paid" else 0


@dataclass(frozen=True, slots=True)
class Account:
    id: str
    name: str | None
    domain: str
    industry: str
    country: str
    life: str
    starts: int  # its first day; 0 or less: it was there before the demo begins
    created: datetime
    level: tuple[tuple[float, ...], tuple[float, ...]]  # days and how busy it is on them; straight lines between
    terms: tuple[Terms, ...]

    def on(self, day: int) -> Terms:
        return next((terms for terms in reversed(self.terms) if terms.day <= day), self.terms[0])


@dataclass(frozen=True, slots=True)
class Person:
    id: str
    name: str
    email: str
    role: str
    persona: str
    joins: int  # day of the first sign-in; 0: was there before
    joins_at: int  # second of that day
    created: datetime
    accounts: tuple[int, ...]  # positions in Company.accounts; the last one is where the person is today
    share: float  # how much of a usual colleague's work this person does


@dataclass(frozen=True, slots=True)
class Company:
    """The whole book of customers, fixed before the first event is drawn."""

    first: date
    days: int
    seed: int
    accounts: tuple[Account, ...]
    people: tuple[Person, ...]

    @property
    def key(self) -> str:
        """Tells this company's message ids from those of any other demo."""
        return f"demo-{self.first:%Y%m%d}-{self.days}-{len(self.people)}-{self.seed}"

    def midnight(self, day: int) -> datetime:
        return datetime.combine(self.first + timedelta(day), datetime.min.time(), ZONE).astimezone(UTC)

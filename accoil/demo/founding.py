"""Makes the company: its accounts and their lives. Everything follows from the seed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import numpy as np

from accoil.demo import lives, words
from accoil.demo.company import Account, Company, Terms
from accoil.demo.people import people_of

NO_ACCOUNT = 0.006  # signed up, never made or joined a company
NO_NAME = 0.02  # accounts that nobody ever gave a name


def found(users: int, days: int, first: date, seed: int) -> Company:
    """A company with `users` people in about a tenth as many accounts, whose life is spread over `days`."""
    if users < 1 or days < 1:
        raise ValueError("The demo needs at least one user and one day.")
    random = np.random.default_rng([seed, users, days])  # not the date: the same people whenever it is founded
    alone = round(users * NO_ACCOUNT)
    sizes = _sizes(users - alone, max(1, round(users / 10)), random)
    book = Company(first, days, seed, (), ())
    names = _company_names(len(sizes), random)
    accounts = tuple(_account(book, n, size, names[n], random) for n, size in enumerate(sizes))
    people = tuple(people_of(book, accounts, sizes, alone, random))
    return Company(first, days, seed, accounts, people)


def _sizes(people: int, count: int, random: np.random.Generator) -> list[int]:
    """How many people each account has: mostly two to five, some dozens, a few around eighty; they add up."""
    wanted = np.clip(random.lognormal(np.log(4.6), 1.2, count), 1.7, 85)
    sizes = np.maximum(1, np.rint(wanted * people / wanted.sum())).astype(np.int64)
    while (missing := people - int(sizes.sum())) > 0:
        sizes[random.integers(0, count, missing)] += 1
    while (spare := int(sizes.sum()) - people) > 0:
        sizes[np.flatnonzero(sizes > 1)[:spare]] -= 1
    return [*map(int, sizes)]


def _company_names(count: int, random: np.random.Generator) -> list[tuple[str, str, str]]:
    """Name, domain and industry of each, no two alike (beyond some 5,000 accounts a number is added)."""
    first, trade = len(words.COMPANY_FIRST), len(words.COMPANY_TRADE)
    order = random.permutation(first * trade)
    made = []
    for n in range(count):
        pick = int(order[n % len(order)])
        what, industry = words.COMPANY_TRADE[pick % trade]
        last = words.COMPANY_LAST[int(random.integers(len(words.COMPANY_LAST)))]
        again = str(n // len(order) + 1) if n >= len(order) else ""
        name = " ".join(filter(None, (words.COMPANY_FIRST[pick // trade], what, last, again)))
        short = "".join(filter(None, (words.COMPANY_FIRST[pick // trade], what.replace(" ", ""), again)))
        made.append((name, f"{short.lower()}.example", industry))
    return made


def _account(book: Company, n: int, size: int, named: tuple[str, str, str], random: np.random.Generator) -> Account:
    name, domain, industry = named
    life = lives.choose(size, random)
    starts = lives.first_day(life, book.days, random)
    age = 3 + int(random.gamma(1.6, 420)) if starts == 0 else 0
    created = book.midnight(starts - age) + timedelta(seconds=int(random.integers(8 * 3600, 11 * 3600)))
    return Account(
        id=f"acc-{1001 + n}",
        name=None if random.random() < NO_NAME else name,
        domain=domain,
        industry=industry,
        country=words.COUNTRIES[int(random.integers(len(words.COUNTRIES)))],
        life=life,
        starts=starts,
        created=created,
        level=lives.level(life, starts, book.days, random),
        terms=tuple(_terms(life, starts, size, book.days, random)),
    )


def _terms(life: str, starts: int, size: int, days: int, random: np.random.Generator) -> Iterator[Terms]:
    """Status, plan and seats, from the first day on and at each change."""
    seats = size + int(random.integers(0, 2 + size // 6))
    for day, status, part in lives.story(life, starts, size, days, random):
        taken = max(1, round(seats * part))
        yield Terms(day, status, "Starter" if status == "Free" else _plan(taken), taken)


def _plan(seats: int) -> str:
    return "Starter" if seats <= 5 else "Team" if seats <= 20 else "Business" if seats <= 50 else "Enterprise"

"""Makes the people: names from many places, addresses at their account's domain, roles, first days."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from datetime import timedelta

import numpy as np

from accoil.demo import lives, words
from accoil.demo.company import Account, Company, Person

ROLES = {
    "daily": "Bookkeeper",
    "regular": "Accountant",
    "reports": "Controller",
    "occasional": "Manager",
    "rare": "Viewer",
}
TWO_ACCOUNTS = 0.02  # outside accountants, who work for two customers

# Letters that do not decompose into a plain one and an accent; a space becomes the dot of an address.
PLAIN = {ord(letter): plain for letter, plain in zip("øłŁßĐı’ ", ["o", "l", "L", "ss", "D", "i", "", "."], strict=True)}


def people_of(
    book: Company, accounts: tuple[Account, ...], sizes: list[int], alone: int, random: np.random.Generator
) -> Iterator[Person]:
    taken: set[str] = set()
    number = 20001
    for position, size in enumerate([*sizes, *([1] * alone)]):
        home = accounts[position] if position < len(accounts) else None
        for seat in range(size):
            yield _person(book, accounts, number, position if home else None, seat, taken, random)
            number += 1


def _person(
    book: Company,
    accounts: tuple[Account, ...],
    number: int,
    position: int | None,
    seat: int,
    taken: set[str],
    random: np.random.Generator,
) -> Person:
    home = accounts[position] if position is not None else None
    name = _person_name(random)
    persona = lives.persona(seat, home.life if home else "steady", random)
    joins = lives.joins(home.life, home.starts, seat, book.days, random) if home else 0
    joins_at = int(random.integers(11 * 3600, 17 * 3600))  # accounts begin before eleven, so never after their people
    age = (book.midnight(0) - home.created).days if home else int(random.gamma(2, 90))
    created = book.midnight(joins or -1 - int(age * random.random() ** 0.7)) + timedelta(seconds=joins_at)
    if home and seat == 0:
        created, joins_at = home.created, int((home.created - book.midnight(joins)).total_seconds())
    second = int(random.integers(len(accounts)))
    two = random.random() < TWO_ACCOUNTS and position not in (None, second) and accounts[second].starts == 0
    return Person(
        id=f"user-{number}",
        name=name,
        email=_email(name, home.domain if home else "mailbox.example", taken),
        role="Owner" if seat == 0 and home else "Accountant" if two else ROLES[persona],
        persona=persona,
        joins=max(joins, 0),
        joins_at=joins_at,
        created=created,
        accounts=() if position is None else (second, position) if two else (position,),
        share=lives.share(home.life if home else "steady", seat),
    )


def _person_name(random: np.random.Generator) -> str:
    given, family = random.integers(len(words.PEOPLE), size=2)
    if random.random() > 0.08:  # few people's two names come from two places
        family = given
    first, last = words.PEOPLE[given][0], words.PEOPLE[family][1]
    return f"{first[int(random.integers(len(first)))]} {last[int(random.integers(len(last)))]}"


def _email(name: str, domain: str, taken: set[str]) -> str:
    """The name in plain letters at the domain; the second of one name gets a number."""
    plain = name.translate(PLAIN)
    ascii_name = unicodedata.normalize("NFKD", plain).encode("ascii", "ignore").decode().lower()
    email, again = f"{ascii_name}@{domain}", 1
    while email in taken:
        again += 1
        email = f"{ascii_name}{again}@{domain}"
    taken.add(email)
    return email

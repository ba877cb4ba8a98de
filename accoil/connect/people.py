"""The users and accounts of a product, as they are looked for in other tools; and who is new among them."""

import itertools
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from accoil.connect.connection import Firm, Person
from accoil.connect.models import Record
from accoil.count import days
from accoil.count.facts import facts
from accoil.score.book import open_book
from accoil.score.models import Profile
from accoil.score.people import LATEST
from accoil.score.people import people as everyone
from accoil.store.questions import beside
from accoil.store.store import Value
from accoil.team.models import Product

ASK = beside(__file__, "people")
_numbered = itertools.count(1)

Ids = Iterable[int] | None  # None: all of them


class User(Person, frozen=True, kw_only=True):
    """`account`: whom he belongs to now, 0 nobody. `last_at`: of his last event, in milliseconds."""

    account: int = 0
    last_at: int = 0


def users(product: Product, ids: Ids = None, accounts: Ids = None) -> list[User]:
    return [
        User(
            entity=row["id"],
            tracking_id=row["tracking_id"],
            email=row["email"].strip(),
            account=row["account_id"],
            last_at=row["last_at"],
        )
        for row in _ask(product, "users", ids, accounts)
    ]


def firms(
    product: Product, profile: Profile, members: Iterable[User], ids: Ids, remote: Mapping[int, str]
) -> list[Firm]:
    """Accounts with those of their users who are matched (`remote`: user → id there), the last active first. How many
    are active is said by a profile."""
    inside: dict[int, list[tuple[int, str]]] = {}
    for user in sorted(members, key=lambda each: -each.last_at):
        if user.account and user.entity in remote:
            inside.setdefault(user.account, []).append((user.entity, remote[user.entity]))
    how_active = active(product, profile, list(inside))
    return [
        Firm(
            entity=row["id"],
            tracking_id=row["tracking_id"],
            product=product.pk,
            name=row["name"] or "",
            domain=row["domain"] or "",
            active_users=how_active.get(row["id"], 0),
            users=tuple(inside.get(row["id"], ())),
        )
        for row in _ask(product, "accounts", ids, None)
    ]


class News:
    """Whose e-mail address or account nobody has looked for yet: kept beside the facts, lost with the process."""

    def __init__(self, product: Product) -> None:
        self._product = product
        self._names = [f"asked_{next(_numbered)}", f"asked_{next(_numbered)}"]  # as asked last, as it is now
        self._facts = facts()
        self._version: int | None = None

    def begin(self) -> None:
        """Everyone is looked for now; who comes from here on is new."""
        self._keep()
        self._names.reverse()

    def found(self, have: Callable[[], set[int]]) -> list[int]:
        """Ids since the last time; the first time, of those beside the ones we have."""
        if self._version == facts().told[self._product.pk] and self._facts is facts():
            return []
        first = self._version is None or self._facts is not facts()
        self._keep()
        places = {"now": f"kept.{self._names[1]}", "asked": f"kept.{self._names[0]}"}
        rows = self._facts.store.rows(ASK["all" if first else "new"], places)
        known = have() if first else set()
        self._names.reverse()
        return [row["id"] for row in rows if row["id"] not in known]

    def drop(self) -> None:
        for name in self._names:
            self._facts.store.drop(name)

    def _keep(self) -> None:
        self._facts = facts()
        self._version = self._facts.told[self._product.pk]
        places = {"people": everyone(self._facts, self._product.pk, LATEST)}
        today = days.number(self._product.today())
        self._facts.store.keep(self._names[1], ASK["asked"], places, product=self._product.pk, today=today)


def remote_ids(records: Iterable[Record]) -> dict[int, str]:
    return {record.entity: record.remote_id for record in records}


def _ask(product: Product, question: str, ids: Ids, accounts: Ids) -> list[dict[str, Any]]:
    places = {"people": everyone(facts(), product.pk, LATEST)}
    given: dict[str, Value] = {"product": product.pk, "today": days.number(product.today())}
    given |= {"ids": None if ids is None else list(ids), "accounts": None if accounts is None else list(accounts)}
    used = {name: value for name, value in given.items() if f":{name}" in ASK[question]}
    return facts().store.rows(ASK[question], places, **used)


def active(product: Product, profile: Profile, ids: list[int]) -> dict[int, int]:
    book = open_book(product.pk, profile.current.parsed, product.today())
    return {id: row["active_users"] for id, row in book.those("account", ids).items()}

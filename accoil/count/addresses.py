"""Whose e-mail address it is. Reading every address of a large book takes longer than all else that the inbox asks, so
they stand in a table of their own; while people change it is older than they are, and what it says is looked up."""

import threading
import time
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from weakref import WeakKeyDictionary

from accoil.count.facts import Facts
from accoil.store.questions import beside

ASK = beside(__file__, "addresses")

RESTS = 5.0  # seconds until the table is made anew, while people change

Found = set[tuple[int, str, int]]  # product, address, user


class Addresses:
    def __init__(self, facts: Facts) -> None:
        self._store, self._told = facts.store, facts.told
        self._made: dict[int, int] | None = None  # how often each product's people had changed when it was made
        self._asked_at = float("-inf")  # when it was last to be made
        self._starting = threading.Lock()
        self._maker = ThreadPoolExecutor(1, "addresses")

    def find(self, products: Collection[int], emails: Collection[str]) -> Found:
        """Everyone who has one of these addresses now; `emails` in small letters."""
        given: dict[str, Any] = {"products": list(products), "emails": list(emails)}
        self._follow(products)
        is_old = self._is_old(products)
        known = self._store.rows(ASK["known"], {"addresses": "kept.addresses"}, **given)
        wanted = {*emails}
        rows = [row for row in known if row["email"] in wanted]
        if not is_old:
            return _found(rows)
        now = self._store.rows(ASK["now"], ids=[row["told_of"] for row in rows])
        has = {row["told_of"]: row["email"] for row in now}
        found = _found([row for row in rows if has.get(row["told_of"]) == row["email"]])
        given["emails"] = list(wanted - {email for _, email, _ in found})
        return found | (_found(self._store.rows(ASK["anybody"], **given)) if given["emails"] else set())

    def _follow(self, products: Collection[int]) -> None:
        """Has the table made anew where it is time for that. Only the first one is waited for."""
        with self._starting:
            if self._made is None:
                self._make()
            elif self._is_old(products) and time.monotonic() - self._asked_at > RESTS:
                self._asked_at = time.monotonic()
                self._maker.submit(self._make)

    def _is_old(self, products: Collection[int]) -> bool:
        made = self._made or {}
        return any(made.get(product, 0) != self._told[product] for product in products)

    def _make(self) -> None:
        made = dict(self._told)
        self._store.keep("addresses", ASK["addresses"])
        self._made = made


def _found(rows: list[dict[str, Any]]) -> Found:
    return {(row["product"], row["email"], row["id"]) for row in rows}


_of: WeakKeyDictionary[Facts, Addresses] = WeakKeyDictionary()


def addresses(facts: Facts) -> Addresses:
    return _of.setdefault(facts, Addresses(facts))

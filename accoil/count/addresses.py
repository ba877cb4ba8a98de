"""Whose e-mail address it is. Reading every address of a large book takes longer than all else that the inbox asks, so
they stand in a table of their own; while people change it is older than they are, and not asked."""

import threading
import time
from collections.abc import Collection
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
        self._made_at = float("-inf")
        self._making = threading.Lock()

    def find(self, products: Collection[int], emails: Collection[str]) -> Found:
        """Everyone who has one of these addresses now; `emails` in small letters."""
        given: dict[str, Any] = {"products": list(products), "emails": list(emails)}
        with self._making:
            if self._is_old(products) and time.monotonic() - self._made_at > RESTS:
                self._make()
            is_old = self._is_old(products)
        if is_old:  # somebody new may have an address that others have too
            return _found(self._store.rows(ASK["anybody"], **given))
        wanted = {*emails}
        known = self._store.rows(ASK["known"], {"addresses": "kept.addresses"}, **given)
        return _found([row for row in known if row["email"] in wanted])

    def _is_old(self, products: Collection[int]) -> bool:
        return self._made is None or any(self._made.get(product, 0) != self._told[product] for product in products)

    def _make(self) -> None:
        made = dict(self._told)
        self._store.keep("addresses", ASK["addresses"])
        self._made, self._made_at = made, time.monotonic()


def _found(rows: list[dict[str, Any]]) -> Found:
    return {(row["product"], row["email"], row["id"]) for row in rows}


_of: WeakKeyDictionary[Facts, Addresses] = WeakKeyDictionary()


def addresses(facts: Facts) -> Addresses:
    return _of.setdefault(facts, Addresses(facts))

"""Who there is and how they are shown on a day: made once for all books of that day."""

import itertools
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from accoil.count.facts import Facts
from accoil.count.shown import shown
from accoil.score.remembered import Lately
from accoil.store.questions import beside
from accoil.store.store import Value

ASK = beside(__file__, "people") | {"shown": shown("{told}")}

DAYS_KEPT = 16
LATEST = 1_000_000  # a day after all others


class People:
    """A kept table of users and accounts, made anew when somebody new came, or something new was told of anyone. That
    of `LATEST` tells how everyone is now; another day is that with what has changed since taken back."""

    def __init__(self, facts: Facts, product_id: int, as_of: int, name: str) -> None:
        self._facts, self._product_id, self._as_of, self._name = facts, product_id, as_of, name
        self._made = self._told_made = -1
        self._table = self._told = ""
        self._making = threading.Lock()

    def table(self) -> str:
        with self._making:
            version = self._facts.told[self._product_id]
            if self._made < version:
                self._table = self._make_now() if self._as_of == LATEST else self._make_then()
                self._made = version
            return self._table

    def told(self) -> str:
        """The table with the last row of each trait by that day."""
        with self._making:
            version = self._facts.told[self._product_id]
            if self._told_made < version:
                self._told = self._keep("_told", "told", {}) if self._was_told_later() else "trait_last"
                self._told_made = version
            return self._told

    @property
    def _given(self) -> dict[str, Value]:
        means = self._facts.configured(self._product_id)
        return {
            "product": self._product_id, "as_of": self._as_of, "keys": None,
            "name_trait": means.name, "created_trait": means.created_at, "owner_trait": means.owner,
        }  # fmt: skip

    def _make_now(self) -> str:
        known = self._keep("_known", "known", {})
        return self._keep("", "people", {"told": "trait_last", "known": known, "shown": "shown"})

    def _make_then(self) -> str:
        now = people(self._facts, self._product_id, LATEST)
        later = self._facts.store.rows(ASK["later"], {"people": now}, **self._given)[0]
        if not later["told"] and not later["seen"]:
            return now
        otherwise = self._keep("_otherwise", "told_otherwise", {})
        places = {"people": now, "otherwise": otherwise}
        places["known"] = self._keep("_known", "known_otherwise", places)
        places["told"] = self._keep("_before", "told_before", places)
        places["shown"] = self._keep("_shown", "shown", places)
        places["people_otherwise"] = self._keep("_people", "people", places)
        table = self._keep("", "people_then", places)
        for part in ("_otherwise", "_known", "_before", "_shown", "_people"):
            self._facts.store.drop(f"{self._name}{part}")
        return table

    def _was_told_later(self) -> bool:
        return bool(self._facts.store.rows(ASK["told_later"], **self._given)[0]["yes"])

    def _keep(self, part: str, question: str, places: dict[str, str]) -> str:
        self._facts.store.keep(f"{self._name}{part}", ASK[question], places, **self._given)
        return f"kept.{self._name}{part}"

    def drop(self) -> None:
        for part in ("", "_told", "_known"):
            self._facts.store.drop(f"{self._name}{part}")


_days = Lately(DAYS_KEPT, People.drop)
_numbers = itertools.count(1)


def people(facts: Facts, product_id: int, as_of: int) -> str:
    """The name of the kept table for that day, up to date."""
    return _of(facts, product_id, as_of).table()


def told(facts: Facts, product_id: int, as_of: int) -> str:
    """The name of the table with the last row of each trait by that day."""
    return _of(facts, product_id, as_of).told()


@contextmanager
def told_of(facts: Facts, product_id: int, as_of: int, keys: list[str], name: str) -> Iterator[str]:
    """The same of these traits alone, for a question or two: `name` is its own while it lasts."""
    given: dict[str, Value] = {"product": product_id, "as_of": as_of, "keys": keys}
    if not facts.store.rows(ASK["told_later"], **given)[0]["yes"]:
        yield "trait_last"
        return
    facts.store.keep(name, ASK["told"], **given)
    try:
        yield f"kept.{name}"
    finally:
        facts.store.drop(name)


def _of(facts: Facts, product_id: int, as_of: int) -> People:
    key = (facts, product_id, as_of)
    return _days.get(key, lambda: People(*key, f"people_{next(_numbers)}"))

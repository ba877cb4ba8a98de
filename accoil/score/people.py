"""Who there is and how they are shown on a day: made once for all books of that day."""

import threading
from collections import OrderedDict

from accoil.count.facts import Facts
from accoil.store.questions import beside

ASK = beside(__file__, "people")

DAYS_KEPT = 12


class People:
    """A kept table of users and accounts, made anew when somebody new came, or something new was told of anyone."""

    def __init__(self, facts: Facts, product_id: int, as_of: int, name: str) -> None:
        self._facts, self._product_id, self._as_of, self._name = facts, product_id, as_of, name
        self._told = -1
        self._source = "trait_last"
        self._making = threading.Lock()

    def table(self) -> str:
        self._be_up_to_date()
        return f"kept.{self._name}"

    def told(self) -> str:
        """The table with the last row of each trait by that day."""
        self._be_up_to_date()
        return self._source

    def _be_up_to_date(self) -> None:
        with self._making:
            told = self._facts.told[self._product_id]
            if self._told < told:
                self._make()
                self._told = told

    def _make(self) -> None:
        store, given = self._facts.store, {"product": self._product_id, "as_of": self._as_of}
        self._source = "trait_last"
        if store.rows(ASK["told_later"], **given)[0]["yes"]:
            store.keep(f"{self._name}_told", ASK["told"], **given)
            self._source = f"kept.{self._name}_told"
        store.keep(self._name, ASK["people"], {"told": self._source}, **given)

    def drop(self) -> None:
        for name in (self._name, f"{self._name}_told"):
            self._facts.store.drop(name)


_days: OrderedDict[tuple[Facts, int, int], People] = OrderedDict()
_finding = threading.Lock()
_numbered = 0


def people(facts: Facts, product_id: int, as_of: int) -> str:
    """The name of the kept table for that day, up to date."""
    return _of(facts, product_id, as_of).table()


def told(facts: Facts, product_id: int, as_of: int) -> str:
    """The name of the table with the last row of each trait by that day."""
    return _of(facts, product_id, as_of).told()


def _of(facts: Facts, product_id: int, as_of: int) -> People:
    global _numbered
    key = (facts, product_id, as_of)
    with _finding:
        if key not in _days:
            _numbered += 1
            _days[key] = People(facts, product_id, as_of, f"people_{_numbered}")
        found = _days[key]
        _days.move_to_end(key)
        old = [_days.popitem(last=False)[1] for _ in range(len(_days) - DAYS_KEPT)]
    for unused in old:
        unused.drop()
    return found

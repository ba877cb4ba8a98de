"""On which day everybody had done something so often: over all days, whatever day is asked for, since it stays so.
Kept, and mended from the first day on that a load touched; made from nothing it reads the whole history."""

import itertools
import threading

from accoil.count.facts import Facts
from accoil.rule.conditions import Scope
from accoil.score.remembered import Lately
from accoil.store.questions import beside, filled
from accoil.store.store import Value

ASK = beside(__file__, "reached")

KEPT = 40  # a row for each who did
FEW = 12  # times that are looked for among the first days, which is cheaper than a running sum

Key = tuple[Facts, int, Scope | None, tuple[int, ...], int]


class Reached:
    """Of no scope: of each user for each account."""

    def __init__(self, key: Key, name: str) -> None:
        self._facts, self._product_id, scope, events, self._least = key
        self._name, self._made = name, -1
        self._places = {"who": f"{scope}_id", "reached": f"kept.{name}"}
        self._given: dict[str, Value] = {"product": self._product_id, "events": list(events), "least": self._least}
        if scope is None:
            self._anew, self._mended = "firsts", "firsts_again"
        else:
            self._anew, self._mended = "early" if self._least <= FEW else "running", "again"
        self._making = threading.Lock()

    def table(self) -> str:
        """`id` and `day`; of no scope `user_id`, `account_id`, `day` and `n`."""
        with self._making:
            version = self._facts.version[self._product_id]
            if self._made < 0:
                self._keep(self._anew)
            elif (first := self._facts.first_day_since(self._product_id, self._made)) is not None:
                self._keep(self._mended, first=first)
            self._made = version
        return f"kept.{self._name}"

    def _keep(self, question: str, **more: int) -> None:
        text = filled(ASK[question], at=at(":least", self._least), many=str(self._least))
        self._facts.store.keep(self._name, text, self._places, **self._given, **more)

    def drop(self) -> None:
        self._facts.store.drop(self._name)


_kept = Lately(KEPT, Reached.drop)
_numbers = itertools.count(1)


def reached(facts: Facts, product_id: int, scope: Scope, events: list[int], least: int) -> str:
    """The name of the kept table, up to date: of every user, or account by the events of all its users."""
    return _table((facts, product_id, scope, tuple(sorted(events)), least))


def firsts(facts: Facts, product_id: int, events: list[int], least: int) -> str:
    """The same of the first days on which each user did any of it for each account, as many as may tell when an account
    had done it so often, whoever of its users counts."""
    return _table((facts, product_id, None, tuple(sorted(events)), least))


def _table(key: Key) -> str:
    return _kept.get(key, lambda: Reached(key, f"reached_{next(_numbers)}")).table()


def at(least: str, many: int) -> str:
    """Of the first few days the one on which it had been done so often in all; null where it never was."""
    so_far = [" + ".join(f"times_in(f[{each}])" for each in range(1, place + 1)) for place in range(1, many + 1)]
    return f"case {' '.join(f'when {n} >= {least} then day_in(f[{place}])' for place, n in enumerate(so_far, 1))} end"

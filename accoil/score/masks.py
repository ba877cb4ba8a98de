"""What everybody did in the days of a range, as bits. Most of those days are over: their rows are kept, and only the
last few days are read when somebody asks again."""

import itertools
import threading
from typing import Any

from accoil.count.facts import Facts, facts
from accoil.score.reach import ASK, Whose
from accoil.score.remembered import Lately
from accoil.store.questions import filled
from accoil.store.store import Value

LATELY = 3  # days that events still come for all the time
KEPT = 8  # tables of a row per user or account each

Row = dict[str, Any]


class _Settled:
    """A kept table of the days that are over, made anew when facts of one of them came."""

    def __init__(self, its: Facts, name: str) -> None:
        self._facts, self._name = its, name
        self._version = -1
        self._making = threading.Lock()

    def table(self, whose: Whose, until: int, places: dict[str, str], given: dict[str, Value]) -> str:
        with self._making:
            version = self._facts.version[whose.product_id]
            since = self._facts.first_day_since(whose.product_id, self._version)
            if self._version < 0 or (since is not None and since <= until):
                whose.keep(self._name, ASK["masks"], places, **given)
            self._version = version
        return f"kept.{self._name}"

    def drop(self) -> None:
        self._facts.store.drop(self._name)


_settled = Lately(KEPT, _Settled.drop)
_numbers = itertools.count(1)


def adoption(whose: Whose, bit_of: str, given: dict[str, Any]) -> list[Row]:
    """Rows of the question `adoption`; `given`: before, last, length and the sets."""
    places, first, last = {"bit_of": bit_of}, given["before"] - given["length"] + 1, given["last"]
    lately = last - LATELY + 1
    if not whose.is_everyone or lately <= given["before"]:
        text = filled(ASK["adoption"], masks=ASK["masks"])
        return whose.ask(text, places, since=first, until=last, **given)
    table = _find(whose, given, bit_of).table(whose, lately - 1, places, {**given, "since": first, "until": lately - 1})
    text = filled(filled(ASK["adoption"], masks=ASK["settled_and_lately"]), masks=ASK["masks"])
    return whose.ask(text, {**places, "settled": table}, since=lately, until=last, **given)


def _find(whose: Whose, given: dict[str, Any], bit_of: str) -> _Settled:
    sets = (tuple(given["event_ids"]), tuple(given["positions"]))
    key = (facts(), whose.product_id, whose.kind, given["before"], given["last"], bit_of, sets)
    return _settled.get(key, lambda: _Settled(facts(), f"masks_{next(_numbers)}"))

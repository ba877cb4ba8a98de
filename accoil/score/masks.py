"""What everybody did in the days of a range, as bits. Most of those days are over: their rows are kept, and only the
last few days are read when somebody asks again."""

import itertools
import threading
from collections import OrderedDict
from typing import Any

from accoil.count.facts import Facts, facts
from accoil.score.reach import ASK, Whose
from accoil.store.store import Value

LATELY = 3  # days that events still come for all the time
KEPT = 8  # tables of a row per user or account each

Row = dict[str, Any]


class _Settled:
    """A kept table of the days that are over, made anew when facts of one of them came."""

    def __init__(self, its: Facts, name: str) -> None:
        self.facts, self.name = its, name
        self._version = -1
        self._making = threading.Lock()

    def table(self, whose: Whose, until: int, places: dict[str, str], given: dict[str, Value]) -> str:
        with self._making:
            version = self.facts.version[whose.product_id]
            since = self.facts.first_day_since(whose.product_id, self._version)
            if self._version < 0 or (since is not None and since <= until):
                whose.keep(self.name, ASK["masks"], places, **given)
            self._version = version
        return f"kept.{self.name}"


_settled: OrderedDict[tuple[Any, ...], _Settled] = OrderedDict()
_finding = threading.Lock()
_numbers = itertools.count(1)


def adoption(whose: Whose, bit_of: str, given: dict[str, Any]) -> list[Row]:
    """Rows of the question `adoption`; `given`: before, last, length and the sets."""
    places, first, last = {"bit_of": bit_of}, given["before"] - given["length"] + 1, given["last"]
    lately = last - LATELY + 1
    if not whose.is_everyone or lately <= given["before"]:
        text = ASK["adoption"].replace("<masks>", ASK["masks"])
        return whose.ask(text, places, since=first, until=last, **given)
    table = _find(whose, given, bit_of).table(whose, lately - 1, places, {**given, "since": first, "until": lately - 1})
    text = ASK["adoption"].replace("<masks>", ASK["settled_and_lately"]).replace("<masks>", ASK["masks"])
    return whose.ask(text, {**places, "settled": table}, since=lately, until=last, **given)


def _find(whose: Whose, given: dict[str, Any], bit_of: str) -> _Settled:
    sets = (tuple(given["event_ids"]), tuple(given["positions"]))
    key = (facts(), whose.product_id, whose.kind, given["before"], given["last"], bit_of, sets)
    with _finding:
        if key not in _settled:
            _settled[key] = _Settled(facts(), f"masks_{next(_numbers)}")
        _settled.move_to_end(key)
        old = [_settled.popitem(last=False)[1] for _ in range(len(_settled) - KEPT)]
        found = _settled[key]
    for unused in old:
        unused.facts.store.drop(unused.name)
    return found

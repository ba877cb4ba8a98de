"""How many did something in the days up to a day, for many days at once. Days that new facts can't have changed are
remembered where everyone counts; who counts under a filter depends on the day that is asked for."""

import threading
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import msgspec

from accoil.count import ids
from accoil.count.facts import facts
from accoil.count.ids import Kind
from accoil.score.definition import Definition
from accoil.score.population import population
from accoil.score.remembered import Days, Lately
from accoil.store.questions import beside, filled
from accoil.store.store import Places, Value

ASK = beside(__file__, "views")

DAYS_AT_ONCE = 31  # with the longest window no more than the wider bit sets hold
NARROW = 62
REMEMBERED = 1000  # sets of events, each a number a day

ByDay = dict[int, int]


class Whose(msgspec.Struct, frozen=True):
    """Whose rows of the counts count: users or accounts of a definition's population as of a day, perhaps only some."""

    product_id: int
    definition: Definition
    kind: Kind
    as_of: int
    only: frozenset[int] | None = None

    @property
    def is_everyone(self) -> bool:
        return self.only is None and self.definition.counts_everyone

    def ask(self, question: str, places: Places = None, /, **given: Value) -> list[dict[str, Any]]:
        """The question with its <counts>."""
        return facts().store.rows(*self._whole(question, places), **self._given(given))

    def keep(self, name: str, question: str, places: Places = None, /, **given: Value) -> None:
        facts().store.keep(name, *self._whole(question, places), **self._given(given))

    def _whole(self, question: str, places: Places) -> tuple[str, dict[str, str]]:
        more = {"who": f"{self.kind}_id"}
        if not self.definition.counts_everyone:
            more["population"] = population(facts(), self.product_id, self.definition, self.as_of)
        return filled(question, counts=" and ".join(self._conditions()) or "true"), {**(places or {}), **more}

    def _given(self, given: dict[str, Value]) -> dict[str, Value]:
        names = self.definition.exclude.accounts
        hidden: Value = [ids.id_of(self.product_id, ids.ACCOUNT, name) for name in names]
        return {**given, "hidden": hidden, "only": sorted(self.only or ()), "product": self.product_id}

    def _conditions(self) -> Iterator[str]:
        if self.kind == "account":
            yield "c.account_id <> 0"
            if self.definition.exclude.accounts:
                yield "c.account_id not in (select unnest(:hidden))"
        if not self.definition.counts_everyone:
            yield "c.user_id in (select id from {population})"
        if self.only is not None:
            yield "c.{who} in (select unnest(:only))"


def positions(product_id: int, sets: Iterable[Sequence[str]]) -> dict[str, Value]:
    """event_ids, positions, all_positions: the events of each set, known by its place."""
    pairs = [(ids.id_of(product_id, ids.EVENT, event), place) for place, events in enumerate(sets) for event in events]
    return {
        "event_ids": [event for event, _ in pairs],
        "positions": [place for _, place in pairs],
        "all_positions": sorted({place for _, place in pairs}),
    }


def reached(whose: Whose, sets: Sequence[Sequence[str]], win: int, first: int, last: int) -> list[ByDay]:
    """For each set and day how many did any of its events in the `win` days up to that day; without days of nobody."""
    return _asked("days", whose, sets, win, first, last)


def times(whose: Whose, sets: Sequence[Sequence[str]], first: int, last: int) -> list[ByDay]:
    """For each set and day how often its events happened."""
    return _asked("times_of_days", whose, sets, 1, first, last)


def active(whose: Whose, first: int, last: int) -> ByDay:
    """How many did a scored event in the window up to each day."""
    return reached(whose, [sorted(whose.definition.events)], whose.definition.window, first, last)[0]


_remembered = Lately[Days[int]](REMEMBERED)
_asking: dict[int, threading.Lock] = defaultdict(threading.Lock)  # product → while its days are looked for


def _asked(question: str, whose: Whose, sets: Sequence[Sequence[str]], win: int, first: int, last: int) -> list[ByDay]:
    if not whose.is_everyone:
        return _ask(question, whose, sets, win, first, last)
    with _asking[whose.product_id]:
        kept = [_kept(question, whose, events, win) for events in sets]
        missing = [day for day in range(first, last + 1) if any(day not in each for each in kept)]
        if missing:
            found = _ask(question, whose, sets, win, missing[0], missing[-1])
            for each, of_set in zip(kept, found, strict=True):
                each |= {day: of_set.get(day, 0) for day in range(missing[0], missing[-1] + 1)}
        return [{day: each[day] for day in range(first, last + 1) if each[day]} for each in kept]


def _kept(question: str, whose: Whose, events: Sequence[str], win: int) -> ByDay:
    key = (facts(), question, whose.product_id, whose.kind, frozenset(events), win)
    return _remembered.get(key, lambda: Days(facts(), whose.product_id)).found()


def _ask(question: str, whose: Whose, sets: Sequence[Sequence[str]], win: int, first: int, last: int) -> list[ByDay]:
    found: list[ByDay] = [{} for _ in sets]
    places = {"bit_of": "bit_of" if DAYS_AT_ONCE + win <= NARROW else "wide_bit_of"}
    given = positions(whose.product_id, sets)
    asked = filled(ASK[question], reach=_spread(win))
    for start in range(first, last + 1, DAYS_AT_ONCE):
        end = min(start + DAYS_AT_ONCE - 1, last)
        offsets = list(range(end - start + 1))
        for row in whose.ask(asked, places, first=start, last=end, win=win, offsets=offsets, **given):
            found[row["position"]][row["day"]] = row["n"]
    return found


def _spread(win: int) -> str:
    """Each bit of `days` in the `win` places up to its own: by as many shifts as doubling takes."""
    text, reach = "done", 1
    while reach < win:
        step = min(reach, win - reach)
        text = f"(select position, bits_of_either(days, moved_down(days, {step})) as days from {text})"  # noqa: S608  our own numbers
        reach += step
    return f"select position, days from {text}"  # noqa: S608

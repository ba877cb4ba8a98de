"""How often everybody did each event, kept: what points become under other weights is told from it."""

import itertools
from collections.abc import Iterable

import msgspec

from accoil.count import days, ids
from accoil.score import capped
from accoil.score.book import Book
from accoil.store.questions import beside
from accoil.store.store import Value

ASK = beside(__file__, "drafted")

_numbered = itertools.count(1)


class Sums:
    """Of the events of one book, over its two windows: of some events while the facts are those of the book, else of
    all of them at once, so that they fit each other."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self._facts = book._facts
        self._of: dict[str, str] = {}  # event → a kept table with its sums, of the same facts as the book
        self.of_all = ""  # a kept table of later facts
        self.version = -1  # how often facts had changed by then

    def find(self, events: Iterable[str]) -> bool:
        """Makes what is missing. Whether that could be of the same facts as the book."""
        missing = [event for event in events if event not in self._of]
        if missing:
            table = self._keep(missing)
            if self._book.version < self._facts.version[self._book.product_id]:
                self._facts.store.drop(table)
                return False
            self._of |= dict.fromkeys(missing, table)
        return True

    def find_all(self) -> None:
        """With the facts of now."""
        version = self._facts.version[self._book.product_id]
        self.of_all, self.version = self._keep(list(self._book.definition.events)), version

    def tables(self, events: Iterable[str]) -> list[str]:
        """Those that hold these events, and perhaps others."""
        return list(dict.fromkeys(self._of[event] for event in events))

    def forget(self) -> None:
        for table in {self.of_all, *self._of.values()} - {""}:
            self._facts.store.drop(table)
        self.of_all, self._of = "", {}

    def _keep(self, events: list[str]) -> str:
        book, store, day = self._book, self._facts.store, days.number(self._book.as_of)
        name = f"sums_{next(_numbered)}"
        first = day - 2 * book.definition.window + 1
        of_these = msgspec.structs.replace(book.definition, events=dict.fromkeys(events, 1))
        question = capped.made_of(ASK["sums"], of_these)
        given = {**book._given, "events": ids_of(book.product_id, events), "cap": of_these.daily_cap}
        try:
            places = capped.keep_above(store, f"{name}_above", book.product_id, of_these, first, day)
            store.keep(name, question, places, **given)
            store.drop(f"{name}_above")
        except BaseException:
            store.drop_all(name)
            raise
        return name


def ids_of(product_id: int, events: Iterable[str]) -> Value:
    return [ids.id_of(product_id, ids.EVENT, name) for name in events]

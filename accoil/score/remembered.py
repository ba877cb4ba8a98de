"""What is remembered from one question to the next: the last so many things, and what was found out of days."""

import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import contextmanager
from typing import Generic, TypeVar

from accoil.count.facts import Facts

Kept = TypeVar("Kept")
STILL_ASKED = 10.0  # seconds: whoever got a thing for a question or two is through with it by then

_in_use: dict[object, float] = {}  # when each of those that are at work began


@contextmanager
def in_use() -> Iterator[None]:
    """For what asks many questions: nothing that is got meanwhile is let go of before this ends."""
    work = object()
    _in_use[work] = time.monotonic()
    try:
        yield
    finally:
        del _in_use[work]


class Lately(Generic[Kept]):
    """At most so many things, each under its key. The one that nobody asked for the longest is let go of first, a while
    after the others took its place: somebody may be asking it still."""

    def __init__(self, most: int, let_go: Callable[[Kept], None] = lambda unused: None) -> None:
        self._most, self._let_go = most, let_go
        self._kept: OrderedDict[Hashable, Kept] = OrderedDict()
        self._old: deque[tuple[float, Kept]] = deque()
        self._finding = threading.Lock()

    def at_hand(self, key: Hashable) -> Kept | None:
        """What is kept under the key, if anything is; it is not asked for by that."""
        return self._kept.get(key)

    def get(self, key: Hashable, make: Callable[[], Kept]) -> Kept:
        """What is kept under the key, else what `make` makes; whoever else asks meanwhile waits for it."""
        with self._finding:
            if key not in self._kept:
                self._kept[key] = make()
            found = self._kept[key]
            self._kept.move_to_end(key)
            now = time.monotonic()
            while len(self._kept) > self._most:
                self._old.append((now, self._kept.popitem(last=False)[1]))
            unused, began = [], min(list(_in_use.values()), default=now + 1)
            while self._old and self._old[0][0] <= now - STILL_ASKED and self._old[0][0] < began:
                unused.append(self._old.popleft()[1])
        for each in unused:
            self._let_go(each)
        return found


class Days(Generic[Kept]):
    """What was found out of a product's days. Those that new facts can have changed are forgotten."""

    def __init__(self, facts: Facts, product_id: int) -> None:
        self._facts, self._product_id = facts, product_id
        self._version = facts.version[product_id]
        self._found: dict[int, Kept] = {}

    def at_hand(self, days: Sequence[int]) -> list[Kept] | None:
        """What is known of each of these days, in their order; None unless all are. Changes nothing, so that it may be
        asked while others find out more."""
        since, found = self._facts.first_day_since(self._product_id, self._version), self._found
        if all(day in found and (since is None or day < since) for day in days):
            return [found[day] for day in days]
        return None

    def found(self) -> dict[int, Kept]:
        """By day; what is found out next is put in here."""
        version = self._facts.version[self._product_id]
        since = self._facts.first_day_since(self._product_id, self._version)
        if since is not None:
            self._found = {day: kept for day, kept in self._found.items() if day < since}
        self._version = version
        return self._found

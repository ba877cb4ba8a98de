"""Books for people who do not wait: as last made, while a newer one is being made."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, date, datetime
from functools import partial

import msgspec

from accoil.count.facts import Facts, facts
from accoil.score.book import Book, open_book
from accoil.score.definition import Definition

RECENT = 5.0  # seconds: a newer book is not waited for while the one before is younger
NEW = 2.0  # seconds: nor is one made, unless somebody is missing in it: that takes what the answers need
SETTLES, LOOKS_EVERY = 1.5, 0.1  # seconds
MAKERS = 2
KEPT = 200

Key = tuple[Facts, int, str, date]


class Kept(msgspec.Struct, frozen=True):
    """The book as it was last made, if it ever was. `newer`, where there are newer facts: has a book made of them, if
    nobody does so yet, and gives what it will come out of."""

    book: Book | None
    newer: Callable[[], Future[Book]] | None = None
    is_recent: bool = True


class Books:
    """Safe to be asked by several threads."""

    def __init__(self) -> None:
        self._known: dict[Key, Book] = {}
        self._made: dict[Key, float] = {}  # when we last made it ourselves; others do too
        self._making: dict[Key, Future[Book]] = {}
        self._lock = threading.Lock()
        self._makers = ThreadPoolExecutor(MAKERS, "inbox-book")

    def at_once(self, product_id: int, definition: Definition, day: date) -> Kept:
        key = (facts(), product_id, definition.digest(), day)
        with self._lock:
            book = self._known.get(key)
            made = self._made.get(key, float("-inf"))
        if book is not None and book.version == facts().version[product_id]:
            return Kept(book)
        newer = partial(self._coming, key, definition)
        if book is None:
            return Kept(None, newer, is_recent=False)
        age = min((datetime.now(UTC) - book.computed_at).total_seconds(), time.monotonic() - made)
        if age > NEW:
            newer()
        return Kept(book, newer, is_recent=age < RECENT)

    def forget(self, book: Book) -> None:
        """Its tables are gone: others were asked for meanwhile."""
        with self._lock:
            self._known = {key: each for key, each in self._known.items() if each is not book}

    def close(self) -> None:
        self._makers.shutdown(wait=True, cancel_futures=True)

    def _coming(self, key: Key, definition: Definition) -> Future[Book]:
        with self._lock:
            if key not in self._making:
                self._making[key] = self._makers.submit(self._make, key, definition)
            return self._making[key]

    def _make(self, key: Key, definition: Definition) -> Book:
        _, product_id, _, day = key
        wanted, until = facts().version[product_id], time.monotonic() + SETTLES
        book: Book | None = None
        try:
            book = open_book(product_id, definition, day)
            while book.version < wanted and time.monotonic() < until:
                time.sleep(LOOKS_EVERY)  # a book is made anew at most once a second, and somebody just did
                book = open_book(product_id, definition, day)
            return book
        finally:
            with self._lock:
                self._making.pop(key, None)
                if len(self._known) >= KEPT:
                    self._known.clear()  # yesterday's, and of definitions that are no longer in force
                    self._made.clear()
                if book is not None:
                    self._known[key], self._made[key] = book, time.monotonic()

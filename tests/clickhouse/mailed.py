"""A receiver, a mailbox and the process that counts, worked by hand."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from accoil.count.taking import Taking
from accoil.receive.calls import EVENT, Call
from accoil.receive.journal import Journal
from accoil.receive.opening import connected
from accoil.receive.posting import Posting
from tests.clickhouse import served

if not served.MISSING:
    from accoil.store.mailbox import Mailbox


_numbers = itertools.count(1)


def call(id: object) -> Call:
    return Call(type="track", messageId=str(id), userId="u", event="E", kind=EVENT, at=1)


def held(path: Path) -> list[str]:
    """Message ids that are in a journal, in order."""
    with closing(Journal(path).db):
        return [id for block in Journal(path).blocks(0) for id in block.facts["message"].to_pylist()]


class Dying:
    """A mailbox whose every question may be the last one that its process asks: number `at`, before or after it."""

    def __init__(self, mailbox: Mailbox, at: int = -1, is_after: bool = False) -> None:
        self._mailbox, self._at, self._is_after, self.asked = mailbox, at, is_after, 0

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def ask(*given: Any) -> Any:
            self.asked += 1
            if self.asked == self._at and not self._is_after:
                raise ConnectionError("killed before")
            answer = getattr(self._mailbox, name)(*given)
            if self.asked == self._at:
                raise ConnectionError("killed after")
            return answer

        return ask


class Way:
    """A receiver, a mailbox and the process that counts, worked by hand."""

    def __init__(self, folder: Path) -> None:
        self.url = f"{served.url()}/store_mail_{next(_numbers)}"
        self.mailbox = Mailbox([self.url])
        self.here, self.there = folder / "here" / "journal.sqlite3", folder / "there" / "journal.sqlite3"
        for each in (self.here, self.there):
            each.parent.mkdir()

    def receive(self, *ids: object) -> None:
        """Each in a block of its own."""
        journal = Journal(self.here)
        Posting(journal, self.mailbox)
        for id in ids:
            journal.write(1, 0, [call(id)])
        journal.db.close()

    def post(self, mailbox: Any = None) -> Posting:
        journal = Journal(self.here)
        with closing(journal.db), closing(connected(self.here)) as db:
            posting = Posting(journal, mailbox or self.mailbox)
            while posting.step(db):
                pass
            return posting

    def take(self, mailbox: Any = None) -> None:
        journal = Journal(self.there)
        journal.start()
        try:
            Taking(journal, mailbox or self.mailbox).step()
        finally:
            journal.stop()


@pytest.fixture
def way(tmp_path: Path) -> Iterator[Way]:
    way = Way(tmp_path)
    yield way
    way.mailbox.close()


def held_of(journal: Journal) -> int:
    return sum(len(block.facts) for block in journal.blocks(0))

"""Puts an invented book into a data folder of its own: `python -m accoil.bench.book FOLDER USERS DAYS`.

Users, accounts, traits and memberships go through the real loader, as messages; counts, of which there are too many
for that, are handed to the loader's own questions. So the tables hold what they would after a year of events."""

import itertools
import shutil
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from accoil import environment
from accoil.bench.invented import DAILY_ROWS, PRODUCT, Book, Size
from accoil.count import days
from accoil.count.facts import Facts
from accoil.count.load import Loader
from accoil.count.telling import ASK
from accoil.receive.calls import EVENT, GROUP, IDENTIFY
from accoil.receive.encoding import SCHEMA
from accoil.receive.journal import Block, Journal
from accoil.store.duckdb import DuckDB
from accoil.store.questions import beside
from accoil.store.store import MEMORY

ROWS_AT_ONCE = 2_000_000  # of counts
MERGE_AFTER = 5_000_000  # rows appended, and three times what there is: merging is what a large book costs most
MESSAGES_AT_ONCE = 100_000
STORE = "facts-1.duckdb"

ANEW = beside(__file__, "book")

Pairs = list[tuple[str, str]]

_numbers = itertools.count()


def build(folder: Path, size: Size) -> None:
    """All or nothing: a folder under this name is whole. It holds what a server's data folder holds."""
    partial = folder.with_name(folder.name + ".partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    store = DuckDB(partial / STORE, environment.text("ACCOIL_STORE_MEMORY", MEMORY))
    journal = Journal(partial / "journal.sqlite3")  # stays empty; a loader wants to know one
    loader = Loader(Facts(store), journal, lambda: {PRODUCT: "UTC"})
    fill(loader, Book(size))
    with store.loading() as loading:
        loading.tell(ANEW["forget_messages"])  # as if sealed: nobody sends them again
        loading.tell(ASK["loaded"], block=0)  # what a server's journal will hold comes after it
    journal.stop()
    store.close()
    partial.rename(folder)


def fill(loader: Loader, book: Book) -> None:
    users = np.arange(book.size.users)
    _load(loader, _identify_calls(book, users, book.joined))
    _load(loader, _identify_calls(book, users, _later(book)))
    _load(loader, _group_calls(book))
    _load(loader, _cancelled(book))
    _load(loader, _events(book))
    at_once = max(1, int(ROWS_AT_ONCE / (book.size.users * DAILY_ROWS)))
    appended = merged = 0
    for counts in book.chunks(at_once):
        with loader.store.loading() as loading:
            loading.hand_in("fresh_count", counts)
            loading.tell(ASK["counts"])
            loading.tell(ASK["ever"])
        appended += len(counts)  # at most so many of `ever`
        if appended > max(MERGE_AFTER, 3 * merged):
            loader.merging.merge("ever")
            appended, merged = 0, loader.merging.sizes()["ever"]
    for name in ("name", "trait", "ever"):
        loader.merging.merge(name)


def _load(loader: Loader, tables: Iterator[pa.Table]) -> None:
    for table in tables:
        loader.load([Block(loader.loaded + 1, table)])


def _later(book: Book) -> Any:
    return np.maximum(book.joined + 1, (book.joined + book.last) // 2)


def _identify_calls(book: Book, users: Any, day: Any) -> Iterator[pa.Table]:
    """Everybody is told of, with name, e-mail and role."""
    for some in _parts(users):
        names = [book.users.names[user] for user in some]
        traits: list[Pairs] = [
            [("email", f'"{name}@example.com"'), ("name", f'"Person {name}"'), ("role", '"editor"')] for name in names
        ]
        yield _messages(IDENTIFY, day[some], user=names, traits=traits)


def _group_calls(book: Book) -> Iterator[pa.Table]:
    """Everybody joins an account on the day they come; some move once."""
    moved = np.flatnonzero(book.moves <= book.last)
    users = np.concatenate((np.arange(book.size.users), moved))
    day = np.concatenate((book.joined, book.moves[moved]))
    home = np.concatenate((book.home, (book.home[moved] + 1) % book.size.accounts))
    for some in _parts(np.arange(len(users))):
        accounts = [book.accounts.names[account] for account in home[some]]
        yield _messages(
            GROUP, day[some], user=[book.users.names[user] for user in users[some]], account=accounts,
            traits=[_account_traits(name, place) for name, place in zip(accounts, home[some], strict=True)],
        )  # fmt: skip


def _account_traits(name: str, place: int) -> Pairs:
    return [
        ("mrr", str(9900 + int(place))), ("name", f'"Company {name}"'),
        ("plan", '"pro"' if place % 3 else '"enterprise"'), ("status", '"Paid"' if place % 4 else '"Trial"'),
    ]  # fmt: skip


def _cancelled(book: Book) -> Iterator[pa.Table]:
    """Some accounts stop paying."""
    left = np.flatnonzero(book.cancels <= book.last)
    accounts = [book.accounts.names[account] for account in left]
    yield _messages(GROUP, book.cancels[left], account=accounts, traits=[[("status", '"Cancelled"')]] * len(left))


def _events(book: Book) -> Iterator[pa.Table]:
    """One message of each event on the first day, so that its name is known."""
    events = book.events.names
    yield _messages(EVENT, np.full(len(events), book.first), user=[book.users.names[0]] * len(events), event=events)


def _parts(places: Any) -> Iterator[Any]:
    for start in range(0, len(places), MESSAGES_AT_ONCE):
        yield places[start : start + MESSAGES_AT_ONCE]


def _messages(kind: int, day: Any, **columns: Sequence[Any]) -> pa.Table:
    """As in a journal block, one per day given."""
    number = len(day)
    sent_at = day * days.DAY
    given: dict[str, Any] = {
        "product": [PRODUCT] * number, "kind": [kind] * number, "sent_at": sent_at, "received": sent_at,
        "message": [f"message-{next(_numbers)}" for _ in range(number)], **columns,
    }  # fmt: skip
    nothing = [None] * number
    return pa.table([pa.array(given.get(field.name, nothing), field.type) for field in SCHEMA], schema=SCHEMA)


if __name__ == "__main__":
    build(Path(sys.argv[1]), Size(int(sys.argv[2]), int(sys.argv[3])))

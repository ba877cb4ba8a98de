"""Puts an invented book into a store of its own: `python -m accoil.bench.book PATH USERS DAYS`.

Users, accounts, traits and memberships go through the real loader, as messages; counts, of which there are too many
for that, are handed to the loader's own questions. So the tables hold what they would after a year of events."""

import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from accoil.bench.invented import PRODUCT, Book, Size
from accoil.count import days
from accoil.count.facts import Facts
from accoil.count.load import Loader
from accoil.count.telling import ASK
from accoil.receive.calls import EVENT, GROUP, IDENTIFY
from accoil.receive.journal import SCHEMA, Block, Journal
from accoil.store.duckdb import DuckDB

DAYS_AT_ONCE = 20
MESSAGES_AT_ONCE = 100_000

Pairs = list[tuple[str, str]]


def build(path: Path, size: Size) -> None:
    """All or nothing: a file under this name is whole."""
    partial = path.with_suffix(".partial")
    partial.unlink(missing_ok=True)
    store = DuckDB(partial)
    with tempfile.TemporaryDirectory() as folder:
        journal = Journal(Path(folder) / "journal.sqlite3")  # stays empty; a loader wants to know one
        fill(Loader(Facts(store), journal, lambda: {PRODUCT: "UTC"}), Book(size))
        journal.stop()
    store.close()
    partial.rename(path)


def fill(loader: Loader, book: Book) -> None:
    calls = (_identify_calls(book, book.joined), _identify_calls(book, _later(book)), _group_calls(book), _events(book))
    for messages in calls:
        for part in messages.to_batches(MESSAGES_AT_ONCE):
            loader.load([Block(loader.loaded + 1, pa.Table.from_batches([part]))])
    for counts in book.chunks(DAYS_AT_ONCE):
        with loader.store.loading() as loading:
            loading.hand_in("fresh_count", counts)
            loading.tell(ASK["counts"])
            loading.tell(ASK["ever"])
    for name in ("name", "trait", "ever"):
        loader.merge(name)


def _later(book: Book) -> Any:
    return np.maximum(book.joined + 1, (book.joined + book.last) // 2)


def _identify_calls(book: Book, day: Any) -> pa.Table:
    """Everybody is told of, with name, e-mail and role."""
    names = book.users.names
    traits: Iterator[Pairs] = (
        [("email", f'"{name}@example.com"'), ("name", f'"Person {name}"'), ("role", '"editor"')] for name in names
    )
    return _messages(IDENTIFY, day, user=names, traits=list(traits))


def _group_calls(book: Book) -> pa.Table:
    """Everybody joins an account on the day they come; some move once."""
    moved = np.flatnonzero(book.moves <= book.last)
    users = np.concatenate((np.arange(book.size.users), moved))
    day = np.concatenate((book.joined, book.moves[moved]))
    home = np.concatenate((book.home, (book.home[moved] + 1) % book.size.accounts))
    accounts = [book.accounts.names[account] for account in home]
    return _messages(
        GROUP, day, user=[book.users.names[user] for user in users], account=accounts,
        traits=[_account_traits(name, place) for name, place in zip(accounts, home, strict=True)],
    )  # fmt: skip


def _account_traits(name: str, place: int) -> Pairs:
    return [
        ("mrr", str(9900 + int(place))), ("name", f'"Company {name}"'),
        ("plan", '"pro"' if place % 3 else '"enterprise"'), ("status", '"Paid"' if place % 4 else '"Trial"'),
    ]  # fmt: skip


def _events(book: Book) -> pa.Table:
    """One message of each event on the first day, so that its name is known."""
    events = book.events.names
    return _messages(EVENT, np.full(len(events), book.first), user=[book.users.names[0]] * len(events), event=events)


def _messages(kind: int, day: Any, **columns: Sequence[Any]) -> pa.Table:
    """As in a journal block, one per day given."""
    number = len(day)
    sent_at = day * days.DAY
    given: dict[str, Any] = {
        "product": [PRODUCT] * number, "kind": [kind] * number, "sent_at": sent_at, "received": sent_at,
        "message": [f"{kind}-{at}-{place}" for place, at in enumerate(day)], **columns,
    }  # fmt: skip
    nothing = [None] * number
    return pa.table([pa.array(given.get(field.name, nothing), field.type) for field in SCHEMA], schema=SCHEMA)


if __name__ == "__main__":
    build(Path(sys.argv[1]), Size(int(sys.argv[2]), int(sys.argv[3])))

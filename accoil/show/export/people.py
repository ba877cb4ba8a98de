"""The columns that lists of accounts and users have as files, and what they are called on the pages' lists."""

from collections.abc import Iterator, Sequence
from typing import Any

import pyarrow as pa
from msgspec import json

from accoil.count.ids import Kind
from accoil.count.people import traits_of
from accoil.score.book import Book
from accoil.show.export import Table, chosen

TRAIT = "trait_{}"  # what the column of a trait is called

COLUMNS: dict[Kind, list[str]] = {
    "account": [
        "tracking_id", "name", "score", "change", "raw", "total_score", "active_users", "total_users",
        "active_percent", "activation", "activated_on", "adoption", "lifetime_adoption", "frequency", "last_active",
        "last_seen", "mrr", "plan", "status", "tenure", "created_on", "score_yesterday", "score_last_period",
        "recently_scored_events", "overall_scored_events", "id",
    ],
    "user": [
        "tracking_id", "name", "email", "role", "account_name", "score", "change", "raw", "activation",
        "activated_on", "frequency", "adoption", "lifetime_adoption", "last_active", "last_seen", "tenure",
        "created_on", "score_yesterday", "score_last_period", "recently_scored_events", "overall_scored_events", "id",
        "account_id",
    ],
}  # fmt: skip


def table(
    book: Book, kind: Kind, columns: list[str], name: str = "", traits: Sequence[str] = (), **wanted: Any
) -> Table:
    """A list of the book as columns, then a column for each of these traits; `wanted` is as for `Book.stream`."""
    batches: Iterator[pa.RecordBatch] = book.stream(kind, **wanted)
    if traits:
        batches = (_with_traits(batch, book, kind, traits) for batch in batches)
    named = [*columns, *(TRAIT.format(key) for key in traits)]
    return Table(f"{name or kind + 's'}-{book.as_of}", chosen(batches, named))


def _with_traits(batch: pa.RecordBatch, book: Book, kind: Kind, keys: Sequence[str]) -> pa.RecordBatch:
    """Texts as they were sent, anything else as JSON writes it."""
    ids = batch.column("id").to_pylist()
    told = traits_of(book.product_id, kind, ids, book.as_of)
    for key in keys:
        values = [told.get(id, {}).get(key) for id in ids]
        texts = [each if each is None or isinstance(each, str) else json.encode(each).decode() for each in values]
        batch = batch.append_column(TRAIT.format(key), pa.array(texts, pa.string()))
    return batch

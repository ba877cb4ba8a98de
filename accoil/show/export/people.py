"""The columns that lists of accounts and users have as files, and what they are called on the pages' lists."""

from collections.abc import Iterator
from typing import Any

import pyarrow as pa

from accoil.count.ids import Kind
from accoil.score.book import Book
from accoil.show.export import Table, chosen

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


def table(book: Book, kind: Kind, columns: list[str], name: str = "", **wanted: Any) -> Table:
    """A list of the book as columns; `wanted` is as for `Book.stream`."""
    batches: Iterator[pa.RecordBatch] = book.stream(kind, **wanted)
    return Table(f"{name or kind + 's'}-{book.as_of}", chosen(batches, columns))

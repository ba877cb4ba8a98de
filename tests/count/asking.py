"""Everything a store can be asked, so that two of them can be compared."""

from __future__ import annotations

from datetime import date
from typing import Any

from accoil.count import counts, people
from accoil.count.facts import Facts, open_facts
from accoil.count.load import checksums
from accoil.score.book import open_book
from accoil.score.definition import Definition

# The value of each trait at the end of each day on which it was told.
TRAITS = """
select kind, id, key, day, arg_max(value, (sent_at, value <> 'null', value)) as value
from trait where product = :product group by all order by all
"""
EVERYONE = 10_000  # more than any store here holds


def everything(facts: Facts, product: int, definition: Definition, *days: date) -> dict[str, Any]:
    """Checksums, exact counts, what is known of people, and the books of some days."""
    open_facts(facts)
    told: dict[str, Any] = {
        "checksums": [row for row in checksums(facts.store) if row["product"] == product],
        "counts": counts.counts(product, limit=EVERYONE),
        "health": people.health(product),
        "events": people.known_events(product, days[0]),
        "traits": facts.store.rows(TRAITS, product=product),
    }
    for day in days:
        book = open_book(product, definition, day)
        users, accounts = book.page("user", limit=EVERYONE).rows, book.page("account", limit=EVERYONE).rows
        # An average's last bit depends on the order the engine adds in.
        summary = {name: round(part, 9) if isinstance(part, float) else part for name, part in book.summary().items()}
        told[f"book of {day}"] = (book.benchmark, summary, _by_id(users), _by_id(accounts))
    return told


def _by_id(rows: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {row["tracking_id"]: row for row in rows}

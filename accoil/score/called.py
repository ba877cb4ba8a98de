"""Whom of a book somebody means who types a part of a name, an e-mail address or an id."""

from typing import Any

from accoil.count.ids import Kind
from accoil.score.book import Book
from accoil.store.questions import beside

ASK = beside(__file__, "called")


def called(book: Book, kind: Kind, text: str, most: int) -> list[dict[str, Any]]:
    """`id`, `name`, `score`, of users also `email` and `account_name`; the likeliest first."""
    return book.rows(ASK[kind], {}, text=text, most=most)

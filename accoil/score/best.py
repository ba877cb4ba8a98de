"""Who stands first in a book: every list names him, however it is sorted, and in a large book he is looked for long."""

from typing import Any

from accoil.rule.conditions import Scope
from accoil.score.book import BOOKS_KEPT, Book
from accoil.score.remembered import Lately

Rows = list[dict[str, Any]]

_best = Lately[Rows](2 * BOOKS_KEPT)


def best(book: Book, scope: Scope) -> dict[str, Any] | None:
    """The row with the highest score; None where there is nobody. Looked for once in a version of the book."""
    found = _best.get((book, book.version, scope), lambda: book.page(scope, limit=1).rows)
    return dict(found[0]) if found else None

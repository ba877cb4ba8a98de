"""How many of a book moved by many points, counted where they are kept: in a large book there are too many to list."""

import msgspec

from accoil.rule.conditions import Scope
from accoil.score.book import LIST, Book


class Moved(msgspec.Struct, frozen=True):
    """How many rose and fell; of those who fell what they pay (cents a month), and how many pay more than asked for.
    Of users, who pay nothing themselves, that is 0."""

    rose: int
    fell: int
    mrr: float = 0
    dear: int = 0


def moved(book: Book, scope: Scope, least: int, dear: int) -> Moved:
    """By at least so many points within the window."""
    given = {"least": least, "dear": dear}
    return Moved(**book.rows(LIST[f"moved_{scope}"], {}, **given)[0])

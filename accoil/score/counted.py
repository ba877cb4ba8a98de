"""Who counts under a definition on a day, and what makes points: asked alike by histories, summaries and changes."""

from collections.abc import Iterator
from contextlib import contextmanager

import msgspec

from accoil.count.facts import Facts
from accoil.score.definition import Definition

NOBODY = "select cast(0 as bigint) as id limit 0"
NOBODY_EVER = "select cast(0 as bigint) as id, 0 as from_day, 0 as until_day limit 0"


class Counted(msgspec.Struct, frozen=True):
    everyone: bool
    table: str  # of those who do; empty where everyone does


def counted(facts: Facts, product_id: int, definition: Definition, day: int) -> Counted:
    facts.store.keep("nobody", NOBODY)
    return Counted(True, "kept.nobody")


def hidden(product_id: int, definition: Definition) -> list[int]:
    """Accounts that are left out."""
    return []


def places_of_points(definition: Definition) -> dict[str, str]:
    """`kind_of_points`: what sums of points are; `shown`: how those of an account are told."""
    return {"kind_of_points": "bigint", "shown": "whole"}


@contextmanager
def what_makes_points(product_id: int, definition: Definition, first: int, last: int) -> Iterator[str]:
    """The table of what makes points on these days."""
    yield "counts"


def among(facts: Facts, product_id: int, definition: Definition, first: int, last: int) -> Counted:
    """Over many days: the table's rows are `id`, `from_day`, `until_day` (not in it), apart from each other."""
    facts.store.keep("nobody_ever", NOBODY_EVER)
    return Counted(True, "kept.nobody_ever")

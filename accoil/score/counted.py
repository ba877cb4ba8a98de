"""Who counts under a definition, and what makes points: asked alike by histories, summaries and changes. Where
everybody counts nobody is looked up."""

import itertools
from collections.abc import Iterator
from contextlib import contextmanager

import msgspec

from accoil.count.facts import Facts, facts
from accoil.score import capped
from accoil.score.among import among
from accoil.score.definition import Definition
from accoil.score.population import left_out, population
from accoil.score.remembered import Lately
from accoil.store.questions import beside
from accoil.store.store import Value

ASK = beside(__file__, "counted")

STORES = 2  # there is a second while a rebuild takes the place of the first

_numbers = itertools.count(1)
_of_stores = Lately[None](STORES)


class Counted(msgspec.Struct, frozen=True):
    everyone: bool
    table: str  # of those who do; empty where everyone does


def counted(facts: Facts, product_id: int, definition: Definition, day: int) -> Counted:
    """On a day: the table's rows are `id`."""
    if not definition.counts_everyone:
        return Counted(False, population(facts, product_id, definition, day))
    return Counted(True, _nobody(facts))


def counted_among(facts: Facts, product_id: int, definition: Definition, first: int, last: int) -> Counted:
    """On many days: the table's rows are `id`, `from_day`, `until_day` (not in it), apart from each other."""
    if not definition.counts_everyone:
        return Counted(False, among(facts, product_id, definition, first, last))
    return Counted(True, _nobody(facts))


def _nobody(facts: Facts) -> str:
    """Kept once: of two who make one table at the same time the engine refuses one."""
    _of_stores.get(facts, lambda: facts.store.keep("nobody", ASK["nobody"]))
    return "kept.nobody"


def hidden(product_id: int, definition: Definition) -> Value:
    """Ids of accounts that are left out."""
    return left_out(product_id, definition)["accounts"]


def places_of_points(definition: Definition) -> dict[str, str]:
    """`kind_of_points`: what sums of points are; `shown`: how those of an account are told."""
    places = capped.places(definition)
    return {"kind_of_points": places["points"], "shown": places["shown"]}


@contextmanager
def what_makes_points(
    product_id: int, definition: Definition, first: int, last: int, done: str = "counts"
) -> Iterator[str]:
    """The table of what makes points on these days, of all that was done or of what the table `done` holds."""
    store, name = facts().store, f"makes_points_{next(_numbers)}"
    try:
        yield capped.counts(store, name, product_id, definition, first, last, done)
    finally:
        store.drop(name)

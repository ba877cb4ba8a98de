"""Many things, some at a time: statements of a database and calls to tools take only so many."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

Thing = TypeVar("Thing")


def batches(things: Iterable[Thing], size: int) -> Iterator[list[Thing]]:
    rest = iter(things)
    while batch := list(islice(rest, size)):
        yield batch

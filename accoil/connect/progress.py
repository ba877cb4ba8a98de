"""How far a tool is with something that takes minutes before it answers: told on the way, to whoever follows."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

Told = Callable[[int, int], None]  # how much of how much is done

_follower: ContextVar[Told | None] = ContextVar("follower", default=None)


@contextmanager
def followed(told: Told) -> Iterator[None]:
    """Within the block, of this thread."""
    before = _follower.set(told)
    try:
        yield
    finally:
        _follower.reset(before)


def so_far(done: int, of: int) -> None:
    """Nothing where nobody follows."""
    if told := _follower.get():
        told(done, of)

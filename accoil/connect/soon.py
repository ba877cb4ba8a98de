"""What a page asks of a tool is answered soon, or not now: pages have few threads, and everybody else needs them."""

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from accoil.connect import breaker
from accoil.connect.connection import TryLater
from accoil.connect.given import given
from accoil.connect.models import Connection

SECONDS = 5.0  # in all, with every try, every wait and every name that is looked up
AT_ONCE = 2  # pages that may wait for tools; the others have the remaining threads to themselves
OF_A_TEAM = 1  # of these: no team takes them all

_asking: Counter[int] = Counter()  # by team
_counting = threading.Lock()


@contextmanager
def soon(team: int, connection: Connection | None = None) -> Iterator[None]:
    """Whatever is asked within the block is over within `SECONDS`. Raises TryLater, at once where the connection is
    left alone for a while, where the limits have no room, and where as many as may are asking already."""
    if connection:
        check_not_left_alone(connection)
    with _place(team), given(SECONDS, waits=False):
        yield


def check_not_left_alone(connection: Connection) -> None:
    """Raises TryLater."""
    if breaker.is_open(connection):
        raise TryLater("It failed again and again, so it is left alone for a while; its page says why.")


@contextmanager
def _place(team: int) -> Iterator[None]:
    with _counting:
        if _asking[team] >= OF_A_TEAM:
            raise TryLater("It is being asked for somebody else of your team just now.")
        if _asking.total() >= AT_ONCE:
            raise TryLater("Other teams are asking theirs just now.")
        _asking[team] += 1
    try:
        yield
    finally:
        with _counting:
            _asking[team] -= 1

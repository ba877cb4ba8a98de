"""The time as connections and deliveries see it: every wait and every limit asks here, so that tests can drive it.

Seconds since 1970. Time-outs of calls are real seconds and do not ask here.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime


class Driven:
    """A clock that stands still until somebody waits: then it is at once as late as the wait would have made it.
    Threads that wait together wait for the longest of their waits, not for the sum."""

    def __init__(self, start: float) -> None:
        self._at = start
        self._lock = threading.Lock()

    def now(self) -> float:
        return self._at

    def move_to(self, at: float) -> None:
        """Never back."""
        with self._lock:
            self._at = max(self._at, at)

    def advance(self, seconds: float) -> None:
        with self._lock:
            self._at += seconds


_driven: Driven | None = None


def now() -> float:
    return _driven.now() if _driven else time.time()


def moment() -> datetime:
    """`now()` as the application database keeps it."""
    return datetime.fromtimestamp(now(), UTC)


def sleep(seconds: float) -> None:
    wait(threading.Event(), seconds)


def wait(stopping: threading.Event, seconds: float) -> bool:
    """Waits, or less if `stopping` is set before; whether it is set."""
    if _driven is None:
        return stopping.wait(max(0.0, seconds))
    _driven.move_to(_driven.now() + max(0.0, seconds))
    return stopping.is_set()


@contextmanager
def driven(start: float | None = None) -> Iterator[Driven]:
    """For tests: until the end of the block, time passes in this process only by waiting, or as the clock is told."""
    global _driven
    before, _driven = _driven, Driven(time.time() if start is None else start)
    try:
        yield _driven
    finally:
        _driven = before

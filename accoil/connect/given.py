"""How long this thread may ask other tools: calls, waits between them and turns all keep to the same end."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from accoil.connect.connection import TryLater

_own = threading.local()


class Turn(Protocol):
    """A lock."""

    def acquire(self, blocking: bool = True, timeout: float = -1) -> bool: ...

    def release(self) -> None: ...


@contextmanager
def given(seconds: float, waits: bool = True) -> Iterator[None]:
    """What this thread asks in this block is over within so many seconds of the clock on the wall; a block within
    another keeps to both. `waits`: for room in a tool's limits, else it raises at once."""
    before = remaining_until(), may_wait_for_room()
    _own.until, _own.waits = min(before[0], time.monotonic() + seconds), waits and before[1]
    try:
        yield
    finally:
        _own.until, _own.waits = before


def remaining() -> float:
    """Seconds; infinite where nobody set an end."""
    return remaining_until() - time.monotonic()


def remaining_until() -> float:
    until: float = getattr(_own, "until", float("inf"))
    return until


def may_wait_for_room() -> bool:
    waits: bool = getattr(_own, "waits", True)
    return waits


@contextmanager
def turn(lock: Turn) -> Iterator[None]:
    """Has the lock; raises TryLater when it is not to be had in time: whoever has it may wait for a tool."""
    seconds = remaining()
    if not lock.acquire(timeout=-1 if seconds == float("inf") else max(0.0, seconds)):
        raise TryLater("It is being asked for somebody else just now.", limited=True)
    try:
        yield
    finally:
        lock.release()

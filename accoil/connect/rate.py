"""How much a connection may ask of its tool just now: what the tool says in its answers, shared by all threads."""

import math
import random
import threading
from collections import deque
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC
from email.utils import parsedate_to_datetime
from functools import cache

from accoil.connect.connection import TryLater
from accoil.connect.now import now

BACKGROUND = 0.5  # of a window may be spent on background work; the rest waits for people who look on
UNTOLD = 10.0  # seconds to wait when a tool says that it was too much, but not for how long
LONGEST = 3600.0  # seconds; whoever says more is asked again after this


class Lane:
    """A window of a connection's calls. Before the first answer nothing is known, so nothing is held back."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._limit: int | None = None  # calls in a window
        self._left = 0  # of the window that ends at `_reset`
        self._reset = 0.0
        self._shut_until = 0.0

    def take(self, *, background: bool = False) -> None:
        """One call; raises TryLater when there is no room for it."""
        with self._lock:
            at = now()
            if at < self._shut_until:
                raise _too_much(self._shut_until - at)
            if self._limit is None or at >= self._reset:
                return  # of a new window only its first answer tells
            kept = self._limit * (1 - BACKGROUND) if background else 0
            if self._left - 1 < kept:
                raise _too_much(self._reset - at)
            self._left -= 1

    def heard(self, status: int, headers: Mapping[str, str]) -> None:
        """Keeps what an answer says about the window. `headers`: names in small letters."""
        limit, left, reset = (_number(headers.get(f"x-ratelimit-{name}")) for name in ("limit", "remaining", "reset"))
        with self._lock:
            at = now()
            if limit is not None and left is not None and reset is not None:
                reset = min(reset, at + LONGEST)  # some tell it in milliseconds: that is thousands of years away
                if reset > self._reset:
                    self._left = int(left)
                elif reset == self._reset:  # answers overtake each other: the smaller number is the later one
                    self._left = min(int(left), self._left)
                self._limit, self._reset = int(limit), max(reset, self._reset)
            after = _after(headers.get("retry-after"), at)
            if status == 429:
                after = (self._reset - at if self._reset > at else UNTOLD) if after is None else after
            if after is not None and status in (429, 503):
                self._shut_until = max(self._shut_until, at + min(after, LONGEST))

    def wait(self) -> float:
        """Seconds until it may be asked again, 0 when it may."""
        return max(0.0, self._shut_until - now())


class Pace:
    """At most `most` calls in any `seconds`, whatever the other side would take."""

    def __init__(self, most: int, seconds: float) -> None:
        self._lock = threading.Lock()
        self._made: deque[float] = deque(maxlen=most)
        self._seconds = seconds

    def take(self) -> None:
        """One call; raises TryLater when there were too many."""
        with self._lock:
            at, full = now(), len(self._made) == self._made.maxlen
            if full and at - self._made[0] < self._seconds:
                raise _too_much(self._made[0] + self._seconds - at)
            self._made.append(at)


@cache
def lane(connection: int) -> Lane:
    """The lane of a saved connection, by its id: one in this process."""
    return Lane()


def _too_much(after: float) -> TryLater:
    # A little later than the window, and not all threads at once.
    return TryLater("It was asked too much in a short time.", after=after + random.uniform(0.05, 0.5), limited=True)


def _number(text: str | None) -> float | None:
    try:
        number = float(text or "")
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _after(text: str | None, at: float) -> float | None:
    """Retry-After, as seconds or as a date."""
    seconds = _number(text)
    if seconds is None and text:
        with suppress(ValueError):
            date = parsedate_to_datetime(text)
            seconds = (date if date.tzinfo else date.replace(tzinfo=UTC)).timestamp() - at
    return None if seconds is None else max(0.0, seconds)

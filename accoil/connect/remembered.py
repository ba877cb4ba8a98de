"""What is remembered of another tool between calls, for minutes: asking again each time would spend the limits."""

from collections.abc import Callable
from threading import RLock
from typing import Generic, TypeVar

from accoil.connect.given import turn
from accoil.connect.now import now

MINUTES = 600.0  # seconds

Fresh = TypeVar("Fresh")


class Remembered(Generic[Fresh]):
    """Something that is fetched when it is older than asked for."""

    def __init__(self, fetch: Callable[[], Fresh]) -> None:
        self._fetch, self._at, self._lock = fetch, float("-inf"), RLock()
        self._last: Fresh | None = None

    def get(self, most: float = MINUTES) -> Fresh:
        """At most so many seconds old. Raises TryLater when somebody else is fetching it for too long."""
        with turn(self._lock):
            if self._last is None or now() - self._at > most:
                self._last, self._at = self._fetch(), now()
            return self._last

    def forget(self) -> None:
        self._at = float("-inf")

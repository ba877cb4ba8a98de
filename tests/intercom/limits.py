"""So many calls in each window of ten seconds, told in headers."""

from __future__ import annotations

from collections.abc import Callable

from tests.intercom.calls import Refusal

WINDOW = 10  # seconds
PER_WINDOW = 1666  # of 10,000 a minute


class Limits:
    """`peak`: the most that were let through in one window so far; `refused`: how many were not."""

    def __init__(self, clock: Callable[[], float], per_window: int = PER_WINDOW) -> None:
        self._clock, self.per_window = clock, per_window
        self._window, self._used = 0, 0
        self.peak, self.refused = 0, 0

    def take(self) -> dict[str, str]:
        """The headers that go with an answer. Raises Refusal (429) over the limit."""
        window = int(self._clock() // WINDOW)
        if window != self._window:
            self._window, self._used = window, 0
        self._used += 1
        told = {
            "X-RateLimit-Limit": str(self.per_window),
            "X-RateLimit-Remaining": str(max(0, self.per_window - self._used)),
            "X-RateLimit-Reset": str((window + 1) * WINDOW),
        }
        if self._used > self.per_window:
            self.refused += 1
            said = f"Exceeded rate limit of {self.per_window} in 10_seconds"
            raise Refusal(429, "rate_limit_exceeded", said, None, **told)
        self.peak = max(self.peak, self._used)
        return told

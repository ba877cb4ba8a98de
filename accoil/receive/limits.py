"""How many calls a key may send a second."""

import math
import time


class Limits:
    """A bucket for each key. A request is taken in as long as anything is left, however many calls it holds;
    the next ones wait for it. So no batch is too large ever to come in."""

    def __init__(self) -> None:
        self._left: dict[int, tuple[float, float]] = {}  # key → calls left, and when

    def wait(self, key: int, calls_a_second: int, calls: int, now: float | None = None) -> int:
        """0: taken. Else the whole seconds until it is worth sending again."""
        now = time.monotonic() if now is None else now
        left, then = self._left.get(key, (float(calls_a_second), now))
        left = min(float(calls_a_second), left + (now - then) * calls_a_second)
        taken = left > 0
        self._left[key] = (left - calls if taken else left, now)
        return 0 if taken else max(1, math.ceil(-left / calls_a_second))

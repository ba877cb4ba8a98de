"""Waiting for what must come true, instead of sleeping."""

from __future__ import annotations

import time
from collections.abc import Callable

from tests.whole import PATIENCE


def until(
    holds: Callable[[], object],
    within: float = PATIENCE,
    every: float = 0.005,
    said: Callable[[], str] = lambda: "it did not come true in time",
) -> float:
    """Waits until it holds; how many seconds that took."""
    began = time.monotonic()
    while not holds():
        assert time.monotonic() - began < within, said()
        time.sleep(every)
    return time.monotonic() - began

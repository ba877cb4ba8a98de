"""Time that tests can drive, so that windows and lags pass without anybody waiting."""

from __future__ import annotations

import threading
import time


class Clock:
    """Seconds since 1970: real ones until it is first driven, then only what `forward` adds."""

    def __init__(self) -> None:
        self._stands_at: float | None = None
        self._lock = threading.Lock()

    def __call__(self) -> float:
        return time.time() if self._stands_at is None else self._stands_at

    def forward(self, seconds: float = 0.0) -> float:
        with self._lock:
            self._stands_at = self() + seconds
            return self._stands_at

"""Which product an ingest key writes to. Kept in memory, refreshed from wherever the keys live."""

import threading
import time
from collections.abc import Callable

Fetch = Callable[[], dict[str, tuple[int, bool]]]  # key → (product, enabled)

REFRESH_AT_MOST_EVERY = 1.0  # seconds: a flood of wrong keys must not become a flood of look-ups


class KeyRing:
    def __init__(self, fetch: Fetch) -> None:
        self._fetch = fetch
        self._refreshing = threading.Lock()
        self._refreshed = float("-inf")
        self.keys: dict[str, tuple[int, bool]] = {}
        self.by_header: dict[bytes, tuple[int, bool]] = {}  # whole Authorization header → the same

    def refresh(self) -> None:
        with self._refreshing:
            keys = self._fetch()
            if keys != self.keys:
                self.keys, self.by_header = keys, {}
            self._refreshed = time.monotonic()

    def is_fresh(self) -> bool:
        return time.monotonic() - self._refreshed < REFRESH_AT_MOST_EVERY

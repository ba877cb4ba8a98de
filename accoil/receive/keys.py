"""Which product an ingest key writes to. Kept in memory, refreshed from wherever the keys live."""

import asyncio
import threading
import time
from collections.abc import Callable

Fetch = Callable[[], dict[str, tuple[int, bool]]]  # key → (product, enabled)

LOOK_UP_AT_MOST_EVERY = 0.2  # seconds: a flood of wrong keys must not become a flood of look-ups


class KeyRing:
    def __init__(self, fetch: Fetch) -> None:
        self._fetch = fetch
        self._refreshing = threading.Lock()
        self._refreshed = float("-inf")
        self._coming: asyncio.Future[None] | None = None
        self.keys: dict[str, tuple[int, bool]] = {}
        self.by_header: dict[bytes, tuple[int, bool]] = {}  # whole Authorization header → the same

    def refresh(self) -> None:
        with self._refreshing:
            self._refreshed = time.monotonic()
            keys = self._fetch()
            if keys != self.keys:
                self.keys, self.by_header = keys, {}

    async def freshen(self) -> None:
        """Returns when the keys were looked up after it was called: a key made a moment ago is never unknown.
        All who wait share one look-up."""
        if self._coming is None:
            self._coming = asyncio.ensure_future(self._look_up())
        await asyncio.shield(self._coming)

    async def _look_up(self) -> None:
        await asyncio.sleep(self._refreshed + LOOK_UP_AT_MOST_EVERY - time.monotonic())
        self._coming = None  # who comes from now on may come too late for this one
        await asyncio.to_thread(self.refresh)

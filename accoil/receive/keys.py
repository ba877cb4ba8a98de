"""Which product an ingest key writes to. Kept in memory, refreshed from wherever the keys live."""

import asyncio
import threading
import time
from collections.abc import Callable, Mapping

import msgspec

from accoil.receive.handling import PLAIN, Handling

LOOK_UP_AT_MOST_EVERY = 0.2  # seconds: a flood of wrong keys must not become a flood of look-ups


class Key(msgspec.Struct, frozen=True):
    """An ingest key as the front door needs it."""

    id: int
    product: int
    enabled: bool = True
    origins: tuple[str, ...] = ()  # of web pages that may use it, in lower case; empty: of any
    calls_a_second: int = 0  # 0: as many as come
    secret: str = ""  # the sender signs bodies with it (X-Signature); "": unsigned


class Ring(msgspec.Struct, frozen=True):
    """All that is looked up at once."""

    keys: Mapping[str, Key] = {}
    handling: Mapping[int, Handling] = {}  # product → what it wants; those without an entry are PLAIN


Fetch = Callable[[], Ring]


class KeyRing:
    def __init__(self, fetch: Fetch) -> None:
        self._fetch = fetch
        self._refreshing = threading.Lock()
        self._refreshed = float("-inf")
        self._coming: asyncio.Future[None] | None = None
        self._ring = Ring()
        self.by_header: dict[bytes, Key] = {}  # whole Authorization header → its key

    @property
    def keys(self) -> Mapping[str, Key]:
        return self._ring.keys

    def handling(self, product: int) -> Handling:
        return self._ring.handling.get(product, PLAIN)

    def refresh(self) -> None:
        with self._refreshing:
            self._refreshed = time.monotonic()
            ring = self._fetch()
            if ring != self._ring:
                self._ring, self.by_header = ring, {}

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

"""What came again: how much from where, and which calls it was lately. Known when a block is loaded, and kept here for
those who ask (the debugger, ingest health)."""

from collections import Counter, deque
from collections.abc import Mapping

import msgspec
import numpy as np
import pyarrow as pa

from accoil.count.hashes import Hashes
from accoil.receive.sources import QUARTER

MOST = 2_000  # of one product

Again = Counter[tuple[int, int]]  # (ids.message_hash, received) → how often it came then though it had before


class Repeats(msgspec.Struct, frozen=True):
    """Messages of one load that had come before. Equal positions belong together."""

    hashes: Hashes
    received: np.ndarray  # ms
    source: np.ndarray


class Duplicates:
    """`heard` is called by whoever loads, everything else by any thread."""

    def __init__(self) -> None:
        self.until = 0  # the last block looked at: one that is loaded again, for a rebuild, is no news
        self._recent: dict[int, deque[tuple[int, int]]] = {}
        self._new: deque[tuple[int, int, int, int]] = deque()  # product, source, quarter, how many

    def heard(self, first_block: int, last_block: int, repeats: Mapping[int, Repeats | None]) -> None:
        """A load of these blocks found these, by product."""
        if first_block <= self.until:
            return
        self.until = last_block
        for product, each in repeats.items():
            if each is not None:
                self._add(product, each)

    def lately(self, product: int) -> Again:
        return Counter((self._recent.get(product) or deque()).copy())

    def take(self) -> list[tuple[int, int, int, int]]:
        """Product, source, quarter of an hour of receipt, how many: since the last time."""
        return [self._new.popleft() for _ in range(len(self._new))]

    def _add(self, product: int, each: Repeats) -> None:
        recent = self._recent.setdefault(product, deque(maxlen=MOST))
        recent.extend(zip(each.hashes[-MOST:].tolist(), each.received[-MOST:].tolist(), strict=True))
        places = np.stack((each.source.astype(np.int64), each.received // QUARTER), axis=1)
        for (source, quarter), n in zip(*np.unique(places, axis=0, return_counts=True), strict=True):
            self._new.append((product, int(source), int(quarter), int(n)))


def repeats(facts: pa.Table, hashes: Hashes, new: np.ndarray) -> Repeats | None:
    """Those of one product's facts that are not `new` (positions); None where all are."""
    if len(new) == len(facts):
        return None
    again = np.ones(len(facts), bool)
    again[new] = False
    rows = facts.select(["received", "source"]).filter(pa.array(again))
    return Repeats(hashes[again], rows["received"].to_numpy(), rows["source"].to_numpy())

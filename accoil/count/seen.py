"""Which messages were counted already: sorted arrays of 8-byte hashes, merged as they grow.

A primary-key index would be the obvious shape; it slows to a quarter within eight million ids. Here a look-up is a
binary search in a few arrays, each at least twice the next, so adding costs the same at ten million as at ten. Those of
sealed days lie in files, and only the pages a search touches are ever read."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from accoil.count.hashes import Hashes


class Seen:
    def __init__(self, hashes: Hashes | None = None, sealed: Sequence[Hashes] = ()) -> None:
        self._arrays: list[Hashes] = []
        self._sealed = tuple(sealed)
        if hashes is not None and len(hashes):
            self._arrays.append(np.sort(hashes))

    def __len__(self) -> int:
        """How many are held in memory."""
        return sum(map(len, self._arrays))

    def first_times(self, hashes: Hashes) -> npt.NDArray[np.intp]:
        """Positions of those not seen before, each hash's first position only, in order."""
        unique, positions = np.unique(hashes, return_index=True)
        new = np.ones(len(unique), bool)
        for array in (*self._arrays, *self._sealed):
            places = np.searchsorted(array, unique)
            places[places == len(array)] = 0
            new &= array[places] != unique
        return np.sort(positions[new])

    def add(self, hashes: Hashes) -> None:
        """Adds hashes that `first_times` found new."""
        if not len(hashes):
            return
        added = np.sort(hashes)
        while self._arrays and len(self._arrays[-1]) < 2 * len(added):
            last = self._arrays.pop()
            added = np.concatenate((last, added))
            added.sort(kind="stable")  # merges two sorted runs
        self._arrays.append(added)

    def seal(self, hashes: Hashes, sealed: Sequence[Hashes]) -> None:
        """`sealed` are all files now, and hold `hashes` (sorted), which need no memory any more."""
        self._sealed = tuple(sealed)
        kept = []
        for array in self._arrays:
            places = np.searchsorted(array, hashes)
            places[places == len(array)] = 0
            stays = np.ones(len(array), bool)
            stays[places[array[places] == hashes]] = False
            if stays.any():
                kept.append(array[stays])
        self._arrays = kept

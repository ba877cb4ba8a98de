"""Which messages were counted already: sorted arrays of 8-byte hashes, merged as they grow.

A primary-key index would be the obvious shape; it slows to a quarter within eight million ids. Here a look-up is a
binary search in a few arrays, each at least twice the next, so adding costs the same at ten million as at ten."""

import numpy as np
import numpy.typing as npt

Hashes = npt.NDArray[np.uint64]


class Seen:
    def __init__(self, hashes: Hashes | None = None) -> None:
        self._arrays: list[Hashes] = []
        if hashes is not None and len(hashes):
            self._arrays.append(np.sort(hashes))

    def __len__(self) -> int:
        return sum(map(len, self._arrays))

    def first_times(self, hashes: Hashes) -> npt.NDArray[np.intp]:
        """Positions of those not seen before, each hash's first position only, in order."""
        unique, positions = np.unique(hashes, return_index=True)
        new = np.ones(len(unique), bool)
        for array in self._arrays:
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

"""Ids of any number of messages, most of them in files: for whoever goes through a whole journal."""

from pathlib import Path

import numpy as np
import numpy.typing as npt

from accoil.count.hashes import Hashes, Run, write
from accoil.count.seen import Seen

IN_MEMORY = 2_000_000
TOGETHER = 8  # files, before they become one


class ManyIds:
    """`folder` is empty, and nobody else's."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.clear()

    def clear(self) -> None:
        self._seen, self._runs, self._number = Seen(), list[Run](), 0
        self._new: list[Hashes] = []
        self._many = 0
        for path in self._folder.glob("*.ids"):
            path.unlink()

    def first_times(self, hashes: Hashes) -> npt.NDArray[np.intp]:
        """Positions of those that are not among them, each hash's first position only, in order."""
        return self._seen.first_times(hashes)

    def add(self, hashes: Hashes) -> None:
        """Adds hashes that `first_times` found new."""
        self._seen.add(hashes)
        self._new.append(hashes)
        self._many += len(hashes)
        if self._many >= IN_MEMORY:
            self._put_aside()

    def _put_aside(self) -> None:
        new = np.sort(np.concatenate(self._new))
        files, self._new, self._many = [new], [], 0
        old: list[Run] = []
        if len(self._runs) >= TOGETHER:
            old, self._runs = self._runs, []
            files += [run.open(self._folder) for run in old]
        self._number += 1
        self._runs.append(write(self._folder, f"{self._number}.ids", files))
        for run in old:
            (self._folder / run.file).unlink()
        self._seen = Seen(sealed=[run.open(self._folder) for run in self._runs])

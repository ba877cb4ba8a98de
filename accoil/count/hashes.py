"""Files of sorted 8-byte hashes, read where they lie: mapped, never loaded."""

import os
from collections.abc import Iterator
from pathlib import Path

import msgspec
import numpy as np
import numpy.typing as npt
from xxhash import xxh3_64

Hashes = npt.NDArray[np.uint64]

STORED = np.dtype("<u8")
AT_ONCE = 1 << 18  # hashes in memory at a time: 2 MiB


class Run(msgspec.Struct, frozen=True):
    """A file of its own with `ids` hashes; `checksum` is that of its bytes."""

    file: str
    ids: int
    checksum: str

    def open(self, folder: Path) -> Hashes:
        return np.memmap(folder / self.file, STORED, "r", shape=(self.ids,))

    def is_whole(self, folder: Path) -> bool:
        path, sum = folder / self.file, xxh3_64()
        if not path.is_file() or path.stat().st_size != self.ids * STORED.itemsize:
            return False
        with path.open("rb") as file:
            while part := file.read(AT_ONCE * STORED.itemsize):
                sum.update(part)
        return sum.hexdigest() == self.checksum


def write(folder: Path, file: str, runs: list[Hashes]) -> Run:
    """One sorted file of several sorted runs, safe on disk when this returns. It appears whole or not at all."""
    folder.mkdir(exist_ok=True)
    path, sum, ids = folder / file, xxh3_64(), 0
    partial = path.with_suffix(".partial")
    try:
        with partial.open("wb") as written:
            for part in merged(runs):
                stored = part.astype(STORED).tobytes()
                written.write(stored)
                sum.update(stored)
                ids += len(part)
            written.flush()
            os.fsync(written.fileno())
    except OSError:
        partial.unlink(missing_ok=True)
        raise
    partial.rename(path)
    for each in (folder, folder.parent):
        _sync(each)
    return Run(file, ids, sum.hexdigest())


def merged(runs: list[Hashes]) -> Iterator[Hashes]:
    """All hashes in order, a part at a time, however long the runs are."""
    longest = max(runs, key=len)
    starts = [0] * len(runs)
    for end in range(AT_ONCE, len(longest) + AT_ONCE, AT_ONCE):
        stops = [len(run) if end >= len(longest) else int(np.searchsorted(run, longest[end])) for run in runs]
        parts = [run[start:stop] for run, start, stop in zip(runs, starts, stops, strict=True)]
        starts = stops
        yield np.sort(np.concatenate(parts), kind="stable")


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

"""Ids and local days of whole columns, apart from those of one: what few commands need takes long to import."""

from itertools import repeat

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from xxhash import xxh3_64_intdigest

from accoil.count import days, ids


def ids_of(product: int, kind: int, names: pa.Array) -> npt.NDArray[np.int64]:
    """Ids of a column of names; null is nobody. Each distinct name is hashed once."""
    encoded = names.dictionary_encode()
    found = _hashes(encoded.dictionary, product * 4 + kind) >> np.uint64(11)
    found[found == ids.NOBODY] = 1
    places: npt.NDArray[np.int32] = pc.fill_null(encoded.indices, len(found)).to_numpy()
    return np.append(found.astype(np.int64), ids.NOBODY)[places]


def message_hashes(product: int, messages: pa.ChunkedArray) -> npt.NDArray[np.uint64]:
    return _hashes(messages, product)


def _hashes(texts: pa.Array | pa.ChunkedArray, seed: int) -> npt.NDArray[np.uint64]:
    told = texts.cast(pa.binary()).to_pylist()
    return np.fromiter(map(xxh3_64_intdigest, told, repeat(seed)), np.uint64, len(told))


def local_days(times: npt.NDArray[np.int64], zone: str) -> npt.NDArray[np.int32]:
    """Day of each time (ms, UTC)."""
    quarters, places = np.unique(times // days.QUARTER, return_inverse=True)
    offsets = np.array([days.offset(zone, int(quarter)) for quarter in quarters], np.int64)
    return ((times + offsets[places]) // days.DAY).astype(np.int32)

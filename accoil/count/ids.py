"""Ids of users, accounts and events: hashes, so that they need no coordination, join fast, and come out the same
after a rebuild. 53 bits, so that JavaScript and JSON carry them exactly."""

from itertools import repeat
from typing import Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from xxhash import xxh3_64_intdigest

Kind = Literal["account", "user"]  # whom pages and questions are about

USER, ACCOUNT, EVENT = 1, 2, 3
NOBODY, LARGEST = 0, 2**53 - 1


def id_of(product: int, kind: int, name: str) -> int:
    return xxh3_64_intdigest(name.encode(), seed=product * 4 + kind) >> 11 or 1


def ids_of(product: int, kind: int, names: pa.Array) -> npt.NDArray[np.int64]:
    """Ids of a column of names; null is nobody. Each distinct name is hashed once."""
    encoded = names.dictionary_encode()
    ids = _hashes(encoded.dictionary, product * 4 + kind) >> np.uint64(11)
    ids[ids == NOBODY] = 1
    places: npt.NDArray[np.int32] = pc.fill_null(encoded.indices, len(ids)).to_numpy()
    return np.append(ids.astype(np.int64), NOBODY)[places]


def message_hash(product: int, message: str) -> int:
    return xxh3_64_intdigest(message.encode(), seed=product)


def message_hashes(product: int, messages: pa.ChunkedArray) -> npt.NDArray[np.uint64]:
    return _hashes(messages, product)


def _hashes(texts: pa.Array | pa.ChunkedArray, seed: int) -> npt.NDArray[np.uint64]:
    told = texts.cast(pa.binary()).to_pylist()
    return np.fromiter(map(xxh3_64_intdigest, told, repeat(seed)), np.uint64, len(told))

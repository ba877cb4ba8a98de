"""A block of the journal as bytes: an Arrow stream of facts-to-be, compressed, and a checksum behind it.

SQLite keeps no checksums, and a flipped bit may still decode. Ours is in a frame of the kind that zstd's decoders skip,
so a block with one and an older one without are both blocks."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import xxhash

SCHEMA = pa.schema(
    {
        "product": pa.int32(),
        "kind": pa.int8(),
        "message": pa.string(),
        "sent_at": pa.int64(),  # ms, the message time
        "received": pa.int64(),  # ms
        "user": pa.string(),
        "anonymous": pa.string(),
        "account": pa.string(),
        "event": pa.string(),
        "traits": pa.map_(pa.string(), pa.string()),  # key → value as JSON text
        "source": pa.int32(),  # the ingest key's id; 0: an import, or a block older than this column
    }
)
# Rows of days that are no longer kept stand for several events (`condensing.py`). `n`: how many; null: one.
CONDENSED = SCHEMA.append(pa.field("n", pa.int64()))
EMPTIED, NOTHING = b"emptied", SCHEMA.empty_table()  # a block of which nothing is left; one without bytes is damaged
# The stream is compressed as a whole: Arrow's own compression, column by column, costs a small block ten times as much.
COMPRESSION = pa.Codec("zstd", compression_level=1)

# What bytes that are no block end in; an OSError is the decompression's.
UNREADABLE = (pa.ArrowException, OSError, ValueError, KeyError)

_MARK = b"\x5a\x2a\x4d\x18\x08\x00\x00\x00"  # "skip the next 8 bytes"
_LENGTH = len(_MARK) + 8
_ARROW = b"\xff\xff\xff\xff"  # the first blocks of all begin so: each column was compressed on its own


class Wrong(ValueError):
    """These are not the bytes that were written."""


def encoded(facts: pa.Table) -> pa.Buffer:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, CONDENSED if "n" in facts.column_names else SCHEMA) as stream:
        stream.write_table(facts)
    block = COMPRESSION.compress(sink.getvalue())
    return pa.py_buffer(b"".join((block, _MARK, xxhash.xxh3_64_digest(block))))


def decoded(block: bytes) -> pa.Table:
    """Raises one of UNREADABLE."""
    if block == EMPTIED:
        return NOTHING
    whole = checked(block)
    if whole[:4] == _ARROW:
        facts = pa.ipc.open_stream(pa.py_buffer(whole)).read_all()
    else:
        with pa.CompressedInputStream(pa.BufferReader(whole), COMPRESSION.name) as plain:
            facts = pa.ipc.open_stream(plain.read()).read_all()
    for place in range(facts.num_columns, len(SCHEMA)):  # the block is older than the columns at the end
        facts = facts.append_column(SCHEMA.field(place), pa.array(np.zeros(len(facts), np.int32)))
    return facts


def joined(tables: Sequence[pa.Table]) -> pa.Table:
    """One after the other, whether some are condensed or none."""
    return pa.concat_tables(
        tables, promote_options="default" if any("n" in each.column_names for each in tables) else "none"
    )


def times(facts: pa.Table) -> npt.NDArray[np.int64]:
    """How many events each row stands for."""
    if "n" not in facts.column_names:
        return np.ones(len(facts), np.int64)
    found: npt.NDArray[np.int64] = pc.fill_null(facts["n"], 1).to_numpy()
    return found


def checked(block: bytes) -> memoryview:
    """The block without its checksum, if it has one. Raises Wrong."""
    whole = memoryview(block)
    if whole[-_LENGTH:-8] != _MARK:
        return whole
    plain = whole[:-_LENGTH]
    if xxhash.xxh3_64_digest(plain) != whole[-8:]:
        raise Wrong("the checksum of the block is not right")
    return plain

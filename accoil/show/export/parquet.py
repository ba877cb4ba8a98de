"""Parquet, a row group per batch, handed on as it is written."""

from collections.abc import Iterator

import pyarrow as pa
from pyarrow import parquet


class _Sink:
    """A file to the writer; whoever sends takes out what is in it."""

    closed = False

    def __init__(self) -> None:
        self._pieces: list[bytes] = []
        self._at = 0

    def write(self, piece: bytes) -> int:
        self._pieces.append(bytes(piece))
        self._at += len(piece)
        return len(piece)

    def tell(self) -> int:
        return self._at

    def flush(self) -> None: ...

    def close(self) -> None:
        self.closed = True

    def taken(self) -> bytes:
        pieces, self._pieces = self._pieces, []
        return b"".join(pieces)


def written(batches: Iterator[pa.RecordBatch]) -> Iterator[bytes]:
    sink = _Sink()
    writer = None
    for batch in batches:
        if writer is None:
            writer = parquet.ParquetWriter(pa.PythonFile(sink, mode="w"), batch.schema, compression="zstd")
        writer.write_batch(batch)
        yield sink.taken()
    if writer is not None:
        writer.close()
        yield sink.taken()

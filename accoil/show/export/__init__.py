"""Whole lists as files: CSV for people and spreadsheets, Parquet for machines; sent as they are read from the store."""

import threading
from collections.abc import Generator, Iterator, Sequence
from typing import Literal, get_args

import msgspec
import pyarrow as pa
from django.http import StreamingHttpResponse
from django.utils.http import content_disposition_header

from accoil.refused import Refused
from accoil.show.export import csv, parquet

Format = Literal["csv", "parquet"]
FORMATS: tuple[Format, ...] = get_args(Format)
TYPES: dict[Format, str] = {"csv": "text/csv", "parquet": "application/vnd.apache.parquet"}

# Each holds a thread that pages need too, for as long as its reader takes.
MOST_AT_ONCE = 2
_turns = threading.BoundedSemaphore(MOST_AT_ONCE)


class Busy(Exception):
    """As many exports as may be are on their way."""


class Table(msgspec.Struct):
    """What is exported: the file's name without its ending, and the rows. Columns in the order of the batches."""

    name: str
    batches: Iterator[pa.RecordBatch]


def chosen(batches: Iterator[pa.RecordBatch], columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
    """Those columns alone, in that order."""
    return (batch.select(list(columns)) for batch in batches)


def columns_of(text: str, known: Sequence[str]) -> list[str]:
    """Names with commas between; none: all. Raises Refused for one that is not known."""
    names = [each for each in text.split(",") if each]
    if unknown := [each for each in names if each not in known]:
        raise Refused(f"columns can name {', '.join(known)}, not {', '.join(unknown)}.")
    return list(dict.fromkeys(names)) or list(known)


def sent(table: Table, format: Format, for_people: bool = False) -> StreamingHttpResponse:
    """The answer that carries the file. What goes wrong with the question does so here, before anything is sent.
    `for_people`: spreadsheets must be told that the letters are UTF-8. Raises Busy."""
    write = csv.written if format == "csv" else parquet.written
    start = csv.MARK if for_people and format == "csv" else b""
    kind = "text/csv; charset=utf-8" if format == "csv" else TYPES[format]
    return as_file(f"{table.name}.{format}", kind, write(table.batches), start)


def as_file(name: str, kind: str, pieces: Iterator[bytes], start: bytes = b"") -> StreamingHttpResponse:
    """The answer that carries a file of any length, made while it is sent. Raises Busy."""
    answer = StreamingHttpResponse(_Begun(start, _in_turn(pieces)), content_type=kind)
    answer["Content-Disposition"] = content_disposition_header(True, name)
    answer["Cache-Control"] = "no-store"
    return answer


def _in_turn(chunks: Iterator[bytes]) -> Generator[bytes]:
    if not _turns.acquire(blocking=False):
        raise Busy
    try:
        yield from chunks
    finally:
        _turns.release()


class _Begun:
    """The pieces of an answer whose first one is there already; closed by whoever sends it, however that ends."""

    def __init__(self, start: bytes, chunks: Generator[bytes]) -> None:
        self._first = start + next(chunks, b"")
        self._chunks = chunks

    def __iter__(self) -> Iterator[bytes]:
        yield self._first
        yield from self._chunks

    def close(self) -> None:
        self._chunks.close()

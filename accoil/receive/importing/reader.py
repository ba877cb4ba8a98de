"""Reads a file in a process of its own, so that the server that imports it goes on answering.

    python -m accoil.receive.importing < JOB

writes an Arrow stream of journal facts, one batch a piece, to its standard output; with each batch stands how far the
reading is once that batch is safe. It ends when nobody reads it any more."""

import gc
import os
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import msgspec
import pyarrow as pa

from accoil.receive.calls import Call
from accoil.receive.columns import Request, table
from accoil.receive.encoding import SCHEMA
from accoil.receive.handling import PLAIN, Handling
from accoil.receive.importing import files, pieces
from accoil.receive.importing.errors import ErrorFile
from accoil.receive.importing.files import File
from accoil.receive.importing.found import find
from accoil.receive.importing.shape import Shape
from accoil.receive.mapping.mappings import Mappings
from accoil.receive.mapping.rules import Mapping
from accoil.receive.suppressed import Suppressed

POLITENESS = 10  # live traffic goes first
TOLD = b"told"
Cause = Literal["", "somebody", "trouble", "file"]  # of a failure; with a file that is wrong there is no going on


class Told(msgspec.Struct, frozen=True):
    """How far reading is: everything before `offset` is in the batches up to this one."""

    offset: int
    line: int
    done: int  # bytes of the file as it lies on the disk, read ahead a little
    accepted: int
    rejected: dict[str, int]
    errors_size: int
    is_last: bool
    left_out: int = 0  # rows, by the product's mappings
    failure: str | None = None
    cause: Cause = ""


class Wanted(msgspec.Struct, frozen=True):
    """What a product wants done with its calls (`Handling`), as it travels to another process."""

    mappings: tuple[Mapping, ...] | None = None  # None: the presets, for which there is nothing to do
    events: frozenset[str] | None = None  # names that may still come; None: any
    user_traits: frozenset[str] | None = None
    account_traits: frozenset[str] | None = None
    suppressed: Suppressed | None = None
    kept_since: int = 0

    def handling(self) -> Handling:
        mappings = Mappings.of(self.mappings) if self.mappings is not None else None
        handling = Handling(
            mappings, self.events, self.user_traits, self.account_traits, self.suppressed, kept_since=self.kept_since
        )
        return PLAIN if handling.is_plain else handling


class Job(msgspec.Struct, frozen=True):
    path: str
    errors: str
    product: int
    shape: Shape
    offset: int
    line: int
    errors_size: int
    wanted: Wanted = Wanted()


def read(job: Job) -> Iterator[tuple[pa.RecordBatch, Told]]:
    """The file from `offset` on. What ends it early is told, after all that could be read."""
    file = File(Path(job.path))
    errors = ErrorFile(Path(job.errors), job.shape.columns, job.errors_size)
    handling = job.wanted.handling()
    offset, line, left, is_last = job.offset, job.line, b"", False
    try:
        file.go_to(offset)
        while not is_last:
            piece = pieces.read(file, left)
            received = int(time.time() * 1000)
            found = find(piece, job.shape, received, handling)
            errors.add(found.bad, line)
            left, is_last = piece.text[found.used :] if found.used < piece.size else b"", piece.is_last
            offset, line = offset + found.used, line + found.lines
            reasons = Counter(bad.reason for bad in found.bad)
            yield (
                _batch(job.product, received, found.calls),
                Told(offset, line, file.done, len(found.calls), reasons, errors.size, is_last, found.left_out),
            )
    except (files.CutShort, OSError) as wrong:
        is_damaged = isinstance(wrong, files.CutShort)
        sentence = str(wrong) if is_damaged else f"{errors.path} cannot be written: {wrong}."
        cause: Cause = "file" if is_damaged else "trouble"
        yield _batch(job.product, 0, []), Told(offset, line, file.done, 0, {}, errors.size, True, 0, sentence, cause)
    finally:
        file.close()


def _batch(product: int, received: int, calls: list[Call]) -> pa.RecordBatch:
    if not calls:
        return pa.RecordBatch.from_pylist([], schema=SCHEMA)
    return table([Request(product, received, calls)]).to_batches()[0]


def main() -> None:
    job = msgspec.json.decode(sys.stdin.buffer.read(), type=Job)
    os.nice(POLITENESS)
    gc.freeze()
    gc.disable()  # thousands of rows are alive at once: looking through them all, again and again, doubles the time
    try:
        with pa.ipc.new_stream(sys.stdout.buffer, SCHEMA) as out:
            for number, (batch, told) in enumerate(read(job), 1):
                out.write_batch(batch, custom_metadata={TOLD: msgspec.json.encode(told)})
                sys.stdout.buffer.flush()
                if number % 100 == 0:
                    gc.collect()
    except BrokenPipeError:
        os._exit(1)  # nobody reads any more: there is nothing to say, and nobody to say it to

"""The reader's process, seen from the side that imports what it reads."""

import subprocess
import sys
from collections.abc import Generator
from contextlib import suppress

import msgspec
import pyarrow as pa

from accoil.receive.importing.reader import TOLD, Job, Told


class Died(Exception):
    """The reader ended before the file did: killed, or by a mistake of ours, which it has logged."""


def batches(job: Job) -> Generator[tuple[pa.RecordBatch, Told], None, None]:
    """What the reader finds, as it finds it; it is ended when nobody asks any more. Raises Died."""
    words = [sys.executable, "-m", "accoil.receive.importing"]
    # In a group of its own: Ctrl-C is for us, and we end it.
    with subprocess.Popen(  # noqa: S603
        words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, process_group=0
    ) as process:
        try:
            _hand_over(job, process)
            yield from _batches(process)
        finally:
            process.kill()


def _hand_over(job: Job, process: "subprocess.Popen[bytes]") -> None:
    """Through a pipe: mappings and names may be longer than an argument can be."""
    assert process.stdin
    with suppress(BrokenPipeError):  # it died: `_batches` says so
        process.stdin.write(msgspec.json.encode(job))
        process.stdin.close()


def _batches(process: "subprocess.Popen[bytes]") -> Generator[tuple[pa.RecordBatch, Told], None, None]:
    is_last = False
    try:
        stream = pa.ipc.open_stream(process.stdout)
        while not is_last:
            batch, metadata = stream.read_next_batch_with_custom_metadata()
            told = msgspec.json.decode(metadata[TOLD], type=Told)
            is_last = told.is_last
            yield batch, told
    except (StopIteration, pa.ArrowInvalid, OSError) as wrong:
        with suppress(subprocess.TimeoutExpired):
            process.wait(5)
        raise Died(f"The process that reads the file ended with {process.returncode}.") from wrong

"""Opening a file to import, whatever its name says it is."""

import hashlib
import io
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa

from accoil.refused import Refused

BUFFER = 1 << 18
LOOKED_AT = 1 << 16  # bytes at either end, enough to tell files apart that differ in size or time anyway

GZIP, ZSTD = b"\x1f\x8b", b"\x28\xb5\x2f\xfd"
SKIPPED_BY_ZSTD = b"\x2a\x4d\x18"  # from the second byte on: frames that parallel compressors put first
NO_TEXT = {
    b"PK\x03\x04": "a zip archive or an Excel sheet; save it as CSV",
    b"PAR1": "a Parquet file; save it as CSV or JSON lines",
    b"BZh": "compressed with bzip2; use gzip or zstd",
    b"\xfd7zXZ": "compressed with xz; use gzip or zstd",
    b"\xff\xfe": "UTF-16 text; save it as UTF-8",
    b"\xfe\xff": "UTF-16 text; save it as UTF-8",
}


class CutShort(Exception):
    """A compressed file ends, or is damaged, in the middle."""


class File:
    """A file opened for reading: `text` gives its bytes, decompressed. Raises Refused when it can't be read."""

    def __init__(self, path: Path) -> None:
        self.name = path.name
        if not str(path).isprintable():
            raise Refused(f"{str(path)!a} has a name that can't be shown; rename it.")
        if not path.is_file():
            raise Refused(f"{path} is {'no file' if path.exists() else 'not there'}.")
        try:
            self._raw = path.open("rb")
            self.size = path.stat().st_size
            start = self._raw.read(8)
        except OSError as wrong:
            raise Refused(f"{path} cannot be read: {wrong.strerror}.") from wrong
        self._raw.seek(0)
        self._codec = _codec(start)
        if what := next((what for magic, what in NO_TEXT.items() if start.startswith(magic)), None):
            self._raw.close()
            raise Refused(f"{path.name} is {what}.")
        self._text = _decompressed(self._raw, self._codec) if self._codec else self._raw

    @property
    def done(self) -> int:
        """Bytes of the file, as it lies on the disk, that were read."""
        return self._raw.tell()

    def go_to(self, offset: int) -> None:
        """To a place in the decompressed text, from its start."""
        if not self._codec:
            self._raw.seek(offset)
            return
        while offset > 0:
            skipped = len(self.read(min(offset, BUFFER)))
            if not skipped:
                raise CutShort(f"{self.name} is shorter than it was.")
            offset -= skipped

    def read(self, size: int) -> bytes:
        try:
            return self._text.read(size)
        except OSError as wrong:
            raise self._cut_short(wrong) from wrong

    def readline(self, longest: int) -> bytes:
        try:
            return self._text.readline(longest)
        except OSError as wrong:
            raise self._cut_short(wrong) from wrong

    def close(self) -> None:
        self._text.close()
        self._raw.close()

    def _cut_short(self, wrong: OSError) -> CutShort:
        if not self._codec:
            return CutShort(f"{self.name} cannot be read any further: {wrong.strerror}.")
        return CutShort(f"{self.name} is damaged or cut short; {self._codec} can't read it any further.")


def fingerprint(path: Path) -> str:
    """Equal for a file that has not changed, cheap for one of any size."""
    told = path.stat()
    digest = hashlib.blake2b(f"{told.st_size} {told.st_mtime_ns}".encode(), digest_size=16)
    with path.open("rb") as file:
        digest.update(file.read(LOOKED_AT))
        file.seek(max(0, told.st_size - LOOKED_AT))
        digest.update(file.read())
    return digest.hexdigest()


def _codec(start: bytes) -> str | None:
    if start.startswith(GZIP):
        return "gzip"
    return "zstd" if start.startswith(ZSTD) or start[1:4] == SKIPPED_BY_ZSTD else None


def _decompressed(raw: BinaryIO, codec: str) -> BinaryIO:
    return io.BufferedReader(pa.CompressedInputStream(raw, codec), BUFFER)

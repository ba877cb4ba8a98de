"""A file, a megabyte at a time, cut between lines."""

from typing import Protocol

import msgspec

PIECE = 1 << 20  # bytes, some 10,000 to 20,000 rows
LONGEST_RECORD = 4 << 20  # bytes; traits of a person take hundreds
SHOWN = 1000  # characters of what is too long
TOO_LONG = f"This line is longer than {LONGEST_RECORD >> 20} MB."


class Text(Protocol):
    def read(self, size: int) -> bytes: ...
    def readline(self, longest: int) -> bytes: ...


class Piece(msgspec.Struct):
    """Whole lines. `is_last`: nothing follows. `is_cut`: of the last line, too long, only the start is here."""

    text: bytes
    size: int  # bytes of the file that it stands for
    is_last: bool = False
    is_cut: bool = False


class Bad(msgspec.Struct):
    """A row that can't be used: its line, why, and what stood there."""

    line: int
    reason: str
    fields: list[str]


def read(file: Text, carried: bytes = b"") -> Piece:
    """The next piece: what was carried over, and up to the end of a line after a megabyte more."""
    new = file.read(PIECE)
    text = carried + new
    if text.endswith(b"\n") or not new:
        return Piece(text, len(text), is_last=not new)
    text += file.readline(LONGEST_RECORD)
    if text.endswith(b"\n"):
        return Piece(text, len(text))
    if len(text) - text.rfind(b"\n") <= LONGEST_RECORD:
        return Piece(text, len(text), is_last=True)
    size = len(text)
    while dropped := file.readline(PIECE):
        size += len(dropped)
        if dropped.endswith(b"\n"):
            break
    return Piece(text + b"\n", size, is_cut=True)


def decode(text: bytes) -> str:
    """Bytes that are not UTF-8 stay, as lone surrogates, so that only the rows that hold them are refused."""
    try:
        return text.decode()
    except UnicodeDecodeError:
        return text.decode("utf-8", "surrogateescape")


def lines_of(piece: Piece) -> tuple[list[bytes], list[Bad]]:
    """The lines of a piece, without their ends."""
    lines = piece.text.split(b"\n")
    if not lines[-1]:
        lines.pop()
    if not piece.is_cut:
        return lines, []
    return lines, [Bad(len(lines) - 1, TOO_LONG, [decode(lines.pop()[:SHOWN])])]

"""The rows of a piece of CSV.

A row may hold line ends within quotes, so where the rows of a piece end is known only when they have been read: what is
left over goes in front of the next piece."""

import csv
import io
from collections.abc import Sequence
from itertools import accumulate

import msgspec

from accoil.receive.importing.pieces import LONGEST_RECORD, SHOWN, TOO_LONG, Bad, Piece, decode

NOT_CLOSED = "A quote is opened here and not closed, or closed in the middle of a field."
STRAY_RETURN = "A carriage return stands in the middle of this line."
NOT_UTF8 = "This row is not UTF-8 text."

csv.field_size_limit(4 * LONGEST_RECORD)


class Rows(msgspec.Struct):
    """Rows, each with the line it stands on, from 0; empty lines are rows without fields."""

    rows: list[list[str]]
    starts: Sequence[int]
    bad: list[Bad]
    used: int  # bytes of the piece
    lines: int  # whole lines in these bytes


def csv_rows(piece: Piece, delimiter: str) -> Rows:
    text = decode(piece.text)
    try:
        rows = list(csv.reader(io.StringIO(text, newline="\n"), delimiter=delimiter, strict=True))
    except csv.Error:
        found = _past_stumbles(piece, text, delimiter)
    else:
        lines = text.count("\n") + (bool(text) and not text.endswith("\n"))
        starts = range(lines) if lines == len(rows) else _starts(rows)
        found = Rows(rows, starts, [], piece.size, lines)
    if piece.is_cut and found.used == piece.size and found.rows:
        _leave_out(found, len(found.rows) - 1, TOO_LONG)
    if "\0" in text or not piece.text.isascii():
        _make_clean(found)
    return found


def _past_stumbles(piece: Piece, text: str, delimiter: str) -> Rows:
    """Leaves out the line where reading stumbles and goes on with the next: a quote that nobody closed must not
    swallow the rows after it."""
    lines = io.StringIO(text, newline="\n").readlines()
    rows: list[list[str]] = []
    starts: list[int] = []
    bad: list[Bad] = []
    at = 0
    while at < len(lines):
        here, reason, reached = _up_to_a_stumble(lines[at:], delimiter)
        rows += here
        starts += _starts(here, at)
        reached, at = at + reached, at + sum(map(_height, here))
        if not reason:
            break
        if reached == len(lines) and not (piece.is_last or piece.is_cut):
            left = len("".join(lines[at:]).encode("utf-8", "surrogateescape"))
            if left < LONGEST_RECORD:  # it may well end in the next piece
                return Rows(rows, starts, bad, piece.size - left, at)
        bad.append(Bad(at, reason, [lines[at].rstrip("\r\n")[:SHOWN]]))
        at += 1
    return Rows(rows, starts, bad, piece.size, len(lines))


def _up_to_a_stumble(lines: list[str], delimiter: str) -> tuple[list[list[str]], str, int]:
    """Rows, why they end before the lines do (or ""), and how many lines were looked at."""
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    rows: list[list[str]] = []
    try:
        rows.extend(reader)  # those before an error stay in the list
    except csv.Error as wrong:
        return rows, STRAY_RETURN if str(wrong).startswith("new-line character") else NOT_CLOSED, reader.line_num
    return rows, "", reader.line_num


def _make_clean(found: Rows) -> None:
    """Leaves out rows that are no UTF-8, and NUL, which stores refuse, from the others."""
    for place in range(len(found.rows) - 1, -1, -1):
        row = found.rows[place]
        whole = "".join(row)
        if "\0" in whole:
            found.rows[place] = [field.replace("\0", "") for field in row]
        if not whole.isascii() and any("\udc80" <= letter <= "\udcff" for letter in whole):
            _leave_out(found, place, NOT_UTF8)


def _leave_out(found: Rows, place: int, reason: str) -> None:
    found.starts = list(found.starts)
    found.bad.append(Bad(found.starts.pop(place), reason, [field[:SHOWN] for field in found.rows.pop(place)]))


def _starts(rows: list[list[str]], line: int = 0) -> list[int]:
    return list(accumulate(map(_height, rows), initial=line))[:-1]


def _height(row: list[str]) -> int:
    """Lines of a row."""
    return 1 + sum(field.count("\n") for field in row)

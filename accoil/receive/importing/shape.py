"""What a file turns out to be: its type, and how its rows stand in it. Found before anything of it is written."""

import csv
from pathlib import Path
from typing import Any

import msgspec

from accoil.receive.importing import kinds, pieces
from accoil.receive.importing.files import CutShort, File
from accoil.receive.importing.pieces import Piece
from accoil.refused import Refused

DELIMITERS = ",;\t"
LINES_TRIED = 100
BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class Shape(msgspec.Struct, frozen=True):
    kind: str
    columns: tuple[str, ...] = ()  # of a table; JSON lines have none
    delimiter: str = ","
    offset: int = 0  # where the first row begins
    line: int = 1  # and on which line


def look(path: Path, kind: str | None = None) -> Shape:
    """Raises Refused, with a sentence, for a file that can't be imported at all."""
    file = File(path)
    try:
        piece = pieces.read(file)
    except CutShort as wrong:
        raise Refused(str(wrong)) from wrong
    finally:
        file.close()
    text = piece.text.removeprefix(BYTE_ORDER_MARK)
    mark = len(piece.text) - len(text)
    if not text.strip():
        raise Refused(f"{path.name} is empty.")
    if text.lstrip()[:1] in (b"{", b"["):
        return Shape(_kind_of_lines(path.name, text, kind), offset=mark)
    return _table(path.name, text, mark, kind)


def _table(name: str, text: bytes, mark: int, kind: str | None) -> Shape:
    line = text.split(b"\n", 1)[0]
    if b"\r" in line[:-1]:
        raise Refused(f"{name} has lines that end in a carriage return alone; save it with line feeds.")
    header = pieces.decode(line)
    columns, delimiter = _columns(header)
    kind = kinds.check_table(name, columns, kind)
    return Shape(kind, tuple(columns), delimiter, mark + len(line) + 1, 2)


def _columns(header: str) -> tuple[list[str], str]:
    """The names in the first line, under the delimiter that gives the most of those we know."""
    known = {*kinds.FIELDS, *kinds.OF_ERROR_FILES}
    readings = []
    for delimiter in DELIMITERS:
        row = next(csv.reader([header], delimiter=delimiter))
        readings.append(([column.strip().lower() for column in row], delimiter))
    return max(readings, key=lambda reading: len(known.intersection(reading[0])))


def _kind_of_lines(name: str, text: bytes, kind: str | None) -> str:
    item = _first_object(text)
    if item is None:
        raise Refused(f"{name} is not JSON lines: write one JSON object on each line, without commas between them.")
    guessed = kind or (kinds.SEGMENT if kinds.OF_SEGMENT & item.keys() else kinds.guess(item))
    if guessed is None:
        raise Refused(f"{name} can't be told to be events, groups, users or Segment's; say it with --type.")
    if guessed != kinds.SEGMENT:
        kinds.check_known(name, item, guessed)
    return guessed


def _first_object(text: bytes) -> dict[str, Any] | None:
    lines, _ = pieces.lines_of(Piece(text, len(text)))
    for line in lines[:LINES_TRIED]:
        try:
            item = msgspec.json.decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            continue
        if isinstance(item, dict):
            return item
    return None

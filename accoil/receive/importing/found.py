"""What a piece of a file holds: calls, and the rows that make none."""

from operator import itemgetter
from typing import Any

import msgspec

from accoil.receive.calls import Body, Call, Rejected
from accoil.receive.cleaning import clean
from accoil.receive.handling import PLAIN, Handling
from accoil.receive.importing import rows
from accoil.receive.importing.csv_rows import csv_rows
from accoil.receive.importing.kinds import FIELDS, SEGMENT
from accoil.receive.importing.pieces import Bad, Piece, decode, lines_of
from accoil.receive.importing.rows import Row
from accoil.receive.importing.shape import Shape
from accoil.receive.mapping.mappings import Mappings
from accoil.receive.suppressed import CODE

AS_COLUMNS = {"`userId`": "`user_id`", "`groupId`": "`group_id`", "`event`": "`name`"}
NO_ROW = "This line does not fit: {}."


class Found(msgspec.Struct):
    calls: list[Call]
    bad: list[Bad]  # by line, from 0 in the piece
    used: int  # bytes of the piece; the rest goes in front of the next
    lines: int  # in these bytes
    left_out: int = 0  # rows that the product's mappings take no part of, or that we made ourselves


class Line(msgspec.Struct, forbid_unknown_fields=True):
    """A row as a line of JSON."""

    type: str | None = None
    name: str | None = None
    timestamp: str | int | float | None = None
    user_id: str | int | float | None = None
    group_id: str | int | float | None = None
    message_id: str | None = None
    traits: dict[str, Any] | str | None = None


_line = msgspec.json.Decoder(Line)


def find(piece: Piece, shape: Shape, received: int, handling: Handling = PLAIN) -> Found:
    """All calls of a piece that can be counted, `received` now (ms). Mappings are for Segment's lines alone: columns
    say already what they mean."""
    if shape.columns:
        return _in_table(piece, shape, received, handling)
    return _in_lines(piece, shape.kind, received, handling)


def _in_table(piece: Piece, shape: Shape, received: int, handling: Handling) -> Found:
    read = csv_rows(piece, shape.delimiter)
    width = len(shape.columns)
    whole, places, bad = read.rows, None, read.bad
    if set(map(len, whole)) - {width}:
        places = [place for place, row in enumerate(read.rows) if len(row) == width]
        whole = [read.rows[place] for place in places]
        bad += [
            Bad(line, f"The header has {width} fields, this row {len(row)}.", row)
            for line, row in zip(read.starts, read.rows, strict=True)
            if len(row) not in (0, width)  # empty lines are nothing
        ]
    body = rows.calls_of(shape.kind, _in_order(whole, shape.columns))
    kept = rows.count(body, received, handling)
    for each in body.rejected:
        place = places[each.index] if places else each.index
        bad.append(Bad(read.starts[place], _as_columns(each.message), _shown(each, read.rows[place][:width])))
    return Found(kept, sorted(bad, key=_line_number), read.used, read.lines)


def _in_order(whole: list[list[str]], columns: tuple[str, ...]) -> list[Row]:
    """The fields of each row as in FIELDS, "" for those that the table does not have."""
    for row in whole:
        row.append("")
    absent = len(columns)
    pick = itemgetter(*(columns.index(field) if field in columns else absent for field in FIELDS))
    return list(map(pick, whole))


def _in_lines(piece: Piece, kind: str, received: int, handling: Handling) -> Found:
    lines, bad = lines_of(piece)
    places = [place for place, line in enumerate(lines) if line and not line.isspace()]
    body = _calls_of([lines[place] for place in places], kind, handling.mappings)
    kept = rows.count(body, received, handling)
    say = str if kind == SEGMENT else _as_columns
    for each in body.rejected:
        place = places[each.index]
        bad.append(Bad(place, say(each.message), _shown(each, [decode(lines[place])])))
    return Found(kept, sorted(bad, key=_line_number), piece.size, len(lines) + piece.is_cut, len(body.dropped))


def _calls_of(lines: list[bytes], kind: str, mappings: Mappings | None) -> Body:
    if kind == SEGMENT:
        return rows.calls_of_lines(lines, mappings)
    read: list[Row] = []
    places: list[int] = []
    unread: list[Rejected] = []
    for place, line in enumerate(lines):
        try:
            read.append(_row(line))
            places.append(place)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as wrong:
            unread.append(Rejected(place, "invalid_json", NO_ROW.format(wrong)))
    body = rows.calls_of(kind, read)
    body.rejected = [*unread, *(Rejected(places[each.index], each.code, each.message) for each in body.rejected)]
    body.positions = [places[position] for position in body.positions or ()]
    return body


def _row(line: bytes) -> Row:
    item = _line.decode(line)
    whole = (
        item.type or "", item.name or "", item.timestamp or "", _text(item.user_id), _text(item.group_id),
        item.message_id or "", item.traits,
    )  # fmt: skip
    return tuple(map(clean, whole)) if b"\\u0000" in line else whole


def _text(given: str | float | None) -> str:
    if isinstance(given, str):
        return given
    if given is None:
        return ""
    return str(int(given)) if given == int(given) else str(given)


def _as_columns(reason: str) -> str:
    for ours, theirs in AS_COLUMNS.items():
        reason = reason.replace(ours, theirs)
    return reason


def _shown(rejected: Rejected, fields: list[str]) -> list[str]:
    """What the error file has of a row: nothing of somebody who was deleted."""
    return [] if rejected.code == CODE else fields


def _line_number(bad: Bad) -> int:
    return bad.line

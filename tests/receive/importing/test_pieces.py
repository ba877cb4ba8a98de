"""However a file falls into pieces, its rows are the same, on the same lines."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accoil.receive.importing import csv_rows as module
from accoil.receive.importing import pieces
from accoil.receive.importing.csv_rows import csv_rows

TEXT = st.text(st.sampled_from([*'ab,;"\n\r ü€\0', "\u2028", "\x0b"]), max_size=12)
TABLES = st.lists(st.lists(TEXT, min_size=1, max_size=4), max_size=25)


def read_all(text: bytes, piece: int, longest: int = 1000) -> tuple[list[tuple[int, list[str]]], list[int], int]:
    """(line, row) of all rows, lines of bad ones, and how far it went, in pieces of this many bytes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pieces, "PIECE", piece)
        patch.setattr(pieces, "LONGEST_RECORD", longest)
        patch.setattr(module, "LONGEST_RECORD", longest)
        file, left, offset, line = io.BytesIO(text), b"", 0, 0
        rows, bad, is_last = [], [], False
        while not is_last:
            read = pieces.read(file, left)
            found = csv_rows(read, ",")
            rows += [(line + start, row) for start, row in zip(found.starts, found.rows, strict=True) if row]
            bad += [line + each.line for each in found.bad]
            left, is_last = read.text[found.used :] if found.used < read.size else b"", read.is_last
            offset, line = offset + found.used, line + found.lines
        assert line == text.count(b"\n") + (not text.endswith(b"\n") and bool(text))
        return rows, bad, offset


@given(TABLES, st.integers(1, 200))
def test_rows_that_hold_line_ends_are_put_together_again(table, piece):
    text = io.StringIO(newline="")
    csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(table)
    rows, bad, offset = read_all(text.getvalue().encode(), piece, longest=10_000)
    assert [row for _, row in rows] == [[field.replace("\0", "") for field in row] for row in table]
    assert bad == []
    assert offset == len(text.getvalue().encode())
    starts = [0]
    for row in table:
        starts.append(starts[-1] + 1 + sum(field.count("\n") for field in row))
    assert [line for line, _ in rows] == starts[:-1]


@given(st.binary(max_size=400) | TEXT.map(str.encode), st.integers(1, 50), st.integers(5, 60))
def test_any_bytes_are_read_to_their_end(text, piece, longest):
    assert read_all(text, piece, longest)[2] == len(text)


def test_a_quote_that_nobody_closes_costs_one_row():
    text = b"a,1\n" * 10 + b'b,"2\n' + b"c,3\n" * 40 + b'd,"4"\n' + b"e,5\n" * 40
    rows, bad, _ = read_all(text, 50, longest=100)
    assert bad == [10]
    assert [row[0] for _, row in rows] == ["a"] * 10 + ["c"] * 40 + ["d"] + ["e"] * 40


def test_a_line_that_is_far_too_long_costs_one_row():
    text = b"a,1\n" + b"b" * 5000 + b"\nc,3\n"
    rows, bad, offset = read_all(text, 50, longest=200)
    assert [(line, row) for line, row in rows] == [(0, ["a", "1"]), (2, ["c", "3"])]
    assert (bad, offset) == ([1], len(text))

"""CSV that any spreadsheet opens, and in which no text is taken for a formula."""

import io
from collections.abc import Iterator

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

MARK = b"\xef\xbb\xbf"  # tells spreadsheets that the letters are UTF-8
# What makes a spreadsheet compute a cell: a user who calls himself =HYPERLINK(…) must not get there.
FORMULA = "^[=+\\-@\\t\\r\\n＝＋－＠]"


def written(batches: Iterator[pa.RecordBatch]) -> Iterator[bytes]:
    header = True
    for batch in batches:
        safe = pa.RecordBatch.from_arrays([_safe(column) for column in batch.columns], names=batch.schema.names)
        sink = io.BytesIO()
        csv.write_csv(safe, sink, csv.WriteOptions(include_header=header, quoting_style="needed"))
        header = False
        yield sink.getvalue()


def _safe(column: pa.Array) -> pa.Array:
    kind = column.type
    if pa.types.is_dictionary(kind):
        return _safe(column.dictionary_decode())
    if pa.types.is_timestamp(kind):
        return pc.strftime(column.cast(pa.timestamp("s", tz="UTC"), safe=False), "%Y-%m-%dT%H:%M:%SZ")
    if not (pa.types.is_string(kind) or pa.types.is_large_string(kind)):
        return column
    return pc.if_else(pc.match_substring_regex(column, FORMULA), pc.binary_join_element_wise("'", column, ""), column)

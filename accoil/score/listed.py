"""Rows of the book as columns: what `Book._told` does to one row, done to thousands."""

import pyarrow as pa
import pyarrow.compute as pc

_ms = pa.timestamp("ms", tz="UTC")


def told(batch: pa.RecordBatch, scored: int) -> pa.RecordBatch:
    """Rates become fractions 0–1, days dates and times moments; `scored` is how many events the definition scores."""
    columns = dict(zip(batch.schema.names, batch.columns, strict=True))
    del columns["of_all"]
    columns["adoption"] = _share(columns["recently_scored_events"], scored)
    columns["lifetime_adoption"] = _share(columns["overall_scored_events"], scored)
    columns["last_active"] = _days(columns.pop("last_day"))
    columns["activated_on"] = _days(columns.pop("activated_day"))
    columns["last_seen"] = columns.pop("last_at").cast(pa.int64()).cast(_ms)
    for name in ("first_day", "created_on"):
        columns[name] = _days(columns[name])
    return pa.RecordBatch.from_pydict(columns)


def _share(of: pa.Array, whole: int) -> pa.Array:
    return pc.divide(of.cast(pa.float64()), float(whole))


def _days(numbers: pa.Array) -> pa.Array:
    return numbers.cast(pa.int32()).cast(pa.date32())

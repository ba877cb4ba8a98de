"""/v2/events and /v2/features: who takes up what, in a range of days and in the one before it."""

from collections.abc import Callable

import pyarrow as pa
from ninja import Query, Router
from pydantic import Field

from accoil.count.ids import Kind
from accoil.score import views
from accoil.score.features import events_of
from accoil.score.views import View
from accoil.segment import reading
from accoil.show.api.answered import add, columns
from accoil.show.api.asked import Asker, Id, Opened, Paging, Row, pages, pagination, sort_of
from accoil.show.api.explained import AskedDays, days_of
from accoil.show.api.segments import found_in
from accoil.show.api.shapes import usage as shapes
from accoil.show.export import Table

USUAL_DAYS = 30
FIGURES = (
    "did", "did_before", "active", "active_before", "adoption", "adoption_before", "change", "times", "average_events",
    "average_times",
)  # fmt: skip
COLUMNS = {
    "event": ["event", "scored", *FIGURES],
    "feature": ["feature", "events", *FIGURES, "week", "week_before", "week_change"],
}


class AskedUsage(AskedDays, Paging):
    scope: Kind = Field("account", description="Who takes it up: accounts or users.")
    segment_id: Id | None = Field(None, description="Only those who are in that segment on the last day.")
    sort: str = Field("-adoption", max_length=40, description="A column; with a minus the largest first.")
    columns: str = Field("", max_length=1000, description="Of a file: which, in that order; else all.")


def put(router: Router) -> None:
    add(router, "/events", events, shapes.Events, "list_events", "events", table=events_table)
    add(router, "/features", features, shapes.Features, "list_features", "events", table=features_table)


def events(asker: Asker, asked: Query[AskedUsage]) -> Row:
    """Every event ever received, and who took it up: how many did it of those who did anything at all, in a range (30
    days, unless the days are named) and in the one before. `adoption` is that share; `change` in percentage points."""
    return _listed(asker, asked, "event", _events)


def features(asker: Asker, asked: Query[AskedUsage]) -> Row:
    """The product's features, and who took up any event of each; `week` is the mean share of 7 days."""
    return _listed(asker, asked, "feature", _features)


def events_table(asker: Asker, asked: Query[AskedUsage]) -> Table:
    return _table(asker, asked, "event", _events)


def features_table(asker: Asker, asked: Query[AskedUsage]) -> Table:
    return _table(asker, asked, "feature", _features)


def _events(opened: Opened, view: View) -> list[Row]:
    return [{**row, "event": row["name"]} for row in views.events(view)]


def _features(opened: Opened, view: View) -> list[Row]:
    sets = events_of(opened.product)
    return [{**row, "feature": row["name"], "events": sets[row["name"]]} for row in views.features(view, sets)]


Rows = Callable[[Opened, View], list[Row]]


def _listed(asker: Asker, asked: AskedUsage, what: str, rows: Rows) -> Row:
    opened, view, found = _found(asker, asked, what, rows)
    page = found[asked.offset : asked.offset + asked.limit]
    return opened.top_now() | {
        "from": view.first,
        "to": view.last,
        "scope": view.kind,
        "data": [{name: row[name] for name in COLUMNS[what]} for row in page],
        "pagination": pagination(asked, len(found)),
        "_links": pages(f"/v2/{what}s", asked, len(found)),
    }


def _table(asker: Asker, asked: AskedUsage, what: str, rows: Rows) -> Table:
    shown = columns(asked.columns, COLUMNS[what])
    _, view, found = _found(asker, asked, what, rows)
    told = [{**row, "events": ", ".join(row["events"])} if "events" in row else row for row in found]
    table = pa.table({name: pa.array([row[name] for row in told], _type(name)) for name in shown})
    empty = pa.RecordBatch.from_pylist([], table.schema)  # says what the columns are, also when there is no row
    return Table(f"{what}s-{view.last}", iter([empty, *table.to_batches()]))


def _found(asker: Asker, asked: AskedUsage, what: str, rows: Rows) -> tuple[Opened, View, list[Row]]:
    asker.needs(f"{asked.scope}s")
    opened = Opened(asker, asked)
    first, last = days_of(opened, asked, USUAL_DAYS)
    only = _only(opened, asked)
    view = View(
        product_id=opened.product.pk, definition=opened.definition, kind=asked.scope, first=first, last=last, only=only
    )
    return opened, view, _sorted(rows(opened, view), asked.sort, COLUMNS[what])


def _only(opened: Opened, asked: AskedUsage) -> frozenset[int] | None:
    if asked.segment_id is None:
        return None
    segment = found_in(opened, asked.segment_id, asked.scope)
    return frozenset(reading.members(segment, asked.last or opened.as_of, opened.definition))


def _sorted(rows: list[Row], sort: str, columns: list[str]) -> list[Row]:
    by = sort_of(sort, [each for each in columns if each != "events"]).removeprefix("-")
    return sorted(sorted(rows, key=lambda row: str(row["name"])), key=lambda row: row[by], reverse=sort.startswith("-"))


def _type(name: str) -> pa.DataType:
    if name in ("event", "feature", "events"):
        return pa.string()
    if name == "scored":
        return pa.bool_()
    whole = ("did", "did_before", "active", "active_before", "times")
    return pa.int64() if name in whole else pa.float64()

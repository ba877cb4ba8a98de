"""The lists under Views: what is searched and how it is sorted, as the address says; answered as a page, as its rows
alone, or as a file."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pyarrow as pa
from django.http import QueryDict
from django.http.response import HttpResponseBase

from accoil.show import export, lists
from accoil.show.downloads import downloaded, files
from accoil.show.frame import page
from accoil.show.lists import Column
from accoil.show.uptake import Looking

Row = dict[str, Any]


@dataclass(frozen=True)
class Wanted(lists.Wanted):
    """The state of a list under Views, all of it on one page. `show`: all, scored or others."""

    show: str = "all"

    @property
    def query(self) -> dict[str, object]:
        return {**super().query, "show": self.show if self.show != "all" else ""}


@dataclass(frozen=True)
class Listing:
    """A list: the order it has when none is asked for, the fields of its files, its templates."""

    columns: tuple[Column, ...]
    usual: str
    fields: tuple[str, ...]
    template: str
    rows: str

    def wanted(self, query: QueryDict) -> Wanted:
        asked = lists.wanted(query, self.columns, self.usual)
        show = query.get("show", "")
        show = show if show in ("scored", "others") else "all"
        return Wanted(search=asked.search, sort=asked.sort, usual=self.usual, show=show)

    def answer(
        self,
        looking: Looking,
        now: Wanted,
        shown: list[Row],
        values: Row,
        tiles: Callable[[], list[Row]],
        suffix: export.Format | None = None,
    ) -> HttpResponseBase:
        """The page, for htmx its rows alone, or with a suffix the whole list as a file."""
        if suffix:
            return downloaded(_table(looking, shown, self.fields), suffix)
        who = f"{looking.kind.title()}s"
        columns = tuple(replace(each, title=who) if each.sort == "-did" else each for each in self.columns)
        values = {
            **looking.switches,
            **values,
            "rows": shown,
            "heads": lists.heads(columns, now, looking.here),
            "wanted": now,
            "files": files(looking.to, looking.name, **now.query),
            "everything": looking.here(),
        }
        if looking.frame.request.headers.get("HX-Request") == "true":
            return page(looking.frame, self.rows, {**values, "swapped": True})
        return page(looking.frame, self.template, {**values, "tiles": tiles()})


def listed(rows: Iterable[Row], now: Wanted) -> list[Row]:
    """Those searched for, sorted. Equal ones by name."""
    words_of = now.search.casefold()
    found = [row for row in rows if words_of in row["words"].casefold() or words_of in row["name"].casefold()]
    key = now.sort.lstrip("-")
    found.sort(key=lambda row: row["words"].casefold())
    found.sort(
        key=lambda row: row[key].casefold() if isinstance(row[key], str) else row[key], reverse=now.sort[0] == "-"
    )
    return found


def _table(looking: Looking, rows: Sequence[Row], fields: Sequence[str]) -> export.Table:
    columns = pa.table({field: [row[field] for row in rows] for field in fields})
    empty = pa.RecordBatch.from_pylist([], columns.schema)
    return export.Table(f"{looking.name}-{looking.range.last}", iter([empty, *columns.to_batches()]))

"""What became of whom in a range of days, of those that a profile counts at its end."""

from datetime import date, timedelta
from typing import Any

import msgspec

from accoil.count import days, ids
from accoil.count.ids import Kind
from accoil.count.people import KINDS
from accoil.score.book import Book, look_at
from accoil.score.definition import Definition
from accoil.store.questions import beside

ASK = beside(__file__, "news")
Row = dict[str, Any]


class Found(msgspec.Struct, frozen=True):
    """The first `most` of `total`; a row has `id` and `name`. `rose`: how many of those who moved."""

    rows: list[Row]
    total: int
    rose: int = 0


class News:
    """`first` and `last` belong to the range."""

    def __init__(self, product_id: int, definition: Definition, first: date, last: date, most: int) -> None:
        self.product_id, self.first, self.last = product_id, first, last
        self._definition, self._most = definition, most

    @property
    def book(self) -> Book:
        return look_at(self.product_id, self._definition, self.last)

    def moved(self, scope: Kind, least: int) -> Found:
        """By at least so many points: `now`, `earlier`."""
        before = look_at(self.product_id, self._definition, self.first - timedelta(days=1))
        return self._ask("moved", scope, {"before": before.table(scope)}, least=least)

    def activated(self, scope: Kind) -> Found:
        return self._ask("activated", scope)

    def created(self, scope: Kind) -> Found:
        return self._ask("created", scope)

    def changed(self, scope: Kind, key: str) -> Found:
        """What a trait says: `now`, `earlier`."""
        return self._ask("changed", scope, kind=KINDS[scope], key=key)

    def first_time(self, scope: Kind, event: str) -> Found:
        event_id = ids.id_of(self.product_id, ids.EVENT, event)
        return self._ask("first_time", scope, {"id": f"{scope}_id"}, event_id=event_id)

    def those(self, scope: Kind, entities: list[int]) -> Found:
        """In this order."""
        return self._ask("those", scope, entities=entities) if entities else Found([], 0)

    def _ask(self, name: str, scope: Kind, places: dict[str, str] | None = None, **more: Any) -> Found:
        book = self.book
        within = {"first": days.number(self.first), "last": days.number(self.last), "most": self._most}
        rows = book.rows(ASK[name], {"who": book.table(scope), **(places or {})}, **within, **more)
        total = rows[0]["of_all"] if rows else 0
        told = [{**row, "day": days.day(row["day"]) if "day" in row else None} for row in rows]
        return Found(told, total, int(rows[0]["rose"]) if rows and "rose" in rows[0] else 0)

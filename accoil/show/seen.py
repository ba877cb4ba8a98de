"""One profile of one product as of the day looked at: the questions several pages ask alike. No number is made here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import Any

from accoil.count.ids import Kind
from accoil.score.book import Book, Page, look_at
from accoil.score.history import book_history, sparklines
from accoil.score.in_force import book_course
from accoil.score.movers import Moved, moved
from accoil.score.summaries import summaries
from accoil.show.frame import Frame
from accoil.show.sentences import DEAR, HOT
from accoil.show.whole import whole

RANGES = (30, 90, 365)  # days a chart can show
SPARK_DAYS = 30

Row = dict[str, Any]


@dataclass
class Seen:
    """What a page sees through the frame's profile. `kind` is "account" or "user"."""

    frame: Frame

    @cached_property
    def book(self) -> Book:
        return look_at(self.frame.product.pk, self.frame.definition, self.frame.as_of)

    @cached_property
    def summary(self) -> Row:
        return self.book.summary()

    @property
    def kind(self) -> Kind:
        """What there is to look at first: accounts, or users while no account is known."""
        return "account" if self.summary["accounts"] else "user"

    @property
    def window(self) -> int:
        return self.frame.definition.window

    def page(self, kind: Kind, **wanted: Any) -> Page:
        return self.book.page(kind, **wanted)

    def cooled(self, kind: Kind, most: int) -> list[Row]:
        """Those that lost 10 points or more within the window, the worst first."""
        return self.page(kind, sort="change", moved=-HOT, limit=most).rows

    def warmed(self, kind: Kind, most: int) -> list[Row]:
        """Those that gained 10 points or more within the window, the best first."""
        return self.page(kind, sort="-change", moved=HOT, limit=most).rows

    def moved(self, kind: Kind) -> Moved:
        """How many did."""
        return moved(self.book, kind, HOT, DEAR)

    def history(self, days: int) -> list[Row]:
        """A row a day for the whole book, oldest first."""
        first = self.frame.as_of - timedelta(days=days - 1)
        return book_history(self.frame.product.pk, self.frame.definition, first, self.frame.as_of)

    def lacks(self, days: int) -> bool:
        """Whether a large book's past days are still to be computed, which takes seconds."""
        first, yesterday = (self.frame.as_of - timedelta(days=back) for back in (days - 1, 1))
        return self.book.is_large and summaries(self.frame.product.pk, self.frame.definition).lacks(first, yesterday)

    def reported(self, days: int) -> list[Row]:
        """The same as it was reported on each day, under the version in force then."""
        return book_course(self.frame.chosen, self.frame.as_of - timedelta(days=days - 1), self.frame.as_of)

    def with_lines(self, kind: Kind, rows: Sequence[Row]) -> list[Row]:
        """The rows, each with its last 30 scores as `line`."""
        if not rows:
            return []
        lines = sparklines(
            self.frame.product.pk,
            self.frame.definition,
            kind,
            [row["id"] for row in rows],
            self.frame.as_of,
            SPARK_DAYS,
        )
        return [{**row, "line": lines.get(row["id"], [])} for row in rows]


def range_of(frame: Frame, choices: Sequence[int] = RANGES) -> int:
    """How many days a chart shows; the address may choose one of `choices`."""
    asked = whole(frame.request.GET.get("days"))
    return asked if asked in _possible(frame, choices) else 90


def range_links(frame: Frame, chosen: int, choices: Sequence[int], name: str, *args: int, **query: object) -> list[Row]:
    """A link per length a chart can have, to the same page."""
    return [
        {"days": days, "link": frame.link(name, *args, **query, days=days), "here": days == chosen}
        for days in _possible(frame, choices)
    ]


def _possible(frame: Frame, choices: Sequence[int]) -> list[int]:
    """Those that begin with a day that can be asked for."""
    first = frame.first_askable
    return [days for days in choices if first is None or frame.as_of - timedelta(days=days - 1) >= first]

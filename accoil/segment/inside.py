"""Who is in which segment, as last written down: beside the book, so that the engine finds out who moved."""

import itertools
from collections.abc import Sequence

import msgspec
import numpy as np
import numpy.typing as npt
import pyarrow as pa
from django.db import connection

from accoil.count.facts import Facts
from accoil.count.ids import Kind
from accoil.score.book import Book
from accoil.segment import asking
from accoil.segment.models import Stay, Waiting
from accoil.segment.watched import Watched

Ids = npt.NDArray[np.int64]
_numbered = itertools.count(1)


class Move(msgspec.Struct, frozen=True):
    """Whom a segment's rule begins and ceases to hold for."""

    segment: Watched
    entered: list[int]
    left: list[int]


class Inside:
    """A kept table for the users, or the accounts, of a profile: a row per entity, a column per segment. `find` looks
    who moved; once that is written down, `settle` makes it the state to compare with."""

    def __init__(self, facts: Facts, scope: Kind, from_nothing: bool = False) -> None:
        self._facts = facts
        self._scope = scope
        self._names = [f"inside_{next(_numbered)}", f"inside_{next(_numbered)}"]  # as written down, as found
        self._columns: list[int] | None = None  # segments of the first of them; None: to be read back
        if from_nothing:
            self._read_back([])

    @property
    def table(self) -> str:
        """Everyone as last found."""
        return f"kept.{self._names[1]}"

    def find(self, book: Book, segments: Sequence[Watched]) -> list[Move]:
        """Those whose rule holds for others than it did, in their order."""
        if self._columns is None:
            self._read_back([each.id for each in segments])
        book.keep(self._names[1], asking.question(self._scope, segments))
        moved = self._facts.store.ask(self._difference(segments), {"was": f"kept.{self._names[0]}", "now": self.table})
        ids = moved["id"].to_numpy()
        moves = []
        for each in segments:
            way = moved[f"d{each.id}"].to_numpy()
            entered, left = ids[way > 0], ids[way < 0]
            if len(entered) or len(left):
                moves.append(Move(each, entered.tolist(), left.tolist()))
        return moves

    def settle(self, segments: Sequence[Watched]) -> None:
        self._names.reverse()
        self._columns = [each.id for each in segments]

    def forget(self) -> None:
        """What is written down must be read back: not all may have been."""
        self._columns = None

    def drop(self) -> None:
        for name in self._names:
            self._facts.store.drop(name)

    def _difference(self, segments: Sequence[Watched]) -> str:
        known = set(self._columns or ())
        pairs = {
            each.id: (
                f"coalesce(n.b{each.id}, false)",
                f"coalesce(w.b{each.id}, false)" if each.id in known else "false",
            )
            for each in segments
        }
        ways = ", ".join(
            f"cast({now} as tinyint) - cast({was} as tinyint) as d{id}" for id, (now, was) in pairs.items()
        )
        differ = " or ".join(f"{now} <> {was}" for now, was in pairs.values())
        return (
            f"select coalesce(n.id, w.id) as id, {ways} "  # noqa: S608  made of our own numbers
            f"from {{now}} n full join {{was}} w on w.id = n.id where {differ}"
        )

    def _read_back(self, segments: list[int]) -> None:
        inside = {id: _entities(id) for id in segments}
        everyone = np.unique(np.concatenate([*inside.values(), np.empty(0, np.int64)]))
        columns = {f"b{id}": np.isin(everyone, some, assume_unique=True) for id, some in inside.items()}
        self._facts.store.keep_rows(self._names[0], pa.table({"id": everyone, **columns}))
        self._columns = segments


def _entities(segment: int) -> Ids:
    """Those written down as being in it, or as waiting to be."""
    found = []
    for model, still in ((Stay, {"left_day": None}), (Waiting, {})):
        question = model.objects.filter(segment=segment, **still).values_list("entity").order_by().query
        with connection.cursor() as cursor:
            cursor.execute(*question.sql_with_params())
            found.append(np.array([row[0] for row in cursor.fetchall()], np.int64))
    return np.unique(np.concatenate(found))

"""A draft definition against the one in force, over the whole book, as of one day."""

import itertools
import time
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import msgspec
import pyarrow as pa

from accoil.count.facts import facts
from accoil.rule.tree import Scope
from accoil.score.book import BANDS, Book
from accoil.score.definition import Definition
from accoil.score.drafted import books, kept_groups, making
from accoil.score.groups import Groups
from accoil.store.questions import beside

ASK = beside(__file__, "what_if")

BINS = 20
EVERYONE = 1_000_000_000
MOVERS = 10  # up, and as many down
SCOPES: tuple[Scope, ...] = ("account", "user")
LOWEST = (15, 10, 5, 0)  # the first bin of each band, as in BANDS
ORDERS = ("move", "name", "score_from", "score_to", "raw_from", "raw_to", "activation_from", "activation_to")

Row = dict[str, Any]
FromTo = tuple[int, int]  # under the definition in force, under the draft

_numbered = itertools.count(1)


class Mover(msgspec.Struct, frozen=True):
    """A score is None where one does not count."""

    id: int
    tracking_id: str
    name: str
    score_from: int | None
    score_to: int | None
    move: int


class Passing(msgspec.Struct, frozen=True):
    """How many enter and leave a segment by the draft, and how many are in it before and after."""

    number: int
    name: str
    entered: int
    left: int
    inside: FromTo


class Consequences(msgspec.Struct, frozen=True):
    """Of the users, or the accounts. `counted`: who is in the profile; `scored`: who has points; `moved`: whose score
    differs. Histograms have 20 bins of 5 points, bands are named as in a book."""

    counted: FromTo
    scored: FromTo
    moved: int
    histogram: tuple[list[int], list[int]]
    movers: list[Mover]
    segments: list[Passing]

    @property
    def bands(self) -> tuple[dict[str, int], dict[str, int]]:
        before, after = (_bands(bins) for bins in self.histogram)
        return before, after


class WhatIf(msgspec.Struct, frozen=True):
    as_of: date
    benchmark: tuple[float | None, float | None]
    accounts: Consequences
    users: Consequences
    seconds: float

    def of(self, scope: Scope) -> Consequences:
        return self.accounts if scope == "account" else self.users


def what_if(
    product_id: int,
    now: Definition | None,
    draft: Definition,
    as_of: date,
    groups: Mapping[Scope, tuple[Groups, Groups]] | None = None,
) -> WhatIf:
    """`now` None: there is no definition yet, and everybody comes in by the draft. `groups`: segments as the definition
    in force means them, and as the draft does."""
    began = time.perf_counter()
    with making:
        before, after = _sides(product_id, now, draft, as_of)
        found = {}
        for scope in SCOPES:
            with _Compared(scope, before if now else None, after) as compared:
                found[scope] = compared.consequences((groups or {}).get(scope))
        return WhatIf(
            as_of=as_of,
            benchmark=(before.benchmark if now else None, after.benchmark),
            accounts=found["account"],
            users=found["user"],
            seconds=time.perf_counter() - began,
        )


def differences(
    product_id: int,
    now: Definition | None,
    draft: Definition,
    as_of: date,
    scope: Scope,
    *,
    search: str = "",
    sort: str = "-move",
    limit: int = 50,
    offset: int = 0,
) -> tuple[list[Row], int]:
    """Everyone who differs in score, points, activation or in whether they count: `id`, `tracking_id`, `name`, `move`,
    and `score`, `raw` and `activation` each `_from` and `_to`, None where one does not count. And how many there are.
    Raises ValueError for a sort that does not exist."""
    rows = differing(product_id, now, draft, as_of, scope, search, sort, limit, offset).to_pylist()
    total = rows[0]["of_all"] if rows else 0
    for row in rows:
        del row["of_all"]
    return rows, total


def differing(
    product_id: int, now: Definition | None, draft: Definition, as_of: date, scope: Scope,
    search: str = "", sort: str = "-move", limit: int = EVERYONE, offset: int = 0,
) -> pa.Table:  # fmt: skip
    """The same as columns, to be exported; `of_all` is how many there are."""
    order = sort.lstrip("-")
    if order not in ORDERS:
        raise ValueError(f"sort is {sort!r}; choose one of {', '.join(ORDERS)}, with a minus for the largest first")
    places = {"order": order, "direction": "desc" if sort.startswith("-") else "asc"}
    with making:
        before, after = _sides(product_id, now, draft, as_of)
        with _Compared(scope, before if now else None, after) as compared:
            return compared.table("listed", places, search=search, limit=limit, offset=offset)


def told_otherwise(
    product_id: int, now: Definition, draft: Definition, as_of: date, scope: Scope, groups: tuple[Groups, Groups]
) -> pa.Table:
    """Those whose figures, or groups, differ: `id`; `differs`, whether any figure does that other tools are told; and
    for each group `was…` and `is…`, inside before and after."""
    with making:
        before, after = _sides(product_id, now, draft, as_of)
        with _Compared(scope, before, after) as compared:
            return compared.told_otherwise(*groups)


def _sides(product_id: int, now: Definition | None, draft: Definition, as_of: date) -> list[Book]:
    return books(product_id, [now or draft, draft], as_of)


class _Compared:
    """Everyone of two books beside each other, while it is looked at. `before` None: nobody counted."""

    def __init__(self, scope: Scope, before: Book | None, after: Book) -> None:
        self.scope, self.before, self.after = scope, before, after
        self._store = facts().store
        self._name = f"what_if_{next(_numbered)}"

    def __enter__(self) -> "_Compared":
        if self.before is None:
            self._store.keep(f"{self._name}_nobody", ASK["nobody"], {"draft": self.after.table(self.scope)})
        self._store.keep(self._name, ASK["differences"], self._places)
        return self

    def __exit__(self, *_: object) -> None:
        self._store.drop(self._name)
        self._store.drop(f"{self._name}_nobody")

    def ask(self, name: str, **values: Any) -> list[Row]:
        return self._store.rows(ASK[name], self._places, **values)

    def table(self, name: str, places: Mapping[str, str], **values: Any) -> pa.Table:
        return self._store.ask(ASK[name], {**self._places, **places}, **values)

    def consequences(self, groups: tuple[Groups, Groups] | None) -> Consequences:
        row = self.ask("scored")[0]
        return Consequences(
            counted=(row["counted_from"], row["counted_to"]),
            scored=(row["scored_from"], row["scored_to"]),
            moved=row["moved"],
            histogram=self._histogram(),
            movers=[Mover(**each) for each in self.ask("movers", most=MOVERS)] if self.before else [],
            segments=self._passing(*groups) if groups else [],
        )

    def told_otherwise(self, now: Groups, draft: Groups) -> pa.Table:
        assert self.before is not None
        inside = {
            "inside_from": kept_groups(self.before, self.scope, now),
            "inside_to": kept_groups(self.after, self.scope, draft),
        }
        counts = {"of_from": len(self.before.definition.events), "of_to": len(self.after.definition.events)}
        question = _told_question(ASK[f"told_otherwise_{self.scope}"], list(now.names))
        return self._store.ask(question, {**self._places, **inside}, **counts)

    def _histogram(self) -> tuple[list[int], list[int]]:
        bins = {"from": [0] * BINS, "to": [0] * BINS}
        for row in self.ask("histogram"):
            bins[row["what"]][row["bin"]] = row["n"]
        return bins["from"], bins["to"]

    def _passing(self, now: Groups, draft: Groups) -> list[Passing]:
        """Who passes in and out of segments."""
        if not draft.names:
            return []
        inside = {
            "inside_from": kept_groups(self.before or self.after, self.scope, now),
            "inside_to": kept_groups(self.after, self.scope, draft),
        }
        row = self._store.rows(_passing_question(list(draft.names)), {**self._places, **inside})[0]
        return [
            Passing(number, name, row[f"in{number}"], row[f"out{number}"], (row[f"from{number}"], row[f"to{number}"]))
            for number, name in draft.names.items()
        ]

    @property
    def _places(self) -> dict[str, str]:
        before = self.before.table(self.scope) if self.before else f"kept.{self._name}_nobody"
        return {"now": before, "draft": self.after.table(self.scope), "differences": f"kept.{self._name}"}


def _passing_question(numbers: Sequence[int]) -> str:
    """One look over everyone, however many segments there are."""
    columns = ", ".join(
        f"count(case when was{n} and not is{n} then 1 end) as out{n}, "
        f"count(case when is{n} and not was{n} then 1 end) as in{n}, "
        f"count(case when was{n} then 1 end) as from{n}, count(case when is{n} then 1 end) as to{n}"
        for n in numbers
    )
    both = ", ".join(
        f"f.score_from is not null and coalesce(w.b{n}, false) as was{n}, "
        f"f.score_to is not null and coalesce(i.b{n}, false) as is{n}"
        for n in numbers
    )
    return (
        f"select {columns} from (select {both} from {{differences}} f "  # noqa: S608  made of our own numbers
        "left join {inside_from} w on w.id = f.id left join {inside_to} i on i.id = f.id) as sides"
    )


def _told_question(figures: str, numbers: Sequence[int]) -> str:
    sides = "".join(
        f", f.counted_from and coalesce(w.b{n}, false) as was{n}, f.counted_to and coalesce(i.b{n}, false) as is{n}"
        for n in numbers
    )
    differ = "".join(f" or was{n} <> is{n}" for n in numbers)
    return (
        f"select * exclude (counted_from, counted_to) from (select f.*{sides} from ({figures}) f "  # noqa: S608  ours
        f"left join {{inside_from}} w on w.id = f.id left join {{inside_to}} i on i.id = f.id) as sides "
        f"where differs{differ}"
    )


def _bands(bins: Sequence[int]) -> dict[str, int]:
    tops = (BINS, *LOWEST)
    return {band: sum(bins[low:top]) for band, low, top in zip(BANDS, LOWEST, tops, strict=False)}

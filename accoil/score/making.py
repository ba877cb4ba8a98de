"""How a book is made: everyone's numbers under one definition as of one day, as tables that the store keeps."""

import threading
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pyarrow as pa

from accoil import measured
from accoil.count import days
from accoil.count.facts import Facts, facts
from accoil.rule.tree import Scope
from accoil.score import capped, steps, values
from accoil.score.adding import can_add, new_counts, put_rows, put_sums
from accoil.score.definition import Definition
from accoil.score.people import told
from accoil.score.population import population, whom
from accoil.score.reading import SCOPES
from accoil.score.remembered import in_use
from accoil.store.questions import beside
from accoil.store.store import Value

ASK = beside(__file__, "book")

NARROW = 62  # events or days that fit the faster kind of bit set
LARGE = 20_000  # users: a book of fewer is made in less time than anybody notices
ROOM = LARGE  # rows: what was put in place of others keeps its room until the tables are made anew
PARTS = ("late", "pairs", "parts", "users", "accounts")  # its kept tables


class Making:
    """What every book is before anybody asks it something."""

    def __init__(self, product_id: int, definition: Definition, as_of: date, name: str) -> None:
        self.product_id = product_id
        self.definition = definition
        self.as_of = as_of
        self.benchmark: float | None = None
        self.computed_at = datetime.now(UTC)
        self._facts: Facts = facts()
        self._places = {part: f"kept.{name}_{part}" for part in PARTS}
        self._name = name
        self._version = -1
        self._block: int | None = None  # the last of which its parts know; None where nobody can tell
        self._benchmarks: dict[str, float | None] = {}
        self._summary: tuple[int, dict[str, Any]] | None = None  # of which version
        self._made = float("-inf")
        self._users = self._put = 0  # of it; rows of counts that were added since it was made anew
        self.is_gone = False
        self._making = threading.Lock()

    @property
    def is_large(self) -> bool:
        return self._users > LARGE

    @property
    def is_behind(self) -> bool:
        """Whether facts came since its rows were made that reach as far back as its day: what is done later changes no
        number of before."""
        since = self._facts.first_day_since(self.product_id, self._version)
        return self._version < 0 or (since is not None and since <= days.number(self.as_of))

    @property
    def age(self) -> float:
        """Seconds since its rows were made."""
        return time.monotonic() - self._made

    def make(self) -> None:
        """Makes the rows anew. Of a book that never was nothing stays when that fails."""
        try:
            with in_use(), measured.scored.taken("book"):
                self._make()
        finally:
            if self.is_gone or self._version < 0:  # gone meanwhile
                self._let_go()

    def _make(self) -> None:
        computed_at, version = datetime.now(UTC), self._add()
        if version is None:
            version = self._facts.version[self.product_id]
            places = self._all_places()
            self._make_parts(places, self._given)
            block, self._block = self._block, None  # until all of it is made
            self._make_pairs(places, self._given)
            self._benchmarks = self._find_benchmarks(self._facts.store.ask)
            self._make_rows()
            self._users, self._put = self._facts.store.rows(ASK["size"], self._places)[0]["users"], 0
            self._block = block
        self.benchmark = self._benchmarks["b_now"]
        self.computed_at, self._version, self._made = computed_at, version, time.monotonic()

    def _add(self) -> int | None:
        """Puts in place what loads added since; up to which version. None where that is not all that they did."""
        added = self._facts.added_since(self.product_id, self._version) if can_add(self.definition) else None
        if added is None or self._block is None or self._put > max(self._users, ROOM):
            return None
        block, self._block = self._block, None  # where it is broken off, some may be in and some not: made anew then
        new = new_counts(added, block, days.number(self.as_of))
        if new is not None:
            self._put_in_place(new)
            self._put += len(new)
        self._block = max(block, added[-1].block) if added else block
        return added[-1].version if added else self._version

    def _put_in_place(self, new: pa.Table) -> None:
        store, given = self._facts.store, self._given
        places = self._all_places() | self._populations()
        store.keep_rows(f"{self._name}_new", new)
        places["new"] = f"kept.{self._name}_new"
        with store.changing() as change:
            places = put_sums(change, self._name, places, given)
            found = self._find_benchmarks(change.ask)
            moves = found != self._benchmarks or bool(self._stepped)
            if not moves:
                put_rows(change, self._name, places, given | found)
        store.drop_all(f"{self._name}_new")
        if moves:
            self._benchmarks = found
            self._make_rows()

    def _all_places(self) -> dict[str, str]:
        day = days.number(self.as_of)
        is_narrow = max(len(self.definition.events), self.definition.window) <= NARROW
        return {
            **self._places,
            **capped.places(self.definition),
            "bit_of": "bit_of" if is_narrow else "wide_bit_of",
            "people": whom(self._facts, self.product_id, self.definition, day).people(),
            "ever": "ever",
            "membership": "membership",
        }

    def _find_benchmarks(self, ask: Callable[..., pa.Table]) -> dict[str, float | None]:
        """b_now, b_yesterday, b_last."""
        found = ask(ASK["benchmarks"], self._places).to_pylist()[0]
        return {name: self.definition.benchmark or value for name, value in found.items()}

    @property
    def _stepped(self) -> list[Scope]:
        return [scope for scope in SCOPES if self.definition.activation.steps(scope)]

    def _make_rows(self) -> None:
        """Of everybody, of parts and pairs."""
        store, places, given = self._facts.store, self._all_places(), self._given | self._benchmarks
        for scope in SCOPES:  # accounts are made of users
            name = f"{self._name}_{scope}s" if scope not in self._stepped else f"{self._name}_{scope}s_base"
            places[f"{scope}s"] = f"kept.{name}"
            store.keep(name, ASK[f"{scope}s"], places, **given)
        for scope in self._stepped:
            self._make_steps(scope, places, given)
        for scope in self._stepped:
            store.drop(f"{self._name}_{scope}s_base")

    def _make_parts(self, places: dict[str, str], given: dict[str, Value]) -> None:
        """Of everyone who did something in two windows; then only of those who count, where not everyone does."""
        store, day, window = self._facts.store, days.number(self.as_of), self.definition.window
        ask = (store, f"{self._name}_above", self.product_id, self.definition)
        places |= capped.keep_above(*ask, day - 2 * window + 1, day)
        question = capped.made_of(ASK["parts"], self.definition)
        cap = self.definition.daily_cap
        self._block = store.keep_dated(f"{self._name}_parts", question, places, **given, cap=cap)
        if "above" in places:
            store.drop(f"{self._name}_above")
        if not self.definition.counts_everyone:
            store.keep(f"{self._name}_parts", ASK["among"], {**places, **self._populations()})

    def _populations(self) -> dict[str, str]:
        """The places of who counts on each of the three days."""
        if self.definition.counts_everyone:
            return {}
        day, back = days.number(self.as_of), {"": 0, "_yesterday": 1, "_last": self.definition.window}
        return {f"population{name}": self._population(day - before) for name, before in back.items()}

    def _make_pairs(self, places: dict[str, str], given: dict[str, Value]) -> None:
        """What everybody has done so far, whatever it weighs."""
        store = self._facts.store
        goes_on = store.rows(ASK["goes_on"], **given)[0]["yes"]
        if goes_on:
            store.keep(f"{self._name}_late", ASK["late"], **given)
        store.keep(f"{self._name}_pairs", ASK["pairs_then" if goes_on else "pairs"], places, **given)
        if goes_on:
            store.drop(f"{self._name}_late")

    def _make_steps(self, scope: Scope, places: dict[str, str], given: dict[str, Value]) -> None:
        """Which steps those of a book without steps have met, put beside their numbers."""
        told_then = told(self._facts, self.product_id, days.number(self.as_of))
        places = {**places, "population": places["users"], "told": told_then}
        steps.keep(self._facts, f"{self._name}_{scope}s", self.product_id, self.definition, scope, places, given)

    def _population(self, day: int) -> str:
        return population(self._facts, self.product_id, self.definition, day)

    def drop(self) -> None:
        """For good, also while it is being made."""
        self.is_gone = True
        self._let_go()

    def _let_go(self) -> None:
        self._facts.store.drop_all(self._name)

    @property
    def _given(self) -> dict[str, Value]:
        return {**values.of(self.product_id, self.definition), "as_of": days.number(self.as_of)}

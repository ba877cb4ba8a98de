"""Days that are no longer kept are condensed in the journal; no number that can still be asked for is another one then.

RANDOM_WORLDS in the environment says how many worlds (default 8); a long run takes thousands.
"""

from __future__ import annotations

import os
import sqlite3
import tempfile
import tracemalloc
from collections.abc import Iterable, Iterator
from contextlib import closing, suppress
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from accoil.count import counts, days
from accoil.count.condensing import Condensing, Horizon
from accoil.count.erasing import Erased, change_of
from accoil.count.facts import Facts, open_facts
from accoil.count.ids import USER, id_of
from accoil.count.load import Loader
from accoil.count.many_ids import ManyIds
from accoil.receive import condensing, rewriting
from accoil.receive.condensing import Done, Ids, condense
from accoil.receive.journal import Journal
from accoil.receive.mending import mend
from accoil.rule.reaching import first_days
from accoil.score.askable import ZONES, looks_back
from accoil.score.definition import Definition
from accoil.store.duckdb import DuckDB
from accoil.team.models import FIRST_DAYS
from tests.count.asking import EVERYONE, everything
from tests.drawn_definitions import as_product, peopled
from tests.reference_facts import Message
from tests.small_worlds import at, did, did_anonymously, identified, joins, knows
from tests.strategies import Case, cases
from tests.world import Engine

WORLDS = int(os.environ.get("RANDOM_WORLDS", "8"))
EVER = """
select user_id, account_id, event_id, min(first_day) as first_day, max(last_day) as last_day, max(last_at) as last_at,
       cast(sum(n) as bigint) as n
from ever where product = :product group by all order by all
"""
NAMES = """
select kind, id, min(first_at) as at, min(first_day) as day from name where product = :product group by all order by all
"""
WAITING = """
select user_id, given_id, event_id, min(day) as first_day, max(last_at) as last_at, cast(sum(n) as bigint) as n
from waiting where product = :product and kind = 1 group by all order by all
"""


class Kept:
    """An engine whose journal is condensed, and its stores of before and after."""

    def __init__(self, folder: Path, zone: str = "UTC") -> None:
        self.engine = Engine(folder)
        self.folder, self.zone = folder, zone
        self.product = self.engine.new_product(zone)
        self.stores = 0

    def condense(
        self, first_kept: date, until: int | None = None, runs: str = "1", first_days: int = FIRST_DAYS
    ) -> Done:
        """`until`: the block after which it is killed."""

        def told(number: int) -> None:
            if number == until:
                raise Killed

        seen = self.folder / "seen"
        seen.mkdir(exist_ok=True)
        horizon = Horizon(days.number(first_kept), self.zone, first_days)
        by = Condensing(self.engine.facts.store, {self.product: horizon}, ManyIds(seen))
        return condense(self.folder / "journal.sqlite3", by, runs, told)

    def rebuilt(self) -> Facts:
        self.stores += 1
        facts = Facts(DuckDB(self.folder / f"again-{self.stores}.duckdb", threads=1))
        Loader(facts, self.engine.journal, lambda: self.engine.zones).catch_up()
        return facts

    def told(self, facts: Facts, definition: Definition, first_kept: date, *asked: date) -> dict[str, Any]:
        """All that can be asked for."""
        told = everything(facts, self.product, definition, *asked)
        told["checksums"] = [row for row in told["checksums"] if row["day"] >= first_kept]
        told["counts"] = [
            counts.counts(self.product, limit=EVERYONE, first=first_kept),
            counts.counts(self.product, limit=EVERYONE, group_by=("user", "account", "event")),
        ]
        for name, question in (("ever", EVER), ("names", NAMES), ("waiting", WAITING)):
            told[name] = facts.store.rows(question, product=self.product)
        return told

    def close(self) -> None:
        open_facts(None)
        self.engine.facts.store.close()
        self.engine.journal.db.close()


class Killed(Exception):
    pass


@pytest.fixture(autouse=True)
def few_blocks_are_changed_together(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that even a small journal can be killed with one part done and another not."""
    monkeypatch.setattr(condensing, "MOST_BLOCKS", 3)


@settings(max_examples=WORLDS, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.one_of(cases(), peopled()), st.sampled_from((0, 0, 1, 7, 30)), st.integers(0, 60))
def test_every_number_that_can_be_asked_for_stays(case: Case, since: int, killed_after: int) -> None:
    definition = as_product(case.definition)
    first_kept = case.as_of - timedelta(days=looks_back(definition) + ZONES + since)
    with tempfile.TemporaryDirectory() as folder:
        kept = Kept(Path(folder), case.zone)
        kept.engine.receive(kept.product, case.messages)
        asked = (case.as_of + timedelta(days=since),)
        before = kept.told(kept.engine.facts, definition, first_kept, *asked)
        try:
            kept.condense(first_kept, until=killed_after)
        except Killed:
            event("killed on the way")
        kept.condense(first_kept, runs="2")
        assert kept.told(kept.rebuilt(), definition, first_kept, *asked) == before
        kept.close()


USE = Definition(events={"Open": 1, "Report": 3})
KEPT = date(2026, 3, 20)


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Kept]:
    made = Kept(tmp_path)
    yield made
    made.close()


def rows(kept: Kept) -> list[dict[str, Any]]:
    """All rows of the journal."""
    return [row for block in kept.engine.journal.blocks(0) for row in block.facts.to_pylist()]


def much(user: str, event: str, first: int, last: int, month: int = 2) -> list[Message]:
    return [each for day in range(first, last + 1) for each in did(user, event, at(day, month=month), 3)]


def test_of_many_days_the_first_stay_and_one_row_for_the_rest(kept: Kept) -> None:
    kept.engine.receive(kept.product, [*much("ann", "Open", 1, 28), *did("ann", "Open", at(25), 2)], per_block=5)
    before = kept.told(kept.engine.facts, USE, KEPT, date(2026, 4, 20))
    done = kept.condense(KEPT)
    condensed = [row for row in rows(kept) if row.get("n")]
    assert [row["n"] for row in condensed] == [1, 2, *[3] * 11, 48]
    assert condensed[-1]["sent_at"] == at(28, month=2)
    assert len(rows(kept)) == 14 + 2
    assert done.after < done.before / 3
    assert kept.told(kept.rebuilt(), USE, KEPT, date(2026, 4, 20)) == before


def test_who_did_it_so_often_within_days_of_being_created_stays_activated_where_as_many_days_stay(kept: Kept) -> None:
    often = {"event": "Open", "at_least": 20, "within_days_of_created": 30}
    activation = {"user": [often], "account": [often]}
    definition = Definition.check({"events": {"Open": 1}, "activation": activation})
    daily = [did(user, "Open", at(day, month=1), 1, "acme") for user in ("ann", "bob") for day in range(1, 32)]
    kept.engine.receive(kept.product, [each for some in daily for each in some])
    before = kept.told(kept.engine.facts, definition, KEPT, date(2026, 4, 20))
    (_, _, users, accounts) = before["book of 2026-04-20"]
    assert {row["activation"] for row in (*users.values(), *accounts.values())} == {1}
    kept.condense(KEPT, first_days=first_days(definition.to_yaml_dict()))
    assert len(rows(kept)) == 2 * 21
    assert kept.told(kept.rebuilt(), definition, KEPT, date(2026, 4, 20)) == before


def test_what_is_condensed_already_is_left_alone(kept: Kept) -> None:
    kept.engine.receive(kept.product, much("ann", "Open", 1, 28))
    kept.condense(KEPT)
    first = rows(kept)
    again = kept.condense(KEPT, runs="2")
    assert (rows(kept), again.before) == (first, again.after)


def test_a_month_later_the_row_grows(kept: Kept) -> None:
    kept.engine.receive(kept.product, [*much("ann", "Open", 1, 28), *much("ann", "Open", 1, 10, month=3)])
    before = kept.told(kept.engine.facts, USE, KEPT, date(2026, 4, 20))
    kept.condense(date(2026, 3, 1))
    kept.condense(KEPT, runs="2")
    assert max(row["n"] or 0 for row in rows(kept)) == 3 * (38 - 12)
    assert kept.told(kept.rebuilt(), USE, KEPT, date(2026, 4, 20)) == before


def test_killed_at_every_block_it_ends_the_same(kept: Kept) -> None:
    """What came twice stays once, on whichever side of the kill either came."""
    messages = [*much("ann", "Open", 1, 20), *much("bob", "Report", 5, 25)]
    late = [replace(each, at_ms=at(25)) for each in messages[::7]]  # sent again with another time
    kept.engine.receive(kept.product, [*messages, *messages[::5], *late, *did("ann", "Open", at(26))], per_block=7)
    before = kept.told(kept.engine.facts, USE, KEPT, date(2026, 4, 20))
    for number in range(1, kept.engine.journal.last + 1, 2):
        with suppress(Killed):
            kept.condense(KEPT, until=number, runs=f"killed at {number}")
    kept.condense(KEPT)
    assert kept.told(kept.rebuilt(), USE, KEPT, date(2026, 4, 20)) == before


def test_ids_of_what_was_condensed_before_are_never_all_in_memory(kept: Kept) -> None:
    """8 bytes an event, so gigabytes where there are many."""
    portion, portions = 100_000, 30
    kept.engine.receive(kept.product, did("ann", "Open", at(25)))
    with closing(sqlite3.connect(kept.folder / "journal.sqlite3")) as db, db:
        db.execute(condensing.CREATE)
        for number in range(portions):
            ids = np.arange(number * portion, (number + 1) * portion, dtype=np.uint64)
            db.execute("insert into condensed values (?)", (ids.tobytes(),))
    (folder := kept.folder / "seen").mkdir()

    class Condenses(Condensing):
        def begin(self, condensed: Iterable[Ids]) -> None:
            seen = 0
            for some in condensed:
                seen += len(some)
            most = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
            assert seen == portions * portion
            assert most < 3 * portion * 8

    horizons = {kept.product: Horizon(days.number(KEPT), kept.zone, FIRST_DAYS)}
    tracemalloc.start()  # before: a list would be made by then
    condense(kept.folder / "journal.sqlite3", Condenses(kept.engine.facts.store, horizons, ManyIds(folder)), "1")


def test_whose_days_they_were_is_known_after_he_has_moved(kept: Kept) -> None:
    """Days of different accounts are different rows, so that each is of the account that it was of."""
    kept.engine.receive(
        kept.product,
        [joins("ann", "acme", at(1, month=2)), joins("ann", "beta", at(20, month=2)), *much("ann", "Open", 1, 28)],
    )
    before = kept.told(kept.engine.facts, USE, KEPT, date(2026, 4, 20))
    kept.condense(KEPT)
    assert kept.told(kept.rebuilt(), USE, KEPT, date(2026, 4, 20)) == before
    assert {row["account"]: row["count"] for row in before["counts"][1].rows} == {"acme": 57, "beta": 27}


def test_who_belongs_to_somebody_later_brings_what_is_left_of_it(kept: Kept) -> None:
    kept.engine.receive(kept.product, [*did_anonymously("a1", "Open", at(1, month=2), 5), identified("ann", at(24))])
    kept.condense(KEPT)
    kept.engine.receive(kept.product, [knows("ann", "a1", at(25)), joins("ann", "acme", at(26))])
    told = kept.told(kept.rebuilt(), USE, KEPT, date(2026, 4, 20))
    assert told["counts"][1].rows == [{"user": "ann", "account": "acme", "event": "Open", "count": 5}]
    assert (told["waiting"], [row["n"] for row in told["ever"]]) == ([], [5])


def test_a_journal_that_is_mended_misses_nothing(kept: Kept) -> None:
    kept.engine.receive(kept.product, much("ann", "Open", 1, 28))
    last = kept.engine.journal.last
    kept.condense(KEPT)
    before = rows(kept)
    kept.engine.journal.db.close()
    assert mend(kept.folder / "journal.sqlite3").missing == []
    kept.engine.journal = Journal(kept.folder / "journal.sqlite3")
    assert (rows(kept), kept.engine.journal.last) == (before, last)


def test_who_is_deleted_goes_from_what_is_left_as_well(kept: Kept) -> None:
    kept.engine.receive(kept.product, [*much("ann", "Open", 1, 28), *much("bob", "Open", 1, 3)])
    kept.condense(KEPT)
    ann = Erased(1, kept.product, "user", frozenset({id_of(kept.product, USER, "ann")}), b"key")
    rewriting.rewrite(kept.folder / "journal.sqlite3", change_of([ann]), 0)
    assert rewriting.taken(kept.folder / "journal.sqlite3", 1) == (3 * 28, 0), "events, not rows"
    assert {row["user"] for row in rows(kept)} == {"bob"}


def test_other_products_keep_all_of_it(kept: Kept) -> None:
    kept.engine.receive(kept.product, much("ann", "Open", 1, 28))
    other = kept.engine.new_product()
    kept.engine.receive(other, much("ann", "Open", 1, 28))
    kept.condense(KEPT)
    assert sum(row["product"] == other and row.get("n") is None for row in rows(kept)) == 3 * 28

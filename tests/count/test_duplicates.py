"""Who asks what came again is told: which messages, how many from where, and nothing of a rebuild's replay."""

import pyarrow as pa
import pytest

from accoil.count import ids
from accoil.count.facts import Facts
from accoil.count.load import Loader
from accoil.receive.calls import EVENT, Call
from accoil.receive.columns import Request, table
from accoil.receive.sources import QUARTER
from accoil.store.duckdb import DuckDB
from tests.world import Engine

NOON = 1_700_000_000_000 // QUARTER * QUARTER


@pytest.fixture
def engine(tmp_path) -> Engine:
    return Engine(tmp_path)


def came(engine: Engine, *messages: str, at: int = NOON, source: int = 7, product: int = 1) -> None:
    calls = [Call(kind=EVENT, messageId=message, at=at, userId="u", event="E") for message in messages]
    facts: pa.Table = table([Request(product, at, calls, source)])
    engine.journal._commit(facts)  # a block with a source, without a writer thread
    engine.loader.catch_up()


def test_a_message_that_came_before_is_remembered_with_its_second_arrival(engine):
    came(engine, "a", "b")
    came(engine, "b", "c", at=NOON + 5)
    assert engine.facts.duplicates.lately(1) == {(ids.message_hash(1, "b"), NOON + 5): 1}


def test_twins_in_one_request_are_counted_as_often_as_they_came_again(engine):
    came(engine, "a", "a", "a")
    assert engine.facts.duplicates.lately(1) == {(ids.message_hash(1, "a"), NOON): 2}


def test_how_many_came_again_is_told_by_key_and_quarter_and_once(engine):
    came(engine, "a", "b")
    came(engine, "a", "b", source=7)
    came(engine, "a", at=NOON + QUARTER, source=8)
    quarter = NOON // QUARTER
    assert engine.facts.duplicates.take() == [(1, 7, quarter, 2), (1, 8, quarter + 1, 1)]
    assert engine.facts.duplicates.take() == []


def test_products_are_kept_apart(engine):
    came(engine, "a", product=1)
    came(engine, "a", product=2)
    assert engine.facts.duplicates.take() == []
    assert engine.facts.duplicates.lately(2) == {}


def test_a_rebuild_tells_no_duplicate_again(engine):
    came(engine, "a", "a")
    assert len(engine.facts.duplicates.take()) == 1
    again = Loader(
        Facts(DuckDB(engine.folder / "again.duckdb"), engine.facts.duplicates), engine.journal, lambda: engine.zones
    )
    again.catch_up()
    assert again.duplicates[1] == 1
    assert again.facts.duplicates.take() == []
    engine.loader = again
    came(engine, "a", at=NOON + 1)
    assert len(again.facts.duplicates.take()) == 1

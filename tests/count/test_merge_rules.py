"""Whatever order messages come in, however often, in whatever blocks, whoever dies in between: one answer.

RANDOM_WORLDS in the environment says how many worlds (a sixth of it; 60 by default); a long run takes thousands.
"""

from __future__ import annotations

import itertools
import os
import random
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accoil.receive.journal import Journal
from accoil.score.definition import Definition
from accoil.store.duckdb import DuckDBLoading
from tests.count.asking import everything
from tests.reference import World
from tests.reference_facts import Message
from tests.strategies import Case, cases
from tests.world import Engine

WORLDS = int(os.environ.get("RANDOM_WORLDS", "60"))
TABLES = ("name", "trait", "ever", "counts", "waiting")
_products = itertools.count(1)


@cache
def engines() -> tuple[Engine, Engine]:
    """One that gets everything in order and at once, one that gets it the hard way."""
    plain, torn = (Engine(Path(tempfile.mkdtemp(prefix=f"accoil-{name}-"))) for name in ("plain", "torn"))
    return plain, torn


@settings(max_examples=WORLDS // 6, deadline=None, suppress_health_check=list(HealthCheck))
@given(cases(), st.integers(0, 2**32))
def test_order_repetition_blocks_and_restarts_change_no_answer(case: Case, seed: int) -> None:
    plain, torn = engines()
    product, zone, mixed = next(_products), case.zone, random.Random(seed)
    plain.zones[product] = torn.zones[product] = zone
    once = World(case.messages, zone).received  # of messages with one id the first counts: here each is there once
    plain.receive(product, once, per_block=len(once) or 1)

    definition = Definition(window=case.definition.window, events=case.definition.events)
    days = (case.as_of, case.as_of - timedelta(days=3))
    often = once + mixed.choices(once, k=mixed.randrange(len(once) + 1)) if once else []
    mixed.shuffle(often)
    for piece in pieces(often, mixed):
        happen = mixed.choice((receive, receive, receive_and_die, receive_and_fail))
        happen(torn, product, piece, mixed)
        if mixed.random() < 0.2:
            torn.loader.merging.merge(mixed.choice(TABLES))
        if mixed.random() < 0.3:  # of the other worlds too, which only makes them older
            torn.loader.seal(mixed.choice((1, 3, 30)), case.now_ms / 1000)
        if mixed.random() < 0.1:
            restart(torn)
        if mixed.random() < 0.3:  # what was kept of an answer must not outlive it
            everything(torn.facts, product, definition, *days)
    torn.loader.catch_up()
    assert everything(torn.facts, product, definition, *days) == everything(plain.facts, product, definition, *days)


def pieces(messages: list[Message], mixed: random.Random) -> Iterator[list[Message]]:
    """Some of one message, some of many."""
    cuts = sorted(mixed.choices(range(len(messages) + 1), k=mixed.randrange(6)))
    for start, end in itertools.pairwise([0, *cuts, len(messages)]):
        yield messages[start:end]


def receive(engine: Engine, product: int, piece: list[Message], mixed: random.Random) -> None:
    engine.receive(product, piece, per_block=mixed.choice((5, 20, 100)))


def receive_and_die(engine: Engine, product: int, piece: list[Message], mixed: random.Random) -> None:
    """Dies after the journal has them and before the store does."""
    engine.receive(product, piece, per_block=10, count=False)
    restart(engine)


def receive_and_fail(engine: Engine, product: int, piece: list[Message], mixed: random.Random) -> None:
    """The store gives up in the middle of a load, which is tried again."""
    engine.receive(product, piece, per_block=10, count=False)
    telling, allowed = DuckDBLoading.tell, mixed.randrange(30)

    def tell_a_few(loading: DuckDBLoading, question: str, **values: Any) -> None:
        nonlocal allowed
        telling(loading, question, **values)
        allowed -= 1
        if allowed < 0:
            raise OSError("the store gave up")

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(DuckDBLoading, "tell", tell_a_few)
        with suppress(OSError):
            engine.loader.catch_up()


def restart(engine: Engine) -> None:
    engine.facts.store.close()
    engine.journal.stop()
    engine.journal = Journal(engine.journal.path)
    engine.open()


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    return Engine(tmp_path)


def tracks(n: int, user: str = "u") -> list[Message]:
    return [Message("event", f"{user}{number}", 1_700_000_000_000, user, None, "E") for number in range(n)]


@pytest.mark.parametrize("again", [receive, receive_and_die, receive_and_fail])
def test_a_message_counts_once_across_restarts(
    engine: Engine, again: Callable[[Engine, int, list[Message], random.Random], None]
) -> None:
    for _ in range(4):
        again(engine, 1, tracks(10), random.Random(1))
        restart(engine)
        engine.loader.catch_up()
    assert engine.facts.store.rows("select sum(n) as n from counts")[0]["n"] == 10


def test_one_id_in_two_products_is_two_messages(engine: Engine) -> None:
    for product in (1, 2):
        engine.receive(product, tracks(3))
    rows = engine.facts.store.rows("select product, sum(n) as n from counts group by product order by product")
    assert [(row["product"], row["n"]) for row in rows] == [(1, 3), (2, 3)]

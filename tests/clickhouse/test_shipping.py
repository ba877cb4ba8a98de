"""What is counted here is what ClickHouse holds, whatever arrives, in whatever order, and whoever is killed."""

import random
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.clickhouse import served
from tests.count.test_merge_rules import TABLES, WORLDS, pieces
from tests.reference import World
from tests.strategies import Case, cases

pytestmark = [
    pytest.mark.skipif(bool(served.MISSING), reason=str(served.MISSING)),
    pytest.mark.xdist_group("clickhouse"),
]
if not served.MISSING:
    from accoil.count.shared import NothingThere, SharedFacts
    from accoil.store.clickhouse import ClickHouse, database_of
    from accoil.store.generations import Generation, Generations
    from accoil.store.noting import Noting
    from accoil.store.reaching import NoAnswer
    from tests.clickhouse.everything import messages
    from tests.clickhouse.shipped import Ships, databases


class Killed(Exception):
    """At this very moment."""


@contextmanager
def killed_at(step: int) -> Iterator[None]:
    """Before or after the first, second, … thing that shipping does there or here."""
    left = step

    def killing(does: Callable[..., Any]) -> Callable[..., Any]:
        def does_or_dies(*more: Any, **named: Any) -> Any:
            nonlocal left
            left -= 1
            if left == -1:
                raise Killed
            done = does(*more, **named)
            left -= 1
            if left == -1:
                raise Killed
            return done

        return does_or_dies

    with pytest.MonkeyPatch.context() as patched:
        for whose, name in ((ClickHouse, "add"), (Noting, "is_shipped"), (Noting, "note"), (Noting, "save")):
            patched.setattr(whose, name, killing(getattr(whose, name)))
        with suppress(Killed):
            yield


@cache
def one_of_many() -> "Ships":
    ships = Ships(Path(tempfile.mkdtemp(prefix="accoil-ships-")))
    ships.ship()
    return ships


@settings(max_examples=WORLDS // 6, deadline=None, suppress_health_check=list(HealthCheck))
@given(cases(), st.integers(0, 2**32))
def test_whatever_arrives_and_whoever_is_killed_both_hold_the_same(case: Case, seed: int) -> None:
    ships, mixed = one_of_many(), random.Random(seed)
    product = ships.new_product(case.zone)
    once = World(case.messages, case.zone).received
    often = once + mixed.choices(once, k=mixed.randrange(len(once) + 1)) if once else []
    mixed.shuffle(often)
    for piece in pieces(often, mixed):
        ships.receive(product, piece, per_block=mixed.choice((5, 20, 100)), count=mixed.random() < 0.8)
        if mixed.random() < 0.2:
            ships.loader.merging.merge(mixed.choice(TABLES))
        if mixed.random() < 0.2:
            ships.loader.seal(mixed.choice((1, 3, 30)), case.now_ms / 1000)
        if mixed.random() < 0.3:
            ships.store.save()
        if mixed.random() < 0.4:
            with killed_at(mixed.randrange(40)):
                ships.ship()
            ships.die()
        else:
            ships.ship()
    ships.loader.catch_up()
    ships.ship()
    ships.assert_alike()
    assert ships.generation == 1  # all of it by changes


@pytest.fixture
def ships(tmp_path: Path) -> "Ships":
    return Ships(tmp_path)


def test_a_crowded_world_is_shipped_load_by_load(ships: "Ships") -> None:
    product = ships.new_product("Australia/Sydney")
    several = messages()
    for start in range(0, len(several), 300):
        ships.receive(product, several[start : start + 300], per_block=100)
        ships.ship()
    ships.assert_alike()


def test_a_shipment_that_fails_anywhere_is_made_again_and_nothing_is_copied(ships: "Ships") -> None:
    product, several = ships.new_product(), iter(messages())
    ships.ship()
    for step in range(0, 24, 2):
        ships.receive(product, [next(several) for _ in range(10)])
        with killed_at(step):
            ships.ship()
        ships.shipping.close()
        ships.ship()
    ships.assert_alike()
    assert ships.generation == 1


def test_who_only_asks_hears_what_moved(ships: "Ships") -> None:
    product = ships.new_product("Australia/Sydney")
    with pytest.raises(NothingThere):
        SharedFacts(ships.url)
    several = sorted(messages(), key=lambda message: message.at_ms)
    ships.receive(product, several[:1000], per_block=500)
    ships.ship()
    shared = SharedFacts(ships.url)
    before = shared.facts.version[product]
    ships.receive(product, several[1000:], per_block=500)
    ships.ship()
    shared.look()
    (first,) = shared.facts.store.rows("select max(day) as day from counts")
    assert shared.facts.zones == {product: "Australia/Sydney"}
    assert shared.facts.version[product] > before
    assert shared.block == ships.loader.loaded
    moved_from = shared.facts.first_day_since(product, before)
    assert moved_from is not None and moved_from <= first["day"]
    assert shared.facts.told[product] > before  # somebody new came

    asked = shared.facts.store
    ships.shipping.copy()
    shared.look()
    assert shared.facts.store.path != asked.path
    assert asked.rows("select count(*) as n from counts")[0]["n"]  # who still asks is answered
    shared.stop()


def test_who_only_asks_asks_another_address_when_one_does_not_answer(
    ships: "Ships", monkeypatch: pytest.MonkeyPatch
) -> None:
    product = ships.new_product()
    ships.receive(product, messages()[:200], per_block=100)
    ships.ship()
    shared = SharedFacts(f"http://127.0.0.1:1/{ships.url.rsplit('/', 1)[1]},{ships.url}")
    asked = shared.facts

    def answers_no_more(generations: Generations) -> None:
        raise NoAnswer

    with monkeypatch.context() as patched:
        patched.setattr(Generations, "began", lambda generations, began=shared._began: began + 60)
        shared.look()
    assert shared.facts is not asked  # it was started again: what it had kept in memory is gone
    asked = shared.facts
    shared.look()
    assert shared.facts is not asked and shared.facts.store.rows("select count(*) as n from counts")[0]["n"]
    asked = shared.facts
    shared.look()
    assert shared.facts is asked
    monkeypatch.setattr(Generations, "began", answers_no_more)
    with pytest.raises(NoAnswer):
        shared.look()
    monkeypatch.undo()
    shared.look()
    assert shared.facts.store.rows("select count(*) as n from counts")[0]["n"]
    shared.stop()


@pytest.mark.parametrize(
    ("goes_on", "lost"),
    [
        (lambda ships: ships.ship(), "delete from shipped where block > {block}"),
        (lambda ships: ships.shipping.copy(), "delete from generation where number = 2"),
    ],
    ids=["with less", "with a generation of before"],
)
def test_who_only_asks_knows_that_clickhouse_was_put_back_from_its_own_backup(
    ships: "Ships", goes_on: Callable[["Ships"], None], lost: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    product = ships.new_product()
    ships.receive(product, messages()[:100], per_block=50)
    ships.ship()
    shared = SharedFacts(ships.url)
    backed_up = shared.block
    ships.receive(product, messages()[100:200], per_block=50)
    goes_on(ships)
    shared.look()
    assert shared.block > backed_up and not shared.is_behind
    ships.shipping._opened()._table.tell(lost.format(block=backed_up))
    with monkeypatch.context() as patched:
        patched.setattr(Generations, "began", lambda generations, began=shared._began: began + 60)
        shared.look()
    assert shared.is_behind
    ships.shipping.copy()
    shared.look()
    assert not shared.is_behind
    shared.stop()


def test_what_was_told_is_told_again_before_it_goes(ships: "Ships", monkeypatch: pytest.MonkeyPatch) -> None:
    product = ships.new_product()
    ships.receive(product, messages()[:100], per_block=50)
    ships.ship()
    shared, generations = SharedFacts(ships.url), ships.shipping._opened()
    generations._table.tell("truncate table shipped")  # as after a day
    ships.ship()
    assert generations.shipped_to(shared._generation) == (0, 0)
    monkeypatch.setattr(ships.shipping, "_told_until", 0.0)
    with monkeypatch.context() as patched:
        patched.setattr(Generations, "began", lambda generations, began=shared._began: began + 60)
        shared.look()
    assert shared.is_behind  # as far as it can know
    ships.ship()
    shared.look()
    assert not shared.is_behind
    assert shared.block == ships.loader.loaded
    shared.stop()


def test_what_moved_is_told_when_it_can_be_asked_of_every_server(
    ships: "Ships", monkeypatch: pytest.MonkeyPatch
) -> None:
    product = ships.new_product()
    ships.ship()
    generations, current = ships.shipping._opened(), ships.shipping._generation
    assert current
    before, waited = generations.shipped_to(current), list[tuple[str, ...]]()

    def catches_up(target: ClickHouse, *tables: str) -> None:
        assert generations.shipped_to(current) == before
        waited.append(tables)

    monkeypatch.setattr(ClickHouse, "catch_up", catches_up)
    ships.receive(product, messages()[:100], per_block=100)
    ships.ship()
    assert len(waited) == 1
    assert "counts_versions" in waited[0]
    assert generations.shipped_to(current) > before


def test_who_only_asks_makes_nothing(ships: "Ships") -> None:
    product = ships.new_product()
    ships.receive(product, messages()[:100], per_block=50)
    ships.ship()
    shared, generations = SharedFacts(ships.url), ships.shipping._opened()
    generations.switch(Generation(7, "0", ""))
    with pytest.raises(NoAnswer, match="UNKNOWN_DATABASE"):
        shared.look()
    assert databases(ships.url) == [f"{database_of(ships.url)}_1"]
    assert shared.facts.store.rows("select count(*) as n from counts")[0]["n"]
    shared.stop()

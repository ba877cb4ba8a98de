"""What is counted here is what ClickHouse holds, whatever arrives, in whatever order, and whoever is killed."""

from pathlib import Path

import pytest

from tests.clickhouse import served

pytestmark = [
    pytest.mark.skipif(bool(served.MISSING), reason=str(served.MISSING)),
    pytest.mark.xdist_group("clickhouse"),
]
if not served.MISSING:
    from accoil.count.shared import NothingThere, SharedFacts
    from tests.clickhouse.everything import messages
    from tests.clickhouse.shipped import Ships


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

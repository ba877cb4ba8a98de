"""The whole of what is counted, copied into another database of ClickHouse and asked there from then on."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from accoil.count.facts import Facts
from accoil.count.ids import USER, id_of
from accoil.count.load import Loader
from accoil.erase import carrying
from accoil.erase.asking import ask
from accoil.erase.models import Erasure
from accoil.store.duckdb import DuckDB
from accoil.team.models import Product
from tests.clickhouse import served
from tests.erase.test_hindered import erasing, opened, product, state
from tests.waiting import until

pytestmark = [
    pytest.mark.skipif(bool(served.MISSING), reason=str(served.MISSING)),
    pytest.mark.xdist_group("clickhouse"),
]
if not served.MISSING:
    from accoil.count import shipping
    from accoil.store import noting, versions
    from accoil.store.clickhouse import ClickHouse, database_of
    from accoil.store.cluster import Behind
    from accoil.store.generations import Generations
    from accoil.store.reaching import NoAnswer
    from accoil.store.tables import BY_NAME, TABLES
    from tests.clickhouse.everything import messages
    from tests.clickhouse.shipped import Ships, databases, url

if TYPE_CHECKING:
    from accoil.count.counting import Counting

__all__ = ["product"]


@pytest.fixture
def ships(tmp_path: Path) -> Ships:
    ships = Ships(tmp_path)
    ships.receive(ships.new_product(), messages()[:300], per_block=100)
    ships.ship()
    return ships


def test_who_is_killed_while_copying_begins_again_and_leaves_nothing(
    ships: Ships, monkeypatch: pytest.MonkeyPatch
) -> None:
    adding, left = ClickHouse.add, 5

    def adds_a_few(target: ClickHouse, table: str, rows: Any) -> None:
        nonlocal left
        left -= 1
        if left < 0:
            raise OSError("killed")
        adding(target, table, rows)

    with monkeypatch.context() as patched, pytest.raises(OSError, match="killed"):
        patched.setattr(ClickHouse, "add", adds_a_few)
        ships.shipping.copy()
    ships.die()
    ships.ship()
    ships.assert_alike()
    assert ships.generation == 1  # it is asked as before
    ships.shipping.copy()
    ships.assert_alike()
    assert ships.generation == 2


def test_a_database_that_another_servers_address_names_is_never_dropped_nor_filled(
    ships: Ships, tmp_path: Path
) -> None:
    """Of servers at store and store_2, the second generation of the first one would be called as the other."""
    (folder := tmp_path / "other").mkdir()
    other = Ships(folder, f"{ships.url}_2")
    other.receive(other.new_product(), messages()[300:400])
    other.ship()
    ships.shipping.copy()
    ships.assert_alike()
    assert ships.generation == 3
    ships.shipping._opened().drop_others()
    assert sorted(databases(ships.url)) == [f"{database_of(ships.url)}_{number}" for number in (2, 3)]
    other.assert_alike()
    other.shipping.close()


def test_a_database_of_before_they_said_whose_they_are_goes_and_anybody_elses_stays(ships: Ships) -> None:
    ships.shipping.copy()
    base = database_of(ships.url)
    generations = ships.shipping._opened()
    generations._table.tell(f"drop database {base}_1 sync")
    ClickHouse(ships.url, f"{base}_1").close()  # as it was made by then
    ClickHouse(ships.url, f"{base}_0", comment="generation of somebody_else").close()
    generations._table.tell(f"create database {base}_4")
    generations._table.tell(f"create database {base}_3 comment 'generation of {base}'")  # killed as soon as it was made
    generations.drop_others()
    generations.begin()
    assert sorted(databases(ships.url)) == [f"{base}_{number}" for number in (0, 2, 4)]


def test_what_loads_change_while_all_is_copied_is_in_it(ships: Ships, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shipping, "ROWS_AT_ONCE", 50)
    several = iter(messages()[300:])

    def told(table: str, rows: int) -> None:
        ships.receive(1, [next(several), next(several)])

    ships.shipping.copy(told)
    ships.assert_alike()


def test_a_copy_that_is_not_the_same_is_never_asked(ships: Ships, monkeypatch: pytest.MonkeyPatch) -> None:
    putting = ClickHouse.put

    def loses_one(target: ClickHouse, table: Any, rows: Any, *more: Any, **named: Any) -> None:
        putting(target, table, rows.slice(1) if table.name == "span" else rows, *more, **named)

    with monkeypatch.context() as patched, pytest.raises(shipping.Differs, match="span"):
        patched.setattr(ClickHouse, "put", loses_one)
        ships.shipping.copy()
    ships.assert_alike()
    assert ships.generation == 1


def test_a_store_that_somebody_loaded_without_noting_is_copied(ships: Ships) -> None:
    ships.store.close()
    plain = DuckDB(ships.store.path, threads=2)
    ships.receive(1, messages()[300:400], count=False)
    Loader(Facts(plain), ships.journal, lambda: ships.zones).catch_up()
    plain.close()
    ships.shipping.close()
    ships.open()
    ships.ship()
    ships.assert_alike()
    assert ships.generation == 2


@pytest.mark.parametrize("is_noticed", [True, False], ids=["while something is sent", "while nothing is"])
def test_a_clickhouse_that_was_put_back_from_its_own_backup_is_filled_anew(
    ships: Ships, is_noticed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    ships.receive(1, messages()[300:400])
    ships.ship()
    (database,) = databases(ships.url)
    target = ClickHouse(ships.url, database)
    backed_up = max(target.last_version(table) for table in TABLES)
    ships.receive(1, messages()[400:500])
    ships.ship()
    for table in TABLES:
        target.tell(f"delete from {versions.of(table.name)} where version > {backed_up}")
    ships.shipping._opened()._table.tell(f"delete from shipped where version > {backed_up}")
    target.close()
    if is_noticed:
        ships.shipping.close()  # who restores it stops it
    else:
        monkeypatch.setattr(Generations, "began", lambda generations, began=ships.shipping._began: began + 60)
    ships.ship()
    ships.assert_alike()
    assert ships.generation == 2


def test_a_server_of_a_cluster_that_is_behind_is_waited_for(ships: Ships) -> None:
    ships.receive(1, messages()[300:400])
    ships.ship()
    ships.shipping.close()  # it begins again
    ships.shipping._laggards.lag_for = 3600.0
    (database,) = databases(ships.url)
    target = ClickHouse(ships.url, database)
    latest = max(target.last_version(table) for table in TABLES)
    names = [versions.of(table.name) for table in TABLES]
    for name in names:
        target.tell(f"create table late_{name} as {name}")
        target.tell(f"insert into late_{name} select * from {name} where version = {latest}")
        target.tell(f"delete from {name} where version = {latest}")
    for _ in range(2):
        with pytest.raises(Behind):
            ships.ship()
    for name in names:
        target.tell(f"insert into {name} select * from late_{name}")
    ships.ship()
    ships.assert_alike()
    assert ships.generation == 1
    for name in names:
        target.tell(f"truncate table {name}")
    ships.shipping.close()
    with pytest.raises(Behind):
        ships.ship()
    ships.shipping._laggards.lag_for = 0.0  # as if that was long ago
    ships.ship()
    ships.assert_alike()
    assert ships.generation == 2
    target.close()


def test_what_is_noted_while_clickhouse_is_away_does_not_outgrow_what_is_counted(
    ships: Ships, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(noting, "MOST_AT_ONCE", 50)
    with monkeypatch.context() as patched:
        patched.setattr(ships.shipping, "_url", "http://127.0.0.1:1/nobody")
        ships.shipping.close()
        for notes_are_left in (True, False):
            for table in TABLES:  # as loads do that touch everybody
                ships.store.note(table, ships.store.ask(f"select {', '.join(table.keys)} from {table.name}"))
            with pytest.raises(NoAnswer):
                ships.shipping.ship()
            assert bool(ships.store.changes().tables) == notes_are_left
        ships.receive(1, messages()[300:310])
    ships.ship()
    ships.assert_alike()
    assert ships.generation == 2


def test_a_clickhouse_that_lost_everything_is_filled_anew(ships: Ships) -> None:
    ships.shipping.start()
    for name in [*databases(ships.url), database_of(ships.url)]:
        ships.shipping._opened()._table.tell(f"drop database {name} sync")
    ships.receive(1, messages()[300:400])
    until(lambda: ships.shipping.shipped == ships.journal.last)
    ships.shipping.stop()
    ships.assert_alike()


@pytest.mark.django_db
def test_who_is_deleted_is_in_no_table_any_more(
    tmp_path: Path, product: Product, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ACCOIL_CLICKHOUSE_URL", address := url())
    monkeypatch.setattr(shipping, "OTHERS_GO_AFTER", 0.3)
    with opened(tmp_path, product, "ann", "bob") as counting:
        until(lambda: has_arrived(counting))
        assert names_in_all(address, counting) >= {"ann", "bob"}
        erasure = ask(product, "user", id_of(product.pk, USER, "ann"), None)
        steps = erasing(counting)
        until(lambda: steps.step() or Erasure.objects.get(pk=erasure.pk).problem == carrying.WAITS_FOR_CLICKHOUSE)
        until(lambda: steps.step() or state(erasure) == Erasure.State.DONE)
        assert names_in_all(address, counting) == {"bob"}
        assert id_of(product.pk, USER, "ann") not in ids_in_all(address)


def has_arrived(counting: Counting) -> bool:
    ships = counting.sharing.shipping
    return ships is not None and ships.shipped == counting.journal.last


def names_in_all(address: str, counting: Counting) -> set[str]:
    return {row["name"] for row in in_all(address, "name") if row["kind"] == 1}


def ids_in_all(address: str) -> set[int]:
    return {
        value
        for table in TABLES
        for row in in_all(address, table.name)
        for value in row.values()
        if isinstance(value, int)
    }


def in_all(address: str, table: str) -> list[dict[str, Any]]:
    """Also rows that were replaced, and those of what is gone."""
    found = list[dict[str, Any]]()
    for database in databases(address):
        opened = ClickHouse(address, database)
        found += opened._client.query_arrow(
            f"select * from {versions.of(BY_NAME[table].name)}", settings={"final": 0}
        ).to_pylist()
        opened.close()
    return found

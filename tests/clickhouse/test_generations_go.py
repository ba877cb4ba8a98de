"""What copies of the facts in ClickHouse leave behind, and when it is gone."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Any

import pytest

from tests.clickhouse import served

pytestmark = [
    pytest.mark.skipif(bool(served.MISSING), reason=str(served.MISSING)),
    pytest.mark.xdist_group("clickhouse"),
]
if not served.MISSING:
    from accoil.count import shipping
    from accoil.store.clickhouse import ClickHouse, database_of
    from accoil.store.generations import Generations
    from tests.clickhouse.everything import messages
    from tests.clickhouse.shipped import Ships, databases


@pytest.fixture
def ships(tmp_path: Path) -> Ships:
    ships = Ships(tmp_path)
    ships.receive(ships.new_product(), messages()[:100], per_block=100)
    ships.ship()
    return ships


def test_what_is_kept_is_on_the_server_that_is_asked_when_it_was_started(ships: Ships) -> None:
    base = database_of(ships.url)
    with socket.create_server(("127.0.0.1", 0)) as away:
        port = away.getsockname()[1]
    generations = Generations(f"http://127.0.0.1:{port}/{base},{ships.url}", patience=20)
    with socket.create_server(("127.0.0.1", port)) as back:
        back.setblocking(False)
        current = generations.current()
        assert current
        generations.open(current).close()
        with pytest.raises(BlockingIOError):  # nobody has asked it
            back.accept()
    generations.close()


def test_what_was_kept_by_who_was_killed_goes_with_its_generation_and_nothing_else(ships: Ships) -> None:
    base = database_of(ships.url)
    for number, whose in ((1, base), (10, "somebody_else")):  # each was killed
        ClickHouse(ships.url, f"{base}_{number}", comment=f"generation of {whose}").keep("book_1", "select 1 as n")
    generations = ships.shipping._opened()
    ships.shipping.copy()
    generations.drop_others()
    question = "select name from system.databases where startsWith(name, :prefix) and name like '%_kept_%'"
    kept = [row["name"].rsplit("_", 1)[0] for row in generations._table.rows(question, prefix=base)]
    assert sorted(kept) == [f"{base}_10_kept", f"{base}_2_kept"]  # who ships asks the second one


def test_a_generation_goes_however_large_it_is(ships: Ships) -> None:
    ships.shipping.copy()
    generations = ships.shipping._opened()
    generations._table._client.set_client_setting("max_table_size_to_drop", 1)
    generations.drop_others()
    assert databases(ships.url) == [f"{database_of(ships.url)}_2"]


def test_a_copy_is_not_all_there_is_until_the_generation_before_is_gone(ships: Ships) -> None:
    class Watched(shipping.Shipping):
        def __setattr__(self, name: str, value: Any) -> None:
            super().__setattr__(name, value)
            said.append(self.is_all_there_is)

    ships.shipping.close()
    ships.shipping._others_go_at = None
    said = list[bool]()
    ships.shipping.__class__ = Watched
    ships.shipping.copy()
    assert said
    assert not any(said)

"""A counting process that ships to an engine of its own database, and what both hold."""

import itertools
from pathlib import Path
from typing import Any

import pyarrow as pa

from accoil.count import store_files
from accoil.count.facts import Facts
from accoil.count.load import Loader
from accoil.count.shipping import Shipping
from accoil.store.claim import Claim
from accoil.store.clickhouse import ClickHouse
from accoil.store.generations import Generations
from accoil.store.noting import Noting
from accoil.store.tables import TABLES, Table
from tests.clickhouse import served
from tests.world import Engine

_numbers = itertools.count(1)


def url() -> str:
    """Of a database that nobody has used yet."""
    return f"{served.url()}/store_shipped{next(_numbers)}"


def databases(address: str) -> list[str]:
    main = ClickHouse(address, tables="generations")
    question = "select name from system.databases where startsWith(name, :prefix)"
    found = [row["name"] for row in main.rows(question, prefix=f"{main.database}_")]
    main.close()
    return [name for name in found if name.removeprefix(f"{main.database}_").isdigit()]


class Ships(Engine):
    """An engine whose store notes, and ships when told to."""

    def __init__(self, folder: Path, address: str = "") -> None:
        self.url = address or url()
        self.first_folder, self.kills = folder, 0
        super().__init__(folder)

    def open(self) -> None:
        self.generation = 0
        self.store = Noting(self.folder / "facts.duckdb", threads=2)
        self.facts = Facts(self.store)
        self.loader = Loader(self.facts, self.journal, lambda: self.zones)
        self.shipping = Shipping(self.store, self.url, self.journal.last, Claim(self.url, self.first_folder))

    def die(self) -> None:
        """Killed: the store is as it was saved."""
        killed = self.store
        self.kills += 1
        self.folder = self.first_folder / str(self.kills)
        self.folder.mkdir()
        store_files.copy(killed.path, self.folder)
        self.shipping.close()
        killed.close()
        self.open()

    def ship(self) -> None:
        while self.shipping.ship():
            pass

    def assert_alike(self) -> None:
        """All that is counted is in ClickHouse, and nothing else."""
        self.generation = self._assert_alike()

    def _assert_alike(self) -> int:
        generations = Generations(self.url)
        current = generations.current()
        assert current is not None
        target = generations.open(current)
        for table in TABLES:
            assert there(target, table) == here(self.store, table), table.name
        for each in (target, generations):
            each.close()
        return current.number


def here(store: Noting, table: Table) -> list[dict[str, Any]]:
    return in_order(store.ask(table.net()), table)


def there(target: ClickHouse, table: Table) -> list[dict[str, Any]]:
    return in_order(target.ask(f"select {', '.join(table.columns)} from {table.name}"), table)


def in_order(rows: pa.Table, table: Table) -> list[dict[str, Any]]:
    return sorted(rows.select(list(table.columns)).to_pylist(), key=lambda row: repr([row[key] for key in table.keys]))

"""Generations of the shared facts: whole copies, each in a database of its own, of which one is asked.

What can't be shipped as changes (a store made again, other tables, another server) is copied as a whole into the next
one, which becomes the current one by a single row when it is complete."""

import hashlib
import uuid
from datetime import UTC, datetime

import msgspec
import pyarrow as pa
import structlog

from accoil.store import cluster, versions
from accoil.store.clickhouse import ClickHouse, database_of, schema
from accoil.store.reaching import LONG_PATIENCE

STARTS_APART = 5  # seconds: of two servers, or of one that was started again

DATABASES = "select name, comment from system.databases where startsWith(name, :prefix)"
TABLES_IN = "select name from system.tables where database = :database"
# Of a database that an address names, and of none that holds a generation.
NAMED = frozenset({"generation", "claim"})
# What tells a generation that was made before they said whose they are.
FACTS = frozenset({"counts", "span", "adopted", "membership"})

log = structlog.get_logger()


class Generation(msgspec.Struct, frozen=True):
    number: int
    id: str
    tables: str

    @property
    def fits(self) -> bool:
        """Whether its tables are those of this program."""
        return self.tables == tables_of_today()


class Shipped(msgspec.Struct, frozen=True):
    """What became of a product. `first_day`: since when its numbers have moved."""

    product: int
    first_day: int
    tells_of_people: bool


NOTHING = Shipped(0, 0, False)


class Generations:
    """Of one ClickHouse: its database that the address names holds which is which, those beside it the facts."""

    def __init__(self, url: str, patience: int = LONG_PATIENCE) -> None:
        self._patience = patience
        self._base = database_of(url)
        self._table = ClickHouse(url, tables="generations", patience=patience)

    def catch_up(self) -> None:
        """On a cluster: whichever server is asked from now on knows what was told until now."""
        self._table.catch_up("generation", "shipped")

    def current(self) -> Generation | None:
        rows = self._table.rows("select number, id, tables from generation order by number desc limit 1")
        return Generation(**rows[0]) if rows else None

    def began(self) -> int:
        """When the server that is asked was started: seconds since 1970, one more or less."""
        return int(self._table.rows("select toUnixTimestamp(now()) - uptime() as began")[0]["began"])

    def open(self, generation: Generation, makes: bool = False) -> ClickHouse:
        """Of the server that this asks, so `began` tells of what is kept there too. `makes`: what is missing of it."""
        address, database = self._table.address, self._database(generation.number)
        return ClickHouse(address, database, patience=self._patience, comment=self._comment, makes=makes)

    def begin(self) -> Generation:
        """An empty one after the current one. What somebody began and didn't finish goes."""
        current = self.current()
        number = 1 + (current.number if current else 0)
        others = {left for left in self._numbers() if left >= number and not self._drop(left)}
        while number in others:
            number += 1
        return Generation(number, uuid.uuid4().hex, tables_of_today())

    def switch(self, to: Generation) -> None:
        """Has readers ask this one from now on."""
        row = {"number": to.number, "id": to.id, "tables": to.tables, "made": datetime.now(UTC)}
        self._insert("generation", [row])

    def drop_others(self) -> None:
        """All but the current one."""
        current = self.current()
        for number in self._numbers():
            if current and number < current.number:
                self._drop(number)

    def told(self, generation: Generation, version: int, block: int, several: list[Shipped]) -> None:
        """Says that all up to a block is there."""
        now = datetime.now(UTC)
        rows = [
            {**msgspec.structs.asdict(each), "id": generation.id, "version": version, "block": block, "made": now}
            for each in [NOTHING, *several]
        ]
        self._insert("shipped", rows)

    def shipped_to(self, generation: Generation) -> tuple[int, int]:
        """The last version that is there as a whole, and its block; 0, 0 when nothing was shipped for a day."""
        question = "select max(version) as version, max(block) as block from shipped where id = :id"
        row = self._table.rows(question, id=generation.id)[0]
        return int(row["version"] or 0), int(row["block"] or 0)

    def since(self, generation: Generation, version: int) -> list[Shipped]:
        """What became of each product after a version."""
        rows = self._table.rows(
            """select product, min(first_day) as first_day, max(tells_of_people) as tells_of_people
               from shipped where id = :id and version > :version and product > 0 group by product""",
            id=generation.id, version=version,
        )  # fmt: skip
        return [Shipped(row["product"], row["first_day"], bool(row["tells_of_people"])) for row in rows]

    def close(self) -> None:
        self._table.close()

    @property
    def _comment(self) -> str:
        """Of a database that holds a generation: whose it is."""
        return f"generation of {self._base}"

    def _database(self, number: int) -> str:
        return f"{self._base}_{number}"

    def _numbers(self) -> list[int]:
        rows = self._table.rows(DATABASES, prefix=f"{self._base}_")
        ends = [row["name"].removeprefix(f"{self._base}_") for row in rows]
        return sorted(int(end) for end in ends if end.isdigit())

    def _drop(self, number: int) -> bool:
        """Whether it is gone. Somebody else's of such a name stays: that of a server whose address names it."""
        database = self._database(number)
        if not self._is_ours(database):
            log.warning("a database that somebody else may have made is left as it is", database=database)
            return False
        self._drop_database(database)
        for row in self._table.rows(DATABASES, prefix=f"{database}_kept_"):  # by processes that were killed
            self._drop_database(row["name"])
        return True

    def _drop_database(self, name: str) -> None:
        """However large it is: a server refuses that with tables of more than 50 GB unless it is told."""
        statement = f"drop database if exists {name}{self._table.everywhere} sync"
        up = cluster.OF_THOSE_THAT_ARE_UP if self._table.everywhere else {}
        self._table.tell(statement, max_table_size_to_drop=0, max_partition_size_to_drop=0, **up)

    def _is_ours(self, database: str) -> bool:
        comment = {row["name"]: row["comment"] for row in self._table.rows(DATABASES, prefix=database)}.get(database)
        tables = {row["name"] for row in self._table.rows(TABLES_IN, database=database)}
        return tables.isdisjoint(NAMED) and (comment == self._comment or (not comment and tables >= FACTS))

    def _insert(self, table: str, rows: list[dict[str, object]]) -> None:
        self._table.add(table, pa.Table.from_pylist(rows))


def tables_of_today() -> str:
    name = cluster.name()
    spread = [each for statement in schema("facts") if name for each in cluster.spread(statement, "", name)]
    made = [each for statement in schema("facts") for each in versions.made(statement)]
    return hashlib.sha256("\n".join([name, *spread, *made]).encode()).hexdigest()[:16]

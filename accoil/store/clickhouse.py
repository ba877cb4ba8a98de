"""ClickHouse: the same questions, asked of a server over HTTP. What is in it was shipped there (count/shipping.py)."""

import re
import uuid
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from functools import lru_cache
from itertools import chain
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import numpy as np
import pyarrow as pa
from clickhouse_connect.driver.binding import format_query_value
from urllib3 import Timeout

from accoil.store import cluster, questions, spelling, versions
from accoil.store.reaching import CLOSES_WITHIN, LONG_PATIENCE, catch_up, connected, make
from accoil.store.store import Change, Loading, Places, Store, Value
from accoil.store.tables import Figures, Table

_HERE = Path(__file__).parent
_MACROS = spelling.read(_HERE / "functions" / "clickhouse.sql")
FACTS = "facts"  # of what is counted; whoever asks them keeps answers
LONG = 200  # elements from which a list is told in the text: bound values are in the address, whose length is limited
KEPT = "select name from system.tables where database = :database and (name = :name or startsWith(name, :name || '_'))"
ONLY_SHIPPED = "Nobody counts in ClickHouse: what is counted elsewhere is shipped to it."
HASHED = "toInt64(reinterpretAsUInt64(substring(MD5({}), 9)) % 1000003)"  # as that of `noting`
# Of columns that are handed in.
TYPES = {
    pa.bool_(): "Bool",
    pa.int8(): "Int8",
    pa.int32(): "Int32",
    pa.int64(): "Int64",
    pa.uint64(): "UInt64",
    pa.float64(): "Float64",
    pa.string(): "String",
}

Rows = TypeVar("Rows", pa.Table, pa.RecordBatch)


class ClickHouse(Store):
    """One database of one server. What is kept lies in a database of this process, in the server's memory."""

    def __init__(
        self,
        url: str,
        database: str | None = None,
        tables: str = FACTS,
        patience: int = LONG_PATIENCE,
        comment: str = "",
        makes: bool = True,
    ) -> None:
        """`url`: http://user:password@host:port/database, or https; of several, separated by commas, the first that
        answers. `database`: another than the one named there. If this one `makes` it, then where it is missing, with
        the `tables` of that file of schema/clickhouse, and `comment`. `patience`: seconds without a sign of life, after
        which NoAnswer is raised."""
        self.database = database or database_of(url)
        self.path = Path(self.database)  # no file: its name
        self.damaged: str | None = None
        self.stopped = False
        self._kept = f"{self.database}_kept_{uuid.uuid4().hex[:8]}"
        self._client, self.address = connected(url, patience)
        self.everywhere = f" on cluster {name}" if (name := cluster.name()) else ""
        if makes:
            name = cluster.name()
            made = (
                cluster.spread(each, self.database, name) if name else versions.made(each) for each in schema(tables)
            )
            make(self._client, self.database, chain.from_iterable(made), comment)
        if tables == FACTS:
            self._client.command(f"create database if not exists {self._kept}", use_database=False)
        self._client.database = self.database

    def ask(self, question: str, places: Places = None, /, **values: Value) -> pa.Table:
        return _named(self._client.query_arrow(*self._written(question, places, values)))

    def rows(self, question: str, places: Places = None, /, **values: Value) -> list[dict[str, Any]]:
        return self.ask(question, places, **values).to_pylist()  # type: ignore[no-any-return]

    def stream(self, question: str, places: Places = None, /, **values: Value) -> Iterator[pa.RecordBatch]:
        text, given = self._written(question, places, values)
        with pa.ipc.open_stream(self._client.raw_stream(text, given, fmt="ArrowStream")) as batches:
            yield _named(pa.RecordBatch.from_pylist([], batches.schema))
            for batch in batches:
                yield _named(batch)

    def keep(self, name: str, question: str, places: Places = None, /, **values: Value) -> None:
        text, given = self._written(question, places, values)
        self._client.command(f"create or replace table {self._kept}.{name} engine = Memory as {text}", given)

    def keep_dated(self, name: str, question: str, places: Places = None, /, **values: Value) -> None:
        self.keep(name, question, places, **values)

    def changing(self) -> AbstractContextManager[Change]:
        raise TypeError("What ClickHouse keeps is made anew, not changed.")

    def keep_rows(self, name: str, rows: pa.Table) -> None:
        columns = ", ".join(f"`{column.name}` Nullable({TYPES[column.type]})" for column in rows.schema)
        self._client.command(f"create or replace table {self._kept}.{name} ({columns}) engine = Memory")
        self._client.insert_arrow(name, rows, database=self._kept)

    def drop(self, name: str) -> None:
        self._client.command(f"drop table if exists {self._kept}.{name} sync")

    def drop_all(self, name: str) -> None:
        for row in self.rows(KEPT, database=self._kept, name=name):
            self.drop(row["name"])

    def loading(self) -> AbstractContextManager[Loading]:
        raise TypeError(ONLY_SHIPPED)

    def save(self) -> None:
        raise TypeError(ONLY_SHIPPED)

    def saved(self) -> AbstractContextManager[None]:
        raise TypeError(ONLY_SHIPPED)

    def put(self, table: Table, rows: pa.Table, version: int, deleted: bool = False) -> None:
        """These rows, or only their keys when they are deleted, in place of what is there of a smaller version. Again:
        the same."""
        if not len(rows):
            return
        size = len(rows)
        rows = rows.append_column("version", pa.array(np.full(size, version, np.uint64)))
        rows = rows.append_column("deleted", pa.array(np.full(size, deleted, np.uint8)))
        self.add(versions.of(table.name), rows)

    def add(self, table: str, rows: pa.Table) -> None:
        self._client.insert_arrow(table, rows, database=self.database)

    def tell(self, statement: str, **settings: int | str) -> None:
        self._client.command(statement, settings=settings)

    def catch_up(self, *tables: str) -> None:
        """On a cluster: whichever server is asked from now on has what was in these tables until now. Raises Behind."""
        catch_up(self._client, *(f"{table}_here" for table in tables))

    def later_than(self, version: int, table: Table) -> pa.Table:
        """The keys of what was put there with a larger version, also of what is gone."""
        keys = ", ".join(table.keys)
        question = f"select distinct {keys} from {versions.of(table.name)} where version > {version}"
        return self._client.query_arrow(question, settings={"final": 0})

    def last_version(self, table: Table) -> int:
        rows = self._client.query(
            f"select max(version) from {versions.of(table.name)}", settings={"final": 0}
        ).result_rows
        return int(rows[0][0] or 0)

    def figures(self, table: Table) -> Figures:
        """By product and day, what two tables share only if they hold the same."""
        return self.rows(table.figures(table.name, HASHED))

    def close(self) -> None:
        """What is kept goes; the facts stay. Nobody waits for a server that does not answer."""
        self._client.timeout = Timeout(connect=CLOSES_WITHIN, read=CLOSES_WITHIN)
        self._client.command(f"drop database if exists {self._kept} sync", use_database=False)  # its own may be gone
        self._client.close()

    def _written(self, question: str, places: Places, values: dict[str, Value]) -> tuple[str, dict[str, Any]]:
        wanted = questions.values_in(question)
        given = {name: value for name, value in values.items() if name in wanted}
        named = {place: name.replace("kept.", f"{self._kept}.") for place, name in (places or {}).items()}
        return written(question, named, given)


def database_of(url: str) -> str:
    return urlsplit(url.split(",")[0].strip()).path.strip("/") or "accoil"


def schema(tables: str) -> list[str]:
    return spelling.statements((_HERE / "schema" / "clickhouse" / f"{tables}.sql").read_text())


def written(question: str, places: Mapping[str, str], values: Mapping[str, Value]) -> tuple[str, dict[str, Any]]:
    """A question as ClickHouse spells it, and what it binds."""
    marked = {name: _marked(name, value) for name, value in values.items()}
    text = _spelled(question, tuple(sorted(places.items())), tuple(sorted(marked.items())))
    if cluster.name():
        text = cluster.asked_once(text)
    bound = {name: value for name, value in values.items() if marked[name].startswith("{")}
    long = {marked[name]: name for name, value in bound.items() if isinstance(value, list) and len(value) > LONG}
    if long:  # all at once: what is put in may look like a place for another
        text = re.sub("|".join(map(re.escape, long)), lambda found: _in_text(found[0], bound[long[found[0]]]), text)
    return text, {name: value for name, value in bound.items() if name not in long.values()}


@lru_cache(1000)
def _spelled(question: str, places: tuple[tuple[str, str], ...], values: tuple[tuple[str, str], ...]) -> str:
    return spelling.spelled(questions.put(question, dict(values), dict(places)), _MACROS)


def _marked(name: str, value: Value) -> str:
    """A bound value says its type. Nothing, and a list of nothing, are of any."""
    match value:
        case None:
            return "null"
        case []:
            return spelling.NO_ELEMENT
        case [*several]:
            # Whole ones may be among them.
            part = next((each for each in several if isinstance(each, float)), several[0])
            return f"{{{name}:Array({_type(part)})}}"
        case _:
            return f"{{{name}:{_type(value)}}}"


def _in_text(marked: str, values: Value) -> str:
    type = marked[1:-1].split(":")[1]
    return f"cast({format_query_value(values)}, '{type}')"


def _type(value: object) -> str:
    match value:
        case bool():
            return "Bool"
        case int():
            return "Int64"
        case float():
            return "Float64"
        case str():
            return "String"
    raise TypeError(f"{value!r} can't be bound to a question")


def _named(rows: Rows) -> Rows:
    """`x.*` where another table has a column of the same name gives `x.id`."""
    return rows.rename_columns([name.split(".")[-1] for name in rows.schema.names])

"""A DuckDB that notes what every load changes, until it is shipped: the keys of each row that was put in, taken out or
changed, in tables of its own, in the transaction of the load. So what is noted is as safe as the facts are.
When nobody takes it for so long that there is more of it than of facts, a copy of those is less (`forget_too_many`).

What is shipped is what the store says of those keys at one moment (`changes`), whatever happened to them in between."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import lru_cache
from typing import Any

import duckdb
import msgspec
import pyarrow as pa

from accoil.store.duckdb import DuckDB, DuckDBLoading
from accoil.store.store import Value
from accoil.store.tables import BY_NAME, TABLES, Figures, Table

MOST_AT_ONCE = 300_000  # keys noted, unless one load noted more
HASHED = "cast(md5_number_lower({}) % 1000003 as bigint)"  # as that of `clickhouse`

_COMMENTS = r"(?:\s*--[^\n]*\n)*\s*"
_CHANGE = re.compile(_COMMENTS + r"(insert\s+into|delete\s+from|update)\s+(\w+)\b")
_UPDATE = re.compile(r"\bset\b.*?(?:\nfrom\b(?P<among>.*?))?\nwhere\b(?P<where>.*)", re.DOTALL)


class Mark(msgspec.Struct, frozen=True):
    """Up to where a store was shipped. `generation`: whereto; "" for nowhere yet. `noted_all`: nobody loaded without
    noting since then."""

    generation: str
    version: int
    noted_all: bool


class Noting(DuckDB):
    def __init__(self, *more: Any, **named: Any) -> None:
        super().__init__(*more, **named)
        self.tell_changed: Callable[[], None] = lambda: None
        with super().loading() as loading:
            loading.tell(
                """create table if not exists shipped (
                       generation varchar not null, version ubigint not null, block bigint not null,
                       load bigint not null
                   )"""
            )
            loading.tell("insert into shipped select '', 0, -1, 0 where not exists (from shipped)")
            for table in TABLES:
                columns = f"cast(0 as bigint) as load, {', '.join(table.keys)}"
                loading.tell(f"create table if not exists {noted(table)} as select {columns} from {table.name} limit 0")

        self._load = self.load

    @contextmanager
    def loading(self) -> Iterator["NotingLoading"]:  # type: ignore[override]
        with super().loading() as loading:
            self._load += 1  # also when it fails: they only have to grow
            noting = NotingLoading(loading, self._load)
            yield noting
            noting.write_down()
        self.tell_changed()

    @property
    def mark(self) -> Mark:
        question = "select generation, version, block = (select block from loaded) as noted_all from shipped"
        row = self.rows(question)[0]
        return Mark(**row)

    def changes(self) -> "Changes":
        """What was noted until now, as it is now."""
        with self._moment() as cursor:
            return _changes(cursor)

    def part(self, table: Table, part: int, parts: int) -> tuple[pa.Table, Figures]:
        """One of about equal parts of a table, as it is now, with its figures (`Table.figures`)."""
        keys = ", ".join(table.keys)
        some = f"(from {table.name} where hash({keys}) % {parts} = {part}) as part_of_it"
        with self._moment() as cursor:
            rows = _asked(cursor, table.net(some))
            cursor.register("rows_of_part", rows)
            return rows, _asked(cursor, table.figures("rows_of_part", HASHED)).to_pylist()

    def figures(self, table: Table) -> Figures:
        return self.rows(table.figures(f"({table.net()}) as net", HASHED))

    def size(self, table: Table) -> int:
        return int(self.rows(f"select count(*) as n from {table.name}")[0]["n"])

    @property
    def load(self) -> int:
        """The number of the last load that is there."""
        return int(self.rows("select load from shipped")[0]["load"])

    def note(self, table: Table, keys: pa.Table) -> None:
        """Has these shipped (again)."""
        if len(keys):
            with self.loading() as loading:
                loading.note(table, keys)

    @contextmanager
    def _moment(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """Not for long: meanwhile the store can't be saved."""
        with self._noticed(), self._fresh_cursor() as cursor:
            cursor.begin()
            try:
                yield cursor
            finally:
                with suppress(duckdb.Error):
                    cursor.rollback()

    def forget_too_many(self) -> bool:
        """Forgets all that was noted, and whereto was shipped, when a copy is less: when more keys are noted than one
        shipment sends and than there are rows. Not while anybody ships. Whether it did."""
        notes, rows = (
            int(self.rows(f"select {' + '.join(f'(select count(*) from {each})' for each in names)} as n")[0]["n"])
            for names in ([noted(table) for table in TABLES], [table.name for table in TABLES])
        )
        if notes <= max(rows, MOST_AT_ONCE):
            return False
        with super().loading() as loading:
            for table in TABLES:
                loading.tell(f"delete from {noted(table)}")
            loading.tell("update shipped set generation = ''")
        return True

    def is_shipped(self, load: int, generation: str, version: int) -> None:
        """Forgets what was noted up to a load."""
        with super().loading() as loading:
            for table in TABLES:
                loading.tell(f"delete from {noted(table)} where load <= :load", load=load)
            loading.tell(
                "update shipped set generation = :generation, version = :version, block = (select block from loaded)",
                generation=generation, version=version,
            )  # fmt: skip


class NotingLoading:
    def __init__(self, loading: DuckDBLoading, number: int) -> None:
        self._loading, self._number = loading, number
        self._noted: dict[str, list[pa.Table]] = defaultdict(list)

    def tell(self, question: str, **values: Value) -> None:
        change = _change(question)
        if change is None:
            return self._loading.tell(question, **values)
        table, before, telling = change
        if before:
            self.note(table, self._loading.ask(before, **values))
        return self.note(table, self._loading.ask(telling, **values))

    def ask(self, question: str, **values: Value) -> pa.Table:
        return self._loading.ask(question, **values)

    def hand_in(self, name: str, table: pa.Table) -> None:
        self._loading.hand_in(name, table)

    def note(self, table: Table, keys: pa.Table) -> None:
        if len(keys):
            self._noted[table.name].append(keys)

    def write_down(self) -> None:
        self._loading.tell(f"update shipped set load = {self._number}, block = (select block from loaded)")
        for name, keys in self._noted.items():
            table = BY_NAME[name]
            self._loading.hand_in("keys_noted", pa.concat_tables(keys))
            columns = f"{self._number}, {', '.join(table.keys)}"
            self._loading.tell(f"insert into {noted(table)} select {columns} from keys_noted")


class Changes(msgspec.Struct):
    """`tables`: the rows of keys that were noted, and the keys of those that are gone. `load`: the last load that they
    tell of; `block`: the last block in the store, which they tell of unless there are more."""

    block: int
    load: int
    has_more: bool
    tables: list[tuple[Table, pa.Table, pa.Table]]


def _changes(cursor: duckdb.DuckDBPyConnection) -> Changes:
    block = _asked(cursor, "select block from loaded")["block"][0].as_py()
    loads = " union all ".join(f"select load from {noted(table)}" for table in TABLES)
    found = cursor.execute(f"select load, count(*) from ({loads}) as x group by load order by load").fetchall()
    load = _as_many_as_fit(found)
    tables = [(table, *_changed(cursor, table, load)) for table in TABLES] if found else []
    return Changes(block, load, bool(found) and load < found[-1][0], tables)


def _as_many_as_fit(noted: list[tuple[int, int]]) -> int:
    """The last load up to which not too many keys were noted; at least one."""
    many, last = 0, 0
    for load, keys in noted:
        many += keys
        if last and many > MOST_AT_ONCE:
            break
        last = load
    return last


def _changed(cursor: duckdb.DuckDBPyConnection, table: Table, load: int) -> tuple[pa.Table, pa.Table]:
    keys = ", ".join(table.keys)
    wanted = _asked(cursor, f"select distinct {keys} from {noted(table)} where load <= {load}")
    if not len(wanted):
        return wanted, wanted
    cursor.register("wanted_keys", wanted)
    held = _asked(cursor, table.net(f"{table.name} join wanted_keys using ({keys})"))
    cursor.register("held_keys", held)
    return held, _asked(cursor, f"select {keys} from wanted_keys anti join held_keys using ({keys})")


def _asked(cursor: duckdb.DuckDBPyConnection, question: str) -> pa.Table:
    return cursor.execute(question).to_arrow_table()


def noted(table: Table) -> str:
    return f"noted_{table.name}"


@lru_cache(1000)
def _change(question: str) -> tuple[Table, str | None, str] | None:
    """Of a question that changes a table that is shipped: the table, the question for the keys that it is about to
    change, and the question itself, answering with the keys that it changed."""
    found = _CHANGE.match(question)
    if not found or found[2] not in BY_NAME:
        return None
    table, is_update = BY_NAME[found[2]], found[1] == "update"
    keys = ", ".join(f"{table.name}.{key}" if is_update else key for key in table.keys)
    telling = f"{question}\nreturning {keys}"
    if not is_update:
        return table, None, telling
    where = _UPDATE.search(question, found.end())
    if not where:
        raise ValueError(
            f"It can't be seen which rows this changes; write set, from and where on lines of their own: {question}"
        )
    among = f", {where['among']}" if where["among"] else ""
    return table, f"select distinct {keys} from {table.name}{among} where {where['where']}", telling

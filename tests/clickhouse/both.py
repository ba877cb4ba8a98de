"""A pytest plugin (`-p tests.clickhouse.both`): every store there is becomes two, DuckDB's and ClickHouse's, with the
same facts. Whatever is asked is asked of both, and their answers must be the same.

Which of the product's questions were asked, by file and name, is added to the file that BOTH_ASKED names."""

import itertools
import os
import re
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from accoil.store import duckdb as embedded
from accoil.store import questions, tables, versions
from accoil.store.clickhouse import ClickHouse
from accoil.store.store import Places, Value
from accoil.store.tables import TABLES
from tests.clickhouse import served

if served.MISSING:
    pytest.exit(served.MISSING, 1)

HERE, PRODUCT = Path(__file__).parent, Path(__file__).parents[2] / "accoil"
OF_THE_LOADER = {"metrics.py", "count/counting.py"}  # what these make is asked of its own store, DuckDB
# Asked by the loader of its own rows, of which several may be one elsewhere.
HOW_THEY_LIE = {"count.merging.size", "count.load.last_days"}
COMMENT = re.compile(r"--[^\n]*")
AT_HOME = re.compile(rf"\b(from|join)\s+({'|'.join(tables.AT_HOME)})\b")
TAG = re.compile(r"/\*([\w.]+)\*/")
ENDS_IN_ORDER = re.compile(r"order by [^()]*$")
_read = questions.read
_numbers = itertools.count(1)
asked: set[str] = set()
differences: dict[str, None] = {}


def read(path: Path) -> dict[str, str]:
    """Questions that say in a comment which they are, also as parts of others."""
    package = path.resolve().relative_to(PRODUCT).with_suffix("").as_posix().replace("/", ".")
    return {name: f"{COMMENT.sub('', text).strip()}\n/*{package}.{name}*/" for name, text in _read(path).items()}


class Both(embedded.DuckDB):
    def __init__(self, path: Path, *more: Any, **named: Any) -> None:
        super().__init__(path, *more, **named)
        self._writing = threading.RLock()  # type: ignore[assignment]
        self._other = ClickHouse(f"{served.url()}/both_{next(_numbers)}")
        self._held = dict[str, pa.Table]()
        self._copied = False

    def ask(self, question: str, places: Places = None, /, **values: Value) -> pa.Table:
        with self._writing:
            found = super().ask(question, places, **values)
            _compare(question, found, lambda: self._as_copied().ask(question, places, **values))
            return found

    def stream(self, question: str, places: Places = None, /, **values: Value) -> Iterator[pa.RecordBatch]:
        with self._writing:
            ours = list(super().stream(question, places, **values))
            found = pa.Table.from_batches(ours)
            _compare(
                question, found, lambda: pa.Table.from_batches(self._as_copied().stream(question, places, **values))
            )
        yield from ours

    def keep(self, name: str, question: str, places: Places = None, /, **values: Value) -> None:
        everything, kept = "select * from {kept}", {"kept": f"kept.{name}"}

        def theirs() -> pa.Table:
            self._as_copied().keep(name, question, places, **values)
            return self._other.ask(everything, kept)

        with self._writing:
            super().keep(name, question, places, **values)
            found = super().ask(everything, kept)
            if TAG.search(question) or _made_by():
                _compare(question, found, theirs, ordered=False)
            else:  # of a test
                untyped = {column.name for column in found.schema if pa.types.is_null(column.type)}
                types = [each.with_type(pa.int64()) if each.name in untyped else each for each in found.schema]
                self._other.keep_rows(name, found.cast(pa.schema(types)))

    def keep_dated(self, name: str, question: str, places: Places = None, /, **values: Value) -> None:  # type: ignore[override]
        """As ClickHouse: books are made anew."""
        self.keep(name, question, places, **values)

    def keep_rows(self, name: str, rows: pa.Table) -> None:
        super().keep_rows(name, rows)
        self._other.keep_rows(name, rows)

    def drop(self, name: str) -> None:
        with self._writing:
            super().drop(name)
            self._other.drop(name)

    def drop_all(self, name: str) -> None:
        with self._writing, suppress(duckdb.ConnectionException):
            for row in super().ask(embedded.KEPT, name=name).to_pylist():
                super().drop(row["table_name"])
            self._other.drop_all(name)

    @contextmanager
    def loading(self) -> Iterator[embedded.DuckDBLoading]:
        with self._writing:
            with super().loading() as loading:
                yield loading
                _one_row_a_key(loading)
            self._copied = False

    def _as_copied(self) -> ClickHouse:
        if not self._copied:
            for table in TABLES:
                rows = super().ask(f"{table.net()} order by all")
                if rows != self._held.get(table.name):
                    self._other.tell(f"truncate table {versions.of(table.name)}")
                    self._other.put(table, rows, version=1)
                    self._held[table.name] = rows
            self._copied = True
        return self._other


def _one_row_a_key(loading: embedded.DuckDBLoading) -> None:
    """As in ClickHouse. Whether anybody went on after a day is asked of rows of `ever`, and both answers are right of
    theirs: what one row says of both days, two may say one day each. What is asked next hangs on it."""
    from accoil.count.merging import ASK  # not before `read` names its questions

    loading.tell(ASK["ever"])
    loading.tell("drop table ever")
    loading.tell("alter table merged rename to ever")


def _compare(question: str, ours: pa.Table, ask: Callable[[], pa.Table], ordered: bool = True) -> None:
    names = TAG.findall(question) or _made_by()
    if not names or HOW_THEY_LIE & {*names} or AT_HOME.search(question):  # of a test, or of who counts
        return
    asked.update(names)
    try:
        theirs = ask()
    except Exception as wrong:
        differences[f"{names} {str(wrong)[:2000]}"] = None
        return
    a, b = _rows(ours), _rows(theirs)
    if not ordered or not ENDS_IN_ORDER.search(TAG.sub("", question).strip()):
        a, b = sorted(a, key=repr), sorted(b, key=repr)
    if (ours.column_names, a) != (theirs.column_names, b):
        only_a, only_b = [row for row in a if row not in b][:3], [row for row in b if row not in a][:3]
        differences[
            f"{names}\n{ours.column_names}\n{theirs.column_names}\n{len(a)} rows, {len(b)} rows\n{only_a}\n{only_b}"
        ] = None


def _made_by() -> list[str]:
    """The file of ours that made a question of none of those that have names."""
    frame = sys._getframe(2)
    while Path(frame.f_code.co_filename).is_relative_to(HERE) or "/accoil/store/" in frame.f_code.co_filename:
        frame = frame.f_back  # type: ignore[assignment]
    path = Path(frame.f_code.co_filename)
    file = path.relative_to(PRODUCT).as_posix() if path.is_relative_to(PRODUCT) else ""
    return [file] if file and file not in OF_THE_LOADER else []


def _rows(table: pa.Table) -> list[tuple[Any, ...]]:
    columns = [
        ["engine's own"] * len(table) if name == "hashed" else [_same(value) for value in table[name].to_pylist()]
        for name in table.column_names
    ]
    return list(zip(*columns, strict=True))


def _same(value: object) -> object:
    match value:
        case bool() | Decimal():
            return int(value)
        case float():
            return int(value) if value.is_integer() else float(f"{value:.10g}")
        case bytes():
            return int.from_bytes(value, "little", signed=True)
    return value


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    """What loads add to a book of DuckDB's: those of ClickHouse, and here those of both, are made anew."""
    return True if collection_path.match("tests/score/test_adding.py") else None


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call() -> Iterator[None]:
    yield
    _fail()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown() -> Iterator[None]:
    yield
    _fail()


def _fail() -> None:
    """Of the test in which they were noticed; threads may have asked in the name of one before."""
    if found := list(differences):
        differences.clear()
        pytest.fail("\n".join(f"DIFFERS {each}" for each in found), pytrace=False)


def pytest_sessionfinish() -> None:
    if os.environ.get("BOTH_ASKED"):
        with Path(os.environ["BOTH_ASKED"]).open("a") as file:  # of several processes, perhaps
            file.write("".join(f"{each}\n" for each in sorted(asked)))


questions.read = read
embedded.DuckDB = Both  # type: ignore[misc]

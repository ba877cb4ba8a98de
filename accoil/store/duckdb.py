"""The embedded engine: one DuckDB file, owned by one process. No indexes, no extensions, nothing from the network.

It keeps no log of its own: what was told is in memory until `save` puts all of it into the file at once. A process that
is killed before finds the store as it was saved, with the number of the last block in it, and the journal has the rest.
Logging, and putting a few rows into the file at a time, took a third of the time of a load."""

import threading
import time
import warnings
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from accoil.refused import Refused
from accoil.store import questions
from accoil.store.store import MEMORY, Damaged, NoRoom, Places, Value

# The advice to use `sql()` does not hold here: that builds a relation and took three times as long for small answers,
# and was no faster for ten million rows.
warnings.filterwarnings("ignore", message="Arrow output on a DB-API result", category=UserWarning)

_HERE = Path(__file__).parent
MEANS_DAMAGE = ("Corrupt database file", "Could not read enough bytes")
MEANS_STOPPED = "has been invalidated"
ROWS_AT_ONCE = 20_000  # of an answer that is streamed
LONGEST_FAREWELL = 10  # seconds
LONGEST_WAIT = 5.0  # seconds that a save waits for others
KEPT = """select table_name from duckdb_tables()
          where database_name = 'kept' and (table_name = :name or starts_with(table_name, :name || '_'))"""
COUNTS_ANEW = "-- counts the journal anew"  # the first line of a migration that can't say what older facts become


class DuckDB:
    def __init__(self, path: Path, memory: str = MEMORY, threads: int | None = None) -> None:
        self.path = path
        settings: dict[str, str | bool | int | float | list[str]] = {
            "memory_limit": memory,
            "temp_directory": str(path.with_suffix(".spill")),
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "checkpoint_threshold": "1000TB",  # `save` says when, nothing else
            "auto_checkpoint_skip_wal_threshold": 10**15,
        }
        if threads:
            settings["threads"] = threads
        try:
            self._db = duckdb.connect(":memory:", config=settings)
            self._db.execute(f"attach {_quoted(path)} as facts (recovery_mode no_wal_writes)")
        except duckdb.Error as no:
            raise Damaged(f"{path.name} can't be opened: {no}") from no
        self._idle: deque[duckdb.DuckDBPyConnection] = deque()  # saying which database is meant takes ten times as
        # long as asking a small question
        self._writing = threading.Lock()
        self._asking, self._closed, self._changed = 0, False, threading.Condition()
        self.damaged: str | None = None
        self.stopped = False
        with self._closed_when_damaged():
            self._db.execute("attach ':memory:' as kept")
            self._db.execute("use facts")
            self._db.execute("set enable_external_access = false")
            self._migrate()
            self.save()

    def check(self) -> None:
        """Reads every value of every table, since the engine looks at a block's checksum only when it reads it.
        Raises Damaged, closed."""
        with self._closed_when_damaged():
            tables = self._db.execute("select table_name from duckdb_tables() where database_name <> 'kept'").fetchall()
            for (table,) in tables:
                self._db.execute(f"select bit_xor(hash(row)) from {table} as row").fetchall()  # noqa: S608  its own

    def ask(self, question: str, places: Places = None, /, **values: Value) -> pa.Table:
        with self._noticed(), self._cursor() as cursor:
            return _ask(cursor, question, places or {}, values)

    def rows(self, question: str, places: Places = None, /, **values: Value) -> list[dict[str, Any]]:
        return self.ask(question, places, **values).to_pylist()  # type: ignore[no-any-return]

    def stream(self, question: str, places: Places = None, /, **values: Value) -> Iterator[pa.RecordBatch]:
        with self._noticed(), self._fresh_cursor() as cursor:  # its reader may take long
            reader: Any = _run(cursor, question, places or {}, values).to_arrow_reader(ROWS_AT_ONCE)
            yield pa.RecordBatch.from_pylist([], reader.schema)  # says what the columns are, also when there is no row
            yield from reader

    def keep(self, name: str, question: str, places: Places = None, /, **values: Value) -> None:
        with self._noticed(), self._cursor() as cursor:
            DuckDBChange(cursor).keep(name, question, places, **values)

    def keep_dated(self, name: str, question: str, places: Places = None, /, **values: Value) -> int:
        with self.changing() as change:
            # The moment is that of the first question.
            block = change.ask("select block from loaded")["block"][0].as_py()
            change.keep(name, question, places, **values)
            return int(block)

    @contextmanager
    def changing(self) -> Iterator["DuckDBChange"]:
        with self._noticed(), self._cursor() as cursor:
            cursor.begin()
            try:
                yield DuckDBChange(cursor)
                cursor.commit()
            except BaseException:
                with suppress(duckdb.Error):
                    cursor.rollback()
                raise

    def keep_rows(self, name: str, rows: pa.Table) -> None:
        with self._noticed(), self._db.cursor() as cursor:
            cursor.register("rows_to_keep", rows)
            _ask(cursor, "create or replace table {kept_name} as from rows_to_keep", {"kept_name": f"kept.{name}"}, {})

    def drop(self, name: str) -> None:
        closed = suppress(duckdb.ConnectionException)  # as after a rebuild: what it kept is gone
        with closed, self._noticed(), self._cursor() as cursor:
            _ask(cursor, "drop table if exists {kept_name}", {"kept_name": f"kept.{name}"}, {})

    def drop_all(self, name: str) -> None:
        with suppress(duckdb.ConnectionException):
            for row in self.rows(KEPT, name=name):
                self.drop(row["table_name"])

    @contextmanager
    def loading(self) -> Iterator["DuckDBLoading"]:
        with self._writing, self._noticed(), self._fresh_cursor() as cursor:  # what it keeps in between goes with it
            cursor.begin()
            loading = DuckDBLoading(cursor)
            try:
                yield loading
                cursor.commit()
            except BaseException:
                with suppress(duckdb.Error):  # a commit that failed has rolled back by itself
                    cursor.rollback()
                raise
            finally:
                loading.let_go()

    def save(self) -> None:
        with self.saved():
            pass

    @contextmanager
    def saved(self) -> Iterator[None]:
        with self._writing, self._noticed():
            with self._cursor() as cursor:
                _checkpoint(cursor)
            yield

    def close(self) -> None:
        """Whoever asks is let finish, for `LONGEST_FAREWELL` seconds; then only a slow reader of a stream holds it."""
        with suppress(Damaged, duckdb.Error):
            self.save()
        with self._changed:
            self._closed = True
            self._changed.wait_for(lambda: not self._asking, LONGEST_FAREWELL)
        for cursor in [*self._idle, self._db]:
            cursor.close()

    def _fresh_cursor(self) -> duckdb.DuckDBPyConnection:
        cursor = self._db.cursor()
        cursor.execute("use facts")
        return cursor

    @contextmanager
    def _cursor(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """One that nobody else uses meanwhile."""
        try:
            cursor = self._idle.pop()
        except IndexError:
            cursor = self._fresh_cursor()
        yield cursor
        self._idle.append(cursor)  # after an error it is let go

    @contextmanager
    def _noticed(self) -> Iterator[None]:
        """Raises Damaged and NoRoom for errors that mean it; others, such as a full disk or a wrong question, go their
        way."""
        with self._changed:
            if self._closed:
                raise duckdb.ConnectionException("This store is closed: another may have taken its place.")
            self._asking += 1
        try:
            yield
        except duckdb.Error as no:
            stopped = isinstance(no, duckdb.FatalException) or MEANS_STOPPED in str(no)
            if isinstance(no, duckdb.OutOfMemoryException) and not stopped:
                raise NoRoom(str(no).split("\n")[0]) from no
            if not stopped and not any(words in str(no) for words in MEANS_DAMAGE):
                raise
            self.stopped = self.stopped or stopped
            self.damaged = str(no)
            raise Damaged(f"{self.path.name}: {no}") from no
        finally:
            with self._changed:
                self._asking -= 1
                self._changed.notify_all()

    @contextmanager
    def _closed_when_damaged(self) -> Iterator[None]:
        try:
            yield
        except duckdb.Error as no:
            self._db.close()
            raise Damaged(f"{self.path.name} can't be read: {no}") from no

    def _migrate(self) -> None:
        """Numbered files, forward only; functions are made anew at each start, since they are only spellings. Raises
        Damaged where a file asks that a store with something in it be made again, Refused where a newer version was."""
        self._db.execute("create table if not exists migration (number integer)")
        done = {number for (number,) in self._db.execute("select number from migration").fetchall()}
        files = {int(path.name.split("_")[0]): path for path in (_HERE / "schema").glob("*.sql")}
        if done - files.keys():
            self._db.close()
            raise Refused(
                f"{self.path.name} is of a newer version of Accoil: install that version, or restore the backup from "
                "before it."
            )
        for number, path in sorted(files.items()):
            if number not in done:
                text = path.read_text()
                if text.startswith(COUNTS_ANEW) and self._holds_something():
                    self._db.close()
                    raise Damaged(f"{self.path.name} was made by an earlier version, which counted less")
                self._db.begin()
                self._db.execute(text)
                self._db.execute("insert into migration values (?)", (number,))
                self._db.commit()
        self._db.execute((_HERE / "functions" / "duckdb.sql").read_text())

    def _holds_something(self) -> bool:
        return bool(self._db.execute("select count(*) from loaded where block > 0").fetchall()[0][0])


class DuckDBChange:
    def __init__(self, cursor: duckdb.DuckDBPyConnection) -> None:
        self._cursor = cursor

    def ask(self, question: str, places: Places = None, /, **values: Value) -> pa.Table:
        return _ask(self._cursor, question, places or {}, values)

    def keep(self, name: str, question: str, places: Places = None, /, **values: Value) -> None:
        places = {**(places or {}), "kept_name": f"kept.{name}"}
        self.ask(f"create or replace table {{kept_name}} as\n{question}", places, **values)


class DuckDBLoading:
    def __init__(self, cursor: duckdb.DuckDBPyConnection) -> None:
        self._cursor = cursor
        self._handed_in: list[str] = []

    def tell(self, question: str, **values: Value) -> None:
        _ask(self._cursor, question, {}, values)

    def ask(self, question: str, **values: Value) -> pa.Table:
        return _ask(self._cursor, question, {}, values)

    def hand_in(self, name: str, table: pa.Table) -> None:
        self._cursor.register(name, table)
        self._handed_in.append(name)

    def let_go(self) -> None:
        for name in self._handed_in:
            self._cursor.unregister(name)


def _checkpoint(cursor: duckdb.DuckDBPyConnection) -> None:
    """Somebody who keeps an answer at this moment may count as one who writes: he is done soon."""
    until = time.monotonic() + LONGEST_WAIT
    while True:
        try:
            cursor.execute("checkpoint facts")
            return
        except duckdb.TransactionException:
            if time.monotonic() > until:
                raise
            time.sleep(0.01)


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"


def _ask(
    cursor: duckdb.DuckDBPyConnection, question: str, places: Mapping[str, str], values: dict[str, Value]
) -> pa.Table:
    return _run(cursor, question, places, values).to_arrow_table()


def _run(
    cursor: duckdb.DuckDBPyConnection, question: str, places: Mapping[str, str], values: dict[str, Value]
) -> duckdb.DuckDBPyConnection:
    wanted = questions.values_in(question)
    given = {name: value for name, value in values.items() if name in wanted}
    return cursor.execute(questions.render(question, dict(places)), given or None)

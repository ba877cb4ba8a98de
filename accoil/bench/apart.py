"""What each process of one server has taken so far, and what lies in PostgreSQL and ClickHouse meanwhile."""

import json
import os
import sqlite3
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec

from accoil.bench import machine, messages
from accoil.bench.servers import Accoil
from accoil.refused import Refused
from accoil.store.reaching import client_of
from accoil.store.tables import TABLES

LOOKS_EVERY = 0.03
PROBED_FOR = 60.0
SHIPPED = ", ".join(f"'{table.name}'" for table in TABLES)
# ClickHouse's own counters since it was started; of a server that others use too, all of them count.
COUNTERS = {
    "OSCPUVirtualTimeMicroseconds": "cpu_us", "WriteBufferFromFileDescriptorWriteBytes": "bytes_written",
    "InsertedRows": "rows_inserted", "MergedRows": "rows_merged", "InsertQuery": "inserts", "SelectQuery": "questions",
}  # fmt: skip

Figures = dict[str, float]


class Seen(msgspec.Struct):
    """Counters, by who has them."""

    of: dict[str, Figures]

    def since(self, before: "Seen") -> "Seen":
        return Seen({who: {name: value - before.of[who].get(name, 0) for name, value in figures.items()}
                     for who, figures in self.of.items()})  # fmt: skip

    def each(self, n: float) -> dict[str, Figures]:
        """Divided among so many events, or seconds."""
        return {who: {name: round(value / n, 4) for name, value in figures.items()} for who, figures in self.of.items()}


class Shared(msgspec.Struct):
    """A database of PostgreSQL and one of ClickHouse, for one run."""

    database: str
    clickhouse: str
    asked: Any

    def rows(self, question: str) -> list[dict[str, Any]]:
        return [dict(row) for row in self.asked.query(question).named_results()]

    def events(self) -> int:
        """How many are there, in the generation that is asked."""
        return int(self.rows(f"select sum(n) as n from {self._facts()}.counts final")[0]["n"] or 0)

    def people(self) -> int:
        return int(self.rows(f"select count() as n from {self._facts()}.name final where kind = 1")[0]["n"])

    def has(self, event: str) -> bool:
        return bool(self.rows(f"select count() as n from {self._facts()}.name where name = '{event}'")[0]["n"])

    def tables(self) -> dict[str, Figures]:
        """What lies there, old versions of rows among it."""
        parts = (
            "select table, sum(rows) as rows, sum(bytes_on_disk) as bytes, count() as parts from system.parts "
            f"where active and startsWith(database, '{self._base()}') group by table order by table"
        )
        return {str(row.pop("table")): row for row in self.rows(parts) if row["rows"]}

    def _base(self) -> str:
        return urlsplit(self.clickhouse).path.strip("/")

    def _facts(self) -> str:
        number = self.rows(f"select max(number) as n from {self._base()}.generation")[0]["n"]
        return f"{self._base()}_{number}"


@contextmanager
def shared(database: str, clickhouse: str) -> Iterator[Shared]:
    """Both are made, and dropped in the end."""
    import psycopg

    name = f"accoil_bench_{os.getpid()}"
    try:
        with psycopg.connect(database, autocommit=True) as asked:
            asked.execute(f'create database "{name}"'.encode())
    except psycopg.Error as wrong:
        raise Refused(f"No database can be made in PostgreSQL: {wrong}") from wrong
    client = client_of(clickhouse, 60)
    try:
        yield Shared(
            urlsplit(database)._replace(path=f"/{name}").geturl(),
            urlsplit(clickhouse)._replace(path=f"/{name}").geturl(), client,
        )  # fmt: skip
    finally:
        left = client.query(f"select name from system.databases where startsWith(name, '{name}')").result_rows
        for (each,) in left:
            client.command(f"drop database if exists {each} sync")
        client.close()
        with psycopg.connect(database, autocommit=True) as asked:
            asked.execute(f'drop database if exists "{name}" with (force)'.encode())


def look(pids: Mapping[str, Sequence[int]], home: Path, its: Shared) -> Seen:
    """All of it now. `pids`: role → processes of it; `home`: of the one that counts."""
    found: dict[str, Figures] = {role: _processes(several) for role, several in pids.items()}
    found["work"]["journal_bytes"] = _journal(home / "journal.sqlite3")
    counters = its.rows("select event, value from system.events")
    found["clickhouse"] = {COUNTERS[row["event"]]: row["value"] for row in counters if row["event"] in COUNTERS}
    found["postgresql"] = _postgresql(its.database)
    return Seen(found)


def _processes(pids: Sequence[int]) -> Figures:
    written = 0
    for pid in pids:
        lines = dict(line.split(": ") for line in Path(f"/proc/{pid}/io").read_text().splitlines())
        written += int(lines["write_bytes"])
    return {"cpu_us": 1e6 * sum(machine.cpu_seconds(pid) or 0 for pid in pids), "bytes_written": written}


def _journal(path: Path) -> int:
    """What it holds, whether that stands in the file or still in its log."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as asked:
        return int(
            asked.execute("select page_count * page_size from pragma_page_count(), pragma_page_size()").fetchone()[0]
        )


def _postgresql(url: str) -> Figures:
    import psycopg

    columns = "xact_commit, tup_inserted, tup_updated, tup_returned"
    with psycopg.connect(url, autocommit=True) as asked:
        asked.execute("select pg_stat_force_next_flush()")
        counters = asked.execute(
            f"select {columns} from pg_stat_database where datname = current_database()"
        ).fetchone()
        size = asked.execute("select pg_database_size(current_database())").fetchone()
    assert counters and size
    return dict(zip((*columns.split(", "), "bytes"), (*counters, *size), strict=True))


def probe(receiver: Accoil, event: str, its: Shared) -> float:
    """Seconds from the answer to one event of a new name until its name is in ClickHouse."""
    connection = HTTPConnection("127.0.0.1", receiver.running.port, timeout=60)
    body = json.dumps({"userId": "user-000000", "event": event, "messageId": event})
    head = {"Authorization": messages.authorization(receiver.key), "Content-Type": "application/json"}
    connection.request("POST", "/v1/track", body, head)
    connection.getresponse().read()
    connection.close()
    began = time.monotonic()
    while not its.has(event):
        if time.monotonic() - began > PROBED_FOR:
            raise Refused(f"An event was not in ClickHouse after {PROBED_FOR:.0f} seconds.")
        time.sleep(LOOKS_EVERY)
    return time.monotonic() - began

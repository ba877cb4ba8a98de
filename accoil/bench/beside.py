"""The same book in ClickHouse, so that both engines answer the same questions in one run."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pyarrow as pa

from accoil import environment
from accoil.bench.book import STORE
from accoil.bench.progress import say
from accoil.store.clickhouse import ClickHouse
from accoil.store.duckdb import DuckDB
from accoil.store.store import MEMORY, Store
from accoil.store.tables import TABLES, Table

BATCHES_AT_ONCE = 25  # of some 20,000 rows


@contextmanager
def copied(folder: Path, url: str) -> Iterator[ClickHouse]:
    """The book of that folder in a database of its own, which is gone afterwards; the one that `url` names is left
    alone."""
    database = f"accoil_bench_{os.getpid()}"
    target = ClickHouse(urlsplit(url)._replace(path=f"/{database}").geturl())
    try:
        store = DuckDB(folder / STORE, environment.text("ACCOIL_STORE_MEMORY", MEMORY))
        try:
            _copy(store, target)
        finally:
            store.close()
        yield target
    finally:
        target.tell(f"drop database if exists {database}")
        target.close()


def _copy(store: Store, target: ClickHouse) -> None:
    for table in TABLES:
        rows, some = 0, list[pa.RecordBatch]()
        for batch in store.stream(table.net()):
            some.append(batch)
            if len(some) == BATCHES_AT_ONCE:
                rows += _put(target, table, some)
                some = []
        rows += _put(target, table, some)
        say(f"{rows:,} rows of {table.name} to ClickHouse")


def _put(target: ClickHouse, table: Table, some: list[pa.RecordBatch]) -> int:
    if not some:
        return 0
    rows = pa.Table.from_batches(some)
    target.put(table, rows, version=1)
    return len(rows)

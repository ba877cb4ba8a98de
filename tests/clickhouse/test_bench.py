"""The book of a bench is the same in ClickHouse, and gone from there afterwards."""

from pathlib import Path

import pytest

from accoil.bench.invented import Size
from accoil.bench.kept import built
from tests.clickhouse import served

pytestmark = [
    pytest.mark.skipif(bool(served.MISSING), reason=str(served.MISSING)),
    pytest.mark.xdist_group("clickhouse"),
]
if not served.MISSING:
    from accoil.bench.beside import copied
    from accoil.bench.book import STORE
    from accoil.store.clickhouse import ClickHouse
    from accoil.store.duckdb import DuckDB
    from accoil.store.tables import TABLES

DATABASES = "select name from system.databases where startsWith(name, 'accoil_bench_')"


def test_a_book_is_copied_and_asked_and_goes(tmp_path: Path) -> None:
    folder = built(tmp_path, Size(users=400, days=50))
    with copied(folder, served.url()) as theirs:
        store = DuckDB(folder / STORE)
        for table in TABLES:
            counted = f"select count(*) as n from ({table.net()}) as net"
            assert theirs.rows(f"select count(*) as n from {table.name}") == store.rows(counted), table.name
        store.close()
        assert theirs.rows("select count(*) > 0 as some from counts") == [{"some": 1}]
        assert theirs.rows(DATABASES)
    other = ClickHouse(f"{served.url()}/store_bench")
    assert other.rows(DATABASES) == []
    other.close()

"""Small tables in ClickHouse that every server of a cluster holds whole: whichever is asked, it is one table."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pyarrow as pa
from urllib3 import Timeout

from accoil.store import cluster, spelling, versions

PATIENCE = 20  # seconds for an answer
CLOSES_WITHIN = 3  # seconds
SCHEMAS = Path(__file__).parent / "schema"


class OnEach:
    """The tables of schema/NAME, which are made where they are missing. For one thread. Every question may raise: it is
    asked again, of the next address."""

    def __init__(self, addresses: Sequence[str], name: str) -> None:
        """`addresses`: http://user:password@host:port/database, tried in turn: they lead to one server, or to those of
        the cluster that ACCOIL_CLICKHOUSE_CLUSTER names."""
        self._addresses, self._name = list(addresses), name
        self._client: Any = None

    def close(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            client.close()

    def hurry(self) -> None:
        """From now on until it is closed nobody waits long for an answer."""
        if self._client is not None:
            self._client.timeout = Timeout(connect=CLOSES_WITHIN, read=CLOSES_WITHIN)

    def rows(self, question: str, **values: Any) -> list[dict[str, Any]]:
        found = self.ask(lambda client: client.query_arrow(question, values, use_strings=False))
        return found.to_pylist()  # type: ignore[no-any-return]

    def catch_up(self, table: str) -> None:
        """On a cluster: whichever server is asked from now on has what was in a table until now."""
        if name := cluster.name():
            self.ask(lambda client: cluster.wait(lambda: _missing(client, table, name)))

    def insert(self, table: str, rows: pa.Table) -> None:
        self.ask(lambda client: client.insert_arrow(table, rows))

    def ask(self, question: Any) -> Any:
        try:
            if self._client is None:
                self._client = _connected(self._addresses[0], self._name)
            return question(self._client)
        except BaseException:
            self._addresses.append(self._addresses.pop(0))
            self.close()
            raise


def made(name: str, database: str, of_cluster: str) -> list[str]:
    """The statements that make them: on the cluster of that name, or on one server where there is none."""
    tables = spelling.statements((SCHEMAS / name / "tables.sql").read_text())
    if of_cluster:
        return [cluster.on_each(each, database, of_cluster) for each in tables]
    return [versions.unless_there(each) for each in tables]


def _connected(address: str, name: str) -> Any:
    from accoil.store.reaching import client_of, tables_in  # a server that has none starts without its driver

    database = urlsplit(address).path.strip("/") or "accoil"
    client = client_of(address, PATIENCE, connects_within=PATIENCE)
    of_cluster = cluster.name()
    everywhere = f" on cluster {of_cluster}" if of_cluster else ""
    there = tables_in(client, database) if of_cluster else set()
    settings = cluster.OF_THOSE_THAT_ARE_UP if of_cluster else {}
    if not there:
        made_by = f"create database if not exists {database}{everywhere}"
        client.command(made_by, settings=settings, use_database=False)
    client.database = database
    for statement in cluster.lacking(made(name, database, of_cluster), there):
        client.command(statement, settings=settings)
    return client


def _missing(client: Any, table: str, of_cluster: str) -> int:
    question = cluster.missing([table], client.database, of_cluster)
    return int(client.query(question).result_rows[0][0] or 0)

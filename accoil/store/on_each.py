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
        from accoil.store.reaching import catch_up

        if cluster.name():
            self.ask(lambda client: catch_up(client, table))

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
    from accoil.store.reaching import client_of, make  # a server that has none starts without its driver

    database = urlsplit(address).path.strip("/") or "accoil"
    client = client_of(address, PATIENCE, connects_within=PATIENCE)
    make(client, database, made(name, database, cluster.name()))
    return client

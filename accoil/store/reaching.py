"""The published driver, connected to a server of ClickHouse that is new enough and answers as standard SQL does."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any
from urllib.parse import unquote, urlsplit

import clickhouse_connect
from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import ClickHouseError

from accoil.refused import Refused
from accoil.store import cluster

NoAnswer = ClickHouseError  # or one that refuses
# Before 24.12 one null made `greatest` null, so people seemed never seen; before 25.4 servers of a cluster did not ask
# each other what stands in an inner question. This is the oldest since then that was mended for long.
SINCE = "25.8"
PORTS = {"http": 8123, "https": 8443}
CONNECTS_WITHIN = 10  # seconds
PATIENCE = 20  # seconds without a sign of life, for who asks: a question that takes longer shows how far it is
LONG_PATIENCE = 300  # for who fills and copies: what is sent shows nothing until it is there
CLOSES_WITHIN = 3  # seconds
# What makes it answer as standard SQL does, where it has a way of its own, or a profile of the user has.
SETTINGS = {
    "join_use_nulls": 1,
    "prefer_column_name_to_alias": 1,
    "aggregate_functions_null_for_empty": 1,
    "cast_keep_nullable": 1,
    "union_default_mode": "DISTINCT",
    "except_default_mode": "DISTINCT",
    "least_greatest_legacy_null_behavior": 0,
    "final": 1,  # of rows with one key the newest
    "do_not_merge_across_partitions_select_final": 1,  # those are in one partition
    "use_skip_indexes_if_final": 1,  # an index is of a part of the key
    "max_partitions_per_insert_block": 0,  # what is imported may be of many years
    "max_query_size": 2**30,  # long lists are in the text
    "log_queries": 0,  # ids and addresses of people stand in questions; no deletion reaches system.query_log
    "output_format_arrow_string_as_string": 1,
    "output_format_arrow_compression_method": "none",
}


def connected(url: str, patience: int) -> tuple[Client, str]:
    """To one of several addresses, separated by commas: the first that answers; and which one that is."""
    *others, last = [each.strip() for each in url.split(",")]
    for each in others:
        with suppress(NoAnswer):
            return _client(each, patience), each
    return _client(last, patience), last


def _client(url: str, patience: int) -> Client:
    return client_of(url, patience, SETTINGS | (cluster.SETTINGS if cluster.name() else {}))


def make(client: Client, database: str, statements: Iterable[str], comment: str = "") -> None:
    """Makes a database, which is the client's from then on, and its tables, as far as they are missing."""
    name = cluster.name()
    there = _tables_in(client, database) if name else set()
    settings = cluster.OF_THOSE_THAT_ARE_UP if name else {}
    if not there:
        everywhere, said = f" on cluster {name}" if name else "", f" comment '{comment}'" if comment else ""
        statement = f"create database if not exists {database}{everywhere}{said}"
        client.command(statement, settings=settings, use_database=False)
    client.database = database
    for each in cluster.lacking(statements, there):
        client.command(each, settings=settings)


def _tables_in(client: Client, database: str) -> set[str]:
    question = f"select name from system.tables where database = '{database}'"  # noqa: S608 - a name of ours
    return {row[0] for row in client.query(question).result_rows}


def catch_up(client: Client, *tables: str) -> None:
    """On a cluster: whichever server is asked from now on has what was in these tables until now. Raises Behind."""
    if tables and (name := cluster.name()):
        question = cluster.missing(tables, str(client.database), name)
        cluster.wait(lambda: int(client.query(question).result_rows[0][0] or 0))


def client_of(
    url: str, patience: int, settings: Mapping[str, Any] | None = None, connects_within: int = CONNECTS_WITHIN
) -> Client:
    """Of one address: http://user:password@host:port/database, or https; the database is not chosen yet. `patience`:
    seconds without a sign of life. Raises Refused, where the server is too old."""
    parts = urlsplit(url)
    client = clickhouse_connect.get_client(
        host=parts.hostname,
        port=parts.port or PORTS[parts.scheme],
        username=unquote(parts.username or "default"),
        password=unquote(parts.password or ""),
        secure=parts.scheme == "https",
        connect_timeout=connects_within,
        send_receive_timeout=patience,
        autogenerate_session_id=False,  # so that questions may be asked beside each other
        settings=dict(settings or {}),
    )
    if not client.min_version(SINCE):
        client.close()
        raise Refused(
            f"ClickHouse at {parts.hostname} is {client.server_version}; some numbers would be wrong there. Update it "
            f"to {SINCE} or newer."
        )
    return client

"""Tables of ClickHouse on a cluster: each server holds a replicated part (`NAME_here`), and what is asked and filled is
the table over all of them; or, where that is little, each holds all of it. Text alone: no cluster has been asked by a
test."""

import re

from accoil import environment
from accoil.refused import Refused
from accoil.store import versions

CLUSTER = "ACCOIL_CLICKHOUSE_CLUSTER"
# A question may be put to any server: what stands in an inner question is found out once, for all of them. And what is
# sent is there before the answer.
SETTINGS = {"distributed_product_mode": "global", "prefer_global_in_and_join": 1, "distributed_foreground_insert": 1}
OF_THOSE_THAT_ARE_UP = {"distributed_ddl_output_mode": "none_only_active"}
WHERE = "'/clickhouse/tables/{uuid}/{shard}', '{replica}'"
# Of a table that all have; servers of two shards may be called the same replica. What is put in again after it was
# taken out is no duplicate.
ALL = "'/clickhouse/tables/{uuid}', '{shard}_{replica}'"
FORGETS = "settings replicated_deduplication_window = 0"

_TABLE = re.compile(r"create table (\w+) (\(.*\))\s*engine = (\w+MergeTree)(?:\(([^)]*)\))?\s*(order by .*)", re.DOTALL)


def name() -> str:
    """Of the cluster; "" for one server. Raises Refused."""
    cluster = environment.text(CLUSTER)
    if cluster and not re.fullmatch(r"[A-Za-z_]\w*", cluster):
        raise Refused(
            f"{CLUSTER} is {cluster!r}; write the cluster's name as it stands in ClickHouse's remote_servers."
        )
    return cluster


def spread(statement: str, database: str, cluster: str) -> list[str]:
    """The statements that make a table on all servers of a cluster, instead of those that make it on one. They name
    the database: elsewhere, that of the connection may be another one."""
    table, columns, engine, arguments, order = _parts(statement)
    by, held = _by(columns, order), versions.of(table) if versions.are_in(statement) else table
    there = [
        f"create table if not exists {database}.{held}_here on cluster {cluster} {columns}\n"
        f"engine = Replicated{engine}({_with(arguments, WHERE)})\n{order}",
        f"create table if not exists {database}.{held} on cluster {cluster} as {database}.{held}_here\n"
        f"engine = Distributed({cluster}, {database}, {held}_here, {by})",
    ]
    if held == table:
        return there
    return [  # each server puts its own versions together
        *there,
        f"create view if not exists {database}.{table}_here on cluster {cluster} as\n"
        f"{versions.newest(f'{database}.{held}_here')}",
        f"create table if not exists {database}.{table} on cluster {cluster} {versions.without_marks(columns)}\n"
        f"engine = Distributed({cluster}, {database}, {table}_here, {by})",
    ]


def on_each(statement: str, database: str, cluster: str) -> str:
    """The statement that makes a table of which each server of a cluster holds all."""
    table, columns, engine, arguments, order = _parts(statement)
    return (
        f"create table if not exists {database}.{table} on cluster {cluster} {columns}\n"
        f"engine = Replicated{engine}({_with(arguments, ALL)})\n{order}\n{FORGETS}"
    )


def caught_up(table: str, database: str, cluster: str) -> str:
    """The statement that returns when each server that is up has of a table what was there when it was asked."""
    return f"system sync replica on cluster {cluster} {database}.{table} lightweight"


def _parts(statement: str) -> tuple[str, ...]:
    found = _TABLE.fullmatch(statement.strip())
    if not found:
        raise ValueError(f"This makes no table that can be spread: {statement}")
    return found.groups()


def _with(arguments: str | None, where: str) -> str:
    return ", ".join([where, arguments] if arguments else [where])


def _by(columns: str, order: str) -> str:
    """Which column of the key says on which server a row is: those of a user are together. It must be a whole number;
    where the key has another `id`, all rows are on one server."""
    by = next((each for each in ("user_id", "id", "product") if re.search(rf"\b{each}\b", order)), "0")
    return by if re.search(rf"\b{by} Int", columns) else "0"

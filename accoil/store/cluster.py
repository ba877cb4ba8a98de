"""Tables of ClickHouse on a cluster: each server holds a replicated part (`NAME_here`), and what is asked and filled is
the table over all of them. Text alone: no cluster has been asked by a test."""

import re

from accoil import environment
from accoil.refused import Refused

CLUSTER = "ACCOIL_CLICKHOUSE_CLUSTER"
# A question may be put to any server: what stands in an inner question is found out once, for all of them. And what is
# sent is there before the answer.
SETTINGS = {"distributed_product_mode": "global", "prefer_global_in_and_join": 1, "distributed_foreground_insert": 1}
WHERE = "'/clickhouse/tables/{uuid}/{shard}', '{replica}'"

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
    """The statements that make a table on all servers of a cluster, instead of this one that makes it on one. They name
    the database: elsewhere, that of the connection may be another one."""
    found = _TABLE.fullmatch(statement.strip())
    if not found:
        raise ValueError(f"This makes no table that can be spread: {statement}")
    table, columns, engine, versions, order = found.groups()
    told = ", ".join([WHERE, versions] if versions else [WHERE])
    return [
        f"create table if not exists {database}.{table}_here on cluster {cluster} {columns}\n"
        f"engine = Replicated{engine}({told})\n{order}",
        f"create table if not exists {database}.{table} on cluster {cluster} as {database}.{table}_here\n"
        f"engine = Distributed({cluster}, {database}, {table}_here, {_by(columns, order)})",
    ]


def _by(columns: str, order: str) -> str:
    """Which column of the key says on which server a row is: those of a user are together. It must be a whole number;
    where the key has another `id`, all rows are on one server."""
    by = next((each for each in ("user_id", "id", "product") if re.search(rf"\b{each}\b", order)), "0")
    return by if re.search(rf"\b{by} Int", columns) else "0"

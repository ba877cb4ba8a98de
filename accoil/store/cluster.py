"""Tables of ClickHouse on a cluster: each server holds a replicated part (`NAME_here`), and what is asked and filled is
the table over all of them; or, where that is little, each holds all of it. Text alone: no cluster has been asked by a
test."""

import re
import time
from collections.abc import Callable, Iterable

from accoil import environment
from accoil.refused import Refused
from accoil.store import versions

CLUSTER = "ACCOIL_CLICKHOUSE_CLUSTER"
SETTINGS = {"distributed_foreground_insert": 1}  # what is sent is there before the answer
# A server that is away makes its tables when it is back. One of early 25 can't tell, and waits so many seconds for it.
OF_THOSE_THAT_ARE_UP: dict[str, int | str] = {
    "distributed_ddl_output_mode": "null_status_on_timeout_only_active",
    "distributed_ddl_task_timeout": 5,
}
# By name: `{uuid}` would be another one for a server that joins later, whose part would then be a table by itself.
WHERE = "'/clickhouse/tables/NAME/{shard}', '{replica}'"
# Of a table that all have; servers of two shards may be called the same replica. What is put in again after it was
# taken out is no duplicate.
ALL = "'/clickhouse/tables/NAME', '{shard}_{replica}'"
FORGETS = "settings replicated_deduplication_window = 0"

CATCH_UP_WITHIN = 20.0  # seconds
_INNER = re.compile(r"'(?:[^']|'')*'|\b(?:(?:left|full|cross)\s+)?join\b|\b(?:not\s+)?in\s*\((?=\s*(?:select|with)\b)")
_TABLE = re.compile(r"create table (\w+) (\(.*\))\s*engine = (\w+MergeTree)(?:\(([^)]*)\))?\s*(.*order by .*)", re.S)


class Behind(Exception):
    """What was sent from here is not there, or not there yet."""


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
        f"engine = Replicated{engine}({_with(arguments, WHERE.replace('NAME', f'{database}.{held}'))})\n{order}",
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
        f"engine = Replicated{engine}({_with(arguments, ALL.replace('NAME', f'{database}.{table}'))})\n"
        f"{order}\n{FORGETS}"
    )


def lacking(statements: Iterable[str], there: set[str]) -> list[str]:
    """Those of what is not there: each is waited for on every server of the cluster."""
    return [each for each in statements if each.split()[5].rpartition(".")[2] not in there]


def asked_once(question: str) -> str:
    """The question with what stands in an inner one found out once, by the server that is asked, for all of them: what
    is kept is there alone. ClickHouse's own settings for it don't reach every inner question."""
    return _INNER.sub(lambda found: found[0] if found[0].startswith("'") else f"global {found[0]}", question)


def missing(tables: Iterable[str], database: str, cluster: str) -> str:
    """The question how many changes of these tables some server that is up has not fetched. Where nothing was ever put
    in, it has fetched up to 0."""
    fetched = "if(log_pointer = 0, 0, toInt64(log_max_index) + 1 - toInt64(log_pointer))"
    names = ", ".join(f"'{table}'" for table in tables)
    question = (
        f"select max(greatest(0, {fetched}) + inserts_in_queue) as n "  # noqa: S608 - names of ours
        f"from clusterAllReplicas({cluster}, system.replicas) where database = '{database}' and table in ({names})"
    )
    return f"{question} settings skip_unavailable_shards = 1"


def wait(how_many: Callable[[], int]) -> None:
    """Returns when nothing is `missing`. No statement `on cluster` does it: those queue up for a server that is away,
    and are thrown away when they are many, also those that it needs. Raises Behind."""
    until = time.monotonic() + CATCH_UP_WITHIN
    while how_many():
        if time.monotonic() > until:
            raise Behind("A server of the ClickHouse cluster does not fetch what others have; it is waited for.")
        time.sleep(0.1)


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

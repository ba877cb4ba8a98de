"""What is shipped, by table and column. Needs the driver for the text of ClickHouse's tables, but no engine."""

import re
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("clickhouse_connect", reason="clickhouse_connect is not installed: make clickhouse")

from accoil.count.facts import Facts
from accoil.store import noting, questions
from accoil.store.clickhouse import schema
from accoil.store.duckdb import DuckDB
from accoil.store.tables import AT_HOME, BY_NAME, TABLES, TEXTS, Table
from tests.clickhouse.everything import messages
from tests.world import Engine

COUNT = Path(__file__).parents[2] / "accoil" / "count"
STATEMENT = re.compile(
    r"create table (\w+) \((.*?)(?:,\s*index \w+ (\w+) .*)?\)\s*engine = ReplacingMergeTree\(version\)"
    r"(?: partition by intDiv\((\w+), 30\))?\s*order by (.*)",
    re.S,
)


@pytest.fixture(scope="module")
def counted(tmp_path_factory: pytest.TempPathFactory) -> DuckDB:
    engine = Engine(tmp_path_factory.mktemp("tables"))
    several = messages()
    for start in range(0, len(several), 200):
        engine.receive(engine.new_product() if not start else 1, several[start : start + 200])
    assert isinstance(engine.facts, Facts)
    return engine.facts.store  # type: ignore[return-value]


def test_every_table_of_the_store_is_shipped_or_stays_at_home(counted: DuckDB) -> None:
    rows = counted.rows("select table_name from duckdb_tables() where database_name <> 'kept'")
    assert sorted([*BY_NAME, *AT_HOME, "migration"]) == sorted(row["table_name"] for row in rows)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_column_of_it_is_told(counted: DuckDB, table: Table) -> None:
    assert sorted(table.columns) == sorted(counted.ask(f"from {table.name} limit 0").column_names)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_what_is_said_to_be_alike_is(counted: DuckDB, table: Table) -> None:
    """Rows of one key say the same of columns that are not put together in any other way."""
    assert counted.rows(f"select count(*) as n from {table.name}")[0]["n"] or table.name == "late"
    alike = [column for column, said in table.rest.items() if said == f"max({column})"]
    for column in {*alike} - {"last_at", "last_day", "received", "sent_at"}:
        question = (
            f"select count(distinct {column}) as n from {table.name} group by {', '.join(table.keys)} having n > 1"
        )
        assert counted.rows(question) == [], column


@pytest.mark.parametrize("statement", schema("facts"), ids=lambda statement: statement.split()[2])
def test_clickhouse_orders_by_the_same_keys(statement: str) -> None:
    found = STATEMENT.fullmatch(statement.strip())
    assert found
    table = BY_NAME[found[1]]
    assert set(re.findall(r"\w+", found[5])) == set(table.keys)
    assert {found[3], found[4]} <= {None, *table.keys}  # else an older version of a row could be found without a newer
    columns = [each.split()[0] for each in re.split(r",\s+", found[2].strip())]
    assert sorted(columns) == sorted([*table.columns, "version", "deleted"])


@pytest.mark.parametrize(
    ("table", "here", "there"),
    [
        ("counts", [{"user_id": 1, "n": 5}, {"user_id": 2, "n": 7}], [{"user_id": 1, "n": 7}, {"user_id": 2, "n": 5}]),
        ("trait_last", [{"id": 1, "text": "Growth"}], [{"id": 1, "text": "Trials"}]),
        (
            "shown",
            [{"id": 1, "name": "Ann", "email": "ann@x.io"}, {"id": 2, "name": "Bob", "email": "bob@x.io"}],
            [{"id": 1, "name": "Bob", "email": "bob@x.io"}, {"id": 2, "name": "Eve", "email": "eve@y.io"}],
        ),
    ],
)
def test_other_rows_have_another_figure(
    counted: DuckDB, table: str, here: list[dict[str, Any]], there: list[dict[str, Any]]
) -> None:
    """Also where two gave each other what they say, or texts are equally long."""
    found = []
    for rows in (here, there):
        several = " union all by name ".join(f"select {_told(BY_NAME[table], each)}" for each in rows)
        found.append(counted.rows(BY_NAME[table].figures(f"({several})", noting.HASHED)))
    assert [row["n"] for row in found[0]] == [row["n"] for row in found[1]]
    assert found[0] != found[1]


def _told(table: Table, row: dict[str, Any]) -> str:
    """A row of which the rest is 1."""
    told = {column: f"'{row.get(column, 1)}'" if column in TEXTS else row.get(column, 1) for column in table.columns}
    return ", ".join(f"{value} as {column}" for column, value in told.items())


def test_every_statement_that_changes_what_is_shipped_is_noted() -> None:
    changing = {}
    for path in COUNT.glob("*.sql"):
        for name, text in questions.read(path).items():
            if path.stem != "merging" and re.search(r"^(insert into|delete from|update) ", text, re.M):
                changing[f"{path.stem}.{name}"] = noting._change(text)
    at_home = {name for name, change in changing.items() if change is None}
    assert at_home == {
        "adoption.forget_later_links", "adoption.links", "adoption.forget_circles", "adoption.circles_anew",
        "adoption.moves", "adoption.released_touched", "adoption.released_counts", "load.messages", "load.loaded",
        "load.put_aside", "seal.drop", "seal.file", "seal.forget_file",
    }  # fmt: skip
    assert {change[0].name for change in changing.values() if change} | {"shown"} == set(BY_NAME)  # `shown`: shown.py


def test_an_update_that_can_not_be_noted_is_refused() -> None:
    with pytest.raises(ValueError, match="lines of their own"):
        noting._change("update counts set n = 1 where n = 2")

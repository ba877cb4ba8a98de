"""ClickHouse's own engine, spoken to by the published driver over HTTP, as a server would be."""

import itertools
from collections.abc import Iterator

import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as some

from accoil.store.tables import BY_NAME
from tests.clickhouse import served

pytestmark = [
    pytest.mark.skipif(bool(served.MISSING), reason=str(served.MISSING)),
    pytest.mark.xdist_group("clickhouse"),
]
if not served.MISSING:
    from clickhouse_connect.driver.exceptions import DatabaseError

    from accoil.store.clickhouse import ClickHouse

_numbers = itertools.count(1)
NAMES = "insert into name_versions values (1, 1, {id}, '{name}', 0, 0, 1, 0)"


@pytest.fixture(scope="module")
def url() -> str:
    return f"{served.url()}/store_{next(_numbers)}"


@pytest.fixture(scope="module")
def store(url: str) -> Iterator["ClickHouse"]:
    store = ClickHouse(url)
    yield store
    store.close()


TEXTS = some.text(some.characters(exclude_categories=["Cs"], exclude_characters="\0"))


@settings(max_examples=40, deadline=None)
@given(TEXTS, some.integers(-(2**63), 2**63 - 1))
def test_values_arrive_as_they_are(store: "ClickHouse", text: str, number: int) -> None:
    question = "select :text as t, :number as n, unnest(:texts) as each"
    rows = store.rows(question, text=text, number=number, texts=[text, "'"])
    assert rows == [{"t": text, "n": number, "each": each} for each in (text, "'")]


@settings(max_examples=20, deadline=None)
@given(some.lists(TEXTS, min_size=1))
@example(["100%", "%(n)s", "{numbers:Array(Int64)}", "'; --", "\\", "\\N"])
def test_long_lists_arrive_as_they_are(store: "ClickHouse", texts: list[str]) -> None:
    texts *= 1 + 300 // len(texts)
    question = "select unnest(:texts) as t, unnest(:numbers) as n"
    expected = [{"t": text, "n": -place} for place, text in enumerate(texts)]
    assert store.rows(question, texts=texts, numbers=[-place for place in range(len(texts))]) == expected


def test_a_list_is_longer_than_an_address_may_be(store: "ClickHouse") -> None:
    ids = list(range(10**12, 10**12 + 100_000))
    assert store.rows("select count(*) as n, max(id) as most from (select unnest(:ids) as id) as x", ids=ids) == [
        {"n": 100_000, "most": ids[-1]}
    ]


def test_an_answer_is_kept_until_it_is_dropped(store: "ClickHouse") -> None:
    store.keep("book_1", "select :n as n", n=5)
    store.keep("book_1", "select n + 1 as n from {before}", {"before": "kept.book_1"})
    assert store.rows("select n from {book}", {"book": "kept.book_1"}) == [{"n": 6}]
    store.drop("book_1")
    store.drop("book_1")
    with pytest.raises(DatabaseError, match="UNKNOWN_TABLE"):
        store.rows("select n from {book}", {"book": "kept.book_1"})


def test_rows_are_kept_like_an_answer(store: "ClickHouse") -> None:
    rows = pa.table({"id": [1, 2], "name": ["a", None], "share": [0.5, None], "yes": [True, False]})
    store.keep_rows("rows_1", rows)
    assert store.rows("select * from {rows} order by id", {"rows": "kept.rows_1"}) == rows.to_pylist()


def test_all_of_a_name_are_dropped_and_no_others(store: "ClickHouse") -> None:
    for name in ("x_1", "x_1_parts", "x_10"):
        store.keep(name, "select 1 as n")
    store.drop_all("x_1")
    assert store.rows("select n from {left}", {"left": "kept.x_10"}) == [{"n": 1}]
    for name in ("x_1", "x_1_parts"):
        with pytest.raises(DatabaseError):
            store.rows("select n from {gone}", {"gone": f"kept.{name}"})


@pytest.mark.parametrize("many", [0, 3, 200_000])
def test_a_stream_says_first_what_its_columns_are(store: "ClickHouse", many: int) -> None:
    first, *rest = store.stream("select unnest(range(:many)) as n", many=many)
    assert (first.num_rows, first.schema.names) == (0, ["n"])
    assert pa.Table.from_batches([first, *rest])["n"].to_pylist() == list(range(many))


def test_facts_outlive_who_asks_and_what_is_kept_does_not(store: "ClickHouse", url: str) -> None:
    store._client.command(NAMES.format(id=7, name="ann"))
    store.keep("of_the_first", "select 1 as n")
    other = ClickHouse(url)
    assert other.rows("select name from name where id = 7") == [{"name": "ann"}]
    other.keep("of_the_other", "select 2 as n")
    other.drop_all("of_the_first")
    other.close()
    assert store.rows("select n from {kept}", {"kept": "kept.of_the_first"}) == [{"n": 1}]


def test_many_years_of_counts_are_sent_at_once_and_the_newest_are_asked(store: "ClickHouse") -> None:
    table, many = BY_NAME["counts"], 40 * 365
    ids = {key: [1] * many for key in table.keys} | {"day": list(range(-365, many - 365))}
    store.put(table, pa.table(ids | {"n": [1] * many, "last_at": [0] * many}), version=1)
    store.put(
        table, pa.table({key: [1, 1] for key in table.keys} | {"day": [-1, 99], "n": [5, 7], "last_at": [0, 0]}), 2
    )
    store.put(
        table, pa.table({key: [1] for key in table.keys} | {"day": [98], "n": [0], "last_at": [0]}), 3, deleted=True
    )
    question = "select count(*) as days, sum(n) as n from counts where product = 1 and user_id in (select unnest(:ids))"
    assert store.rows(question, ids=[1, 2]) == [{"days": many - 1, "n": many - 1 + 4 + 6}]
    assert store.rows("select n from counts where user_id = 1 and day = 99") == [{"n": 7}]


def test_another_database_holds_other_facts(store: "ClickHouse") -> None:
    store._client.command(NAMES.format(id=8, name="bob"))
    other = ClickHouse(f"{served.url()}/store_{next(_numbers)}")
    assert other.rows("select name from name where id = 8") == []
    other.close()


def test_a_profile_does_not_change_what_an_answer_is(store: "ClickHouse") -> None:
    """What the address says wins: here null is nothing, and with it is the largest that there is."""
    told = store.rows("select value, changed from system.settings where name = 'least_greatest_legacy_null_behavior'")
    assert told == [{"value": "0", "changed": 1}]
    assert store.rows("select greatest(cast(:n as bigint), null) as n", n=7) == [{"n": 7}]


def test_no_question_is_written_down_by_the_server(store: "ClickHouse") -> None:
    """There people's ids and addresses would stay, whoever is deleted."""
    told = store.rows("select value, changed from system.settings where name = 'log_queries'")
    assert told == [{"value": "0", "changed": 1}]

"""How a question is written for ClickHouse. Needs the driver, but no engine."""

import pytest

pytest.importorskip("clickhouse_connect", reason="clickhouse_connect is not installed: make clickhouse")

from accoil.store.clickhouse import written


def text(question: str, **values: object) -> str:
    return " ".join(written(question, {}, values)[0].split())  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("select wholes(a, 5) from t", "select (intDiv(a, 5)) from t"),
        ("select wholes(a - b, f(c, 2))", "select (intDiv((a - b), (f(c, 2))))"),
        ("select whole(sum(wholes(a, 5)))", "select (toInt64(round((sum((intDiv(a, 5)))))))"),
        ("select 'whole(a)', whole", "select 'whole(a)', whole"),
        ("select 'it''s (', len(a)", "select 'it''s (', (toInt64(length(a)))"),
        ("select round(a), round(a, 9)", "select (sign(a) * floor(abs(a) + 0.5)), round(a, 9)"),
        ("select a -- of b (\nfrom t /* whole(a) */", "select a from t"),
        ("select a.* exclude (b) from t", "select a.* except (b) from t"),
    ],
)
def test_functions_are_replaced_by_what_they_stand_for(question: str, expected: str) -> None:
    assert text(question) == expected


def test_values_say_their_type() -> None:
    question = "select :whole, :part, :name, :ids, :yes"
    values = {"whole": 1, "part": 0.5, "name": "a'b", "ids": [1, 2], "yes": True}
    assert written(question, {}, values) == (  # type: ignore[arg-type]
        "select {whole:Int64}, {part:Float64}, {name:String}, {ids:Array(Int64)}, {yes:Bool}",
        values,
    )


def test_nothing_is_written_out() -> None:
    question = "select a where :ids is null or a in (select unnest(:ids)) or a in (select unnest(:names))"
    found, bound = written(question, {}, {"ids": None, "names": []})
    none = "cast([], 'Array(Nullable(Nothing))')"
    nobody = f"arrayJoin({none})"
    assert found == f"select a where null is null or a in (select {nobody}) or a in (select (arrayJoin(({none}))))"
    assert bound == {}


def test_a_value_that_no_column_can_hold_is_refused() -> None:
    with pytest.raises(TypeError):
        written("select :a", {}, {"a": {}})  # type: ignore[dict-item]


def test_lists_beside_each_other_are_unnested_in_step() -> None:
    pairs = "arrayJoin(arrayZip({a:Array(Int64)}, {b:Array(Float64)}))"
    assert text("select unnest(:a) as a, f(unnest(:b)) as b from t", a=[1], b=[1, 0.5]) == (
        f"select tupleElement({pairs}, 1) as a, f(tupleElement({pairs}, 2)) as b from t"
    )


def test_lists_of_different_selects_have_nothing_to_do_with_each_other() -> None:
    assert "arrayZip" not in text("select unnest(:a) as a where a in (select unnest(:b)) and (select unnest(:b)) > 1",
                                  a=[1], b=[2])  # fmt: skip


def test_a_column_is_called_as_in_its_table() -> None:
    assert text("select distinct a.id, b.id as other, min(a.n), c from a join b on a.id = b.id") == (
        "select distinct a.id as id, b.id as other, min(a.n), c from a join b on a.id = b.id"
    )


def test_a_place_holds_only_names() -> None:
    assert written("select {order} from {who}", {"order": "score", "who": "kept.users"}, {})[0] == (
        "select score from kept.users"
    )
    with pytest.raises(ValueError, match="no name of a table"):
        written("select {order}", {"order": "score; drop"}, {})

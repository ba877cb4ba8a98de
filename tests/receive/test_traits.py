"""How much a call may tell of somebody."""

import json
from typing import Any

import pyarrow as pa
import pytest

from accoil.count.pairs import within_bounds
from accoil.receive.encoding import SCHEMA
from accoil.receive.importing import rows
from accoil.receive.traits import bounded
from tests.receive.reading import read

LONG = {
    "a long text": {"name": "é" * 10_001, "plan": "pro"},
    "a text of odd characters": {"name": "\x01\\" * 9_000},
    "a large list": {"list": ["x"] * 5_000, "plan": "pro"},
    "a long key": {"k" * 256: 1, "k" * 257: 2},
    "many": {f"t{number}": number for number in range(1_001)},
    "much": {f"t{number}": "x" * 9_000 for number in range(20)},
}


def told(traits: dict[str, Any]) -> dict[str, Any]:
    body = {"type": "identify", "userId": "u", "messageId": "m", "traits": traits}
    found: dict[str, Any] = read({"batch": [body]}).fact()["traits"]
    return found


def written(traits: dict[str, Any]) -> list[tuple[str, str]]:
    """As blocks hold it."""
    return [(key, json.dumps(value, ensure_ascii=False, separators=(",", ":"))) for key, value in traits.items()]


def table(*several: dict[str, Any] | None) -> pa.Table:
    """As blocks held them before there were bounds."""
    held = [None if traits is None else written(traits) for traits in several]
    return pa.table({"traits": pa.chunked_array([pa.array(held, SCHEMA.field("traits").type)])})


def test_long_values_are_cut_and_what_is_too_much_is_left_out() -> None:
    name = told(LONG["a long text"])["name"]
    assert len(name) == 10_000
    assert name.startswith("é" * 9_983 + "#")
    assert told({"name": "é" * 10_001 + "x"})["name"] != name
    assert told(LONG["a large list"])["list"].startswith('["x","x",')
    assert len(told(LONG["a large list"])["list"]) == 10_000
    assert [len(key) for key in told(LONG["a long key"])] == [255, 255]
    assert list(told(LONG["many"])) == list(LONG["many"])[:1_000]
    assert list(told(LONG["much"])) == list(LONG["much"])[:11]


def test_what_is_not_too_much_stays_as_it_is() -> None:
    for traits in ({"name": "é" * 9_998}, {"k" * 255: [1] * 2_000}, {f"t{number}": number for number in range(1_000)}):
        assert told(traits) == traits
        old = table(None, traits, {})
        assert within_bounds(old).equals(old)


@pytest.mark.parametrize("traits", LONG.values(), ids=LONG)
def test_what_older_blocks_hold_is_counted_as_if_it_came_today(traits: dict[str, Any]) -> None:
    assert told(traits) != traits
    several = table(None, {"plan": "pro"}, traits, {}, traits)
    for old in (several, pa.concat_tables([table({}), several]).slice(1), table({"x": 1}, *[traits] * 2).slice(1)):
        expected = [dict(each or ()) for each in old["traits"].to_pylist()]
        expected = [dict(written(told(traits))) if each == dict(written(traits)) else each for each in expected]
        assert [dict(each or ()) for each in within_bounds(old)["traits"].to_pylist()] == expected
    assert bounded(bounded(written(traits))) == bounded(written(traits))


@pytest.mark.parametrize("traits", LONG.values(), ids=LONG)
def test_so_it_is_in_files(traits: dict[str, Any]) -> None:
    body = rows.calls_of("users", [("", "", "2026-11-10", "u", "", "m", json.dumps(traits))])
    [call] = rows.count(body, 1_795_000_000_000)
    assert dict(call.pairs or ()) == dict(written(told(traits)))

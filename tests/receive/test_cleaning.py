"""Values as stores take them: the quick way through `clean` says what a plain one says."""

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accoil.receive.cleaning import DEEPEST, TooDeep, clean

texts = st.text(st.characters(codec=None)) | st.sampled_from(
    ["\x00", "a\x00b", "\ud800", "x\udfff", "\ud83d\ude00", "é"]
)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=20,
)


def plainly(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace("\x00", "").encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, dict):
        return {plainly(key): plainly(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [plainly(inner) for inner in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


@given(values)
def test_nothing_is_left_that_a_store_refuses_and_all_else_stays(value: Any) -> None:
    assert clean(value) == plainly(value)


@pytest.mark.parametrize("leaf", ["x", 1, None, "\x00"])
@pytest.mark.parametrize("level", [list, dict])
def test_a_hundred_levels_are_the_most(level: type, leaf: Any) -> None:
    def nested(levels: int) -> Any:
        value = leaf
        for _ in range(levels):
            value = [value] if level is list else {"a": value}
        return value

    assert clean(nested(DEEPEST)) == plainly(nested(DEEPEST))
    with pytest.raises(TooDeep):
        clean(nested(DEEPEST + 1))

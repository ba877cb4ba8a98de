from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from accoil.receive.mapping.filter import Filter, FilterError
from tests.receive.mapping import slow_filter

WORDS = (
    "type", "event", "properties.x", "properties.a\\ b", "$", "$.a", "and", "or", "not", "in", "is", "set", "exists",
    "null", "true", "contains", "contains(", "match(", "length(", "lowercase", "starts_with", "ア", "²", "٣",
)  # fmt: skip
SIGNS = (
    "\\", "[0]", ".", "!", "(", ")", "[", "]", ",", "=", "!=", "<", ">=", "==", "'", '"', "'a'", '"a*"', '"[a"', "'\\'",
    "-", "1", "1e5", "-2.5", "1e999", "\n", "\x00", "\ud800", "“",
)  # fmt: skip
snippets = st.lists(st.sampled_from((*WORDS, *SIGNS)))

json = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.text()),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(), inner, max_size=3)),
    max_leaves=8,
)
any_event = st.dictionaries(st.sampled_from(("type", "event", "properties", "a")), json, max_size=4)


@settings(max_examples=500, deadline=None)
@given(st.data(), slow_filter.trees, st.lists(slow_filter.events, min_size=1, max_size=5))
def test_a_filter_means_what_a_slow_reading_says(data: Any, tree: Any, events: list[dict[str, Any]]):
    read = Filter(slow_filter.write(data.draw, tree))
    canonical = Filter(read.canonical)
    assert canonical.tree == read.tree
    for event in events:
        expected = slow_filter.holds(tree, event)
        assert read.matches(event) is expected
        assert canonical.matches(event) is expected
        possible = read.possible_types(set(slow_filter.TYPES))
        assert not expected or event["type"] in possible
        names = read.possible_names()
        assert not expected or names is None or not isinstance(event.get("event"), str) or event["event"] in names


@settings(max_examples=1_000, deadline=None)
@given(st.one_of(st.text(), snippets.map(" ".join), snippets.map("".join)), any_event)
@example("not " * 3_000 + "true", {})
@example("[" * 5_000, {})
@example("length(" * 1_000, {})
@example("properties" + ".x" * 4_000, {"properties": {}})
def test_any_text_is_read_or_refused_with_a_place(text: str, event: dict[str, Any]):
    try:
        read = Filter(text)
    except FilterError as wrong:
        assert 0 <= wrong.position <= max(len(text), 10_000)
        assert str(wrong).endswith(").")
    else:
        assert read.matches(event) in (True, False)
        assert Filter(read.canonical).tree == read.tree
        assert read.to_words()

"""Rules of every kind, with every operator, nested, about the names and values of the small, nasty worlds."""

from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

from tests.reference_rules import Raw
from tests.strategies import (
    ACCOUNT_KEYS,
    CREATED_KEYS,
    CREATED_VALUES,
    EVENTS,
    PLAIN_VALUES,
    USER_KEYS,
    WINDOWS,
)  # fmt: skip

STATUS_KEYS = ("accountStatus", "account_status", "status")
TEXTS = [value for value in (*PLAIN_VALUES, *CREATED_VALUES) if isinstance(value, str) and value.strip()]
NUMBERS = [value for value in PLAIN_VALUES if isinstance(value, int | float) and not isinstance(value, bool)]
ONES = [*TEXTS, *NUMBERS, True, False, "10.0", "009", "a'b\"c;--", "{people}", ":r1", "$r1", "9e999", "PAID"]
PARTS = ["a", "n", "9", "1", "{", "}", ":", "$", "'", '"', "\\", "%", "_", "Ä", "ä", "\n", "true", "2026", "PA"]
FIGURES = (0, 1, 2, 3, 5, 7, 9, 10, 10.5, 25, 33, 50, 63, 75, 90, 99, 100)
DAYS_BACK = (-1, 0, 1, 2, 6, 7, 29, 30, 89, 90, 365)
PERCENT = ("activation", "adoption", "lifetime_adoption")
NUMBER_OPS = ("is", "is_not", "above", "below", "at_least", "at_most")
FEATURES = {
    "Reports": ["Report", "report", "Report Shared"],
    "Odd": ["📈", "a'b\"c;--"],
    "Empty": [],
    "None": ["Never"],
}
SEGMENT_NAMES = ("One", "Two", "Три")
STAGE_NAMES = ("New", "Engaged", "Gone")


def rules(scope: str, as_of: date, named: bool = True, leaves: int = 8) -> st.SearchStrategy[Raw]:
    """`named`: also segments and stages."""
    conditions = st.one_of(traits(as_of), traits(as_of), events(), events(), metrics(scope, as_of))
    if named:
        inside = st.booleans()
        segment = st.builds(
            lambda name, inside: {"segment": name, "in": inside}, st.sampled_from(SEGMENT_NAMES), inside
        )
        stage = st.builds(lambda name, inside: {"stage": name, "in": inside}, st.sampled_from(STAGE_NAMES), inside)
        conditions = st.one_of(conditions, conditions, conditions, segment, stage)
    how = st.sampled_from(("all", "any", "none"))
    return st.recursive(
        conditions,
        lambda inner: st.builds(lambda how, parts: {how: parts}, how, st.lists(inner, min_size=1, max_size=4)),
        max_leaves=leaves,
    )


def traits(as_of: date) -> st.SearchStrategy[Raw]:
    keys = st.sampled_from((*USER_KEYS, *ACCOUNT_KEYS, *CREATED_KEYS, *STATUS_KEYS, "never told"))
    one = st.sampled_from(ONES)
    day = st.sampled_from(DAYS_BACK).map(lambda back: (as_of - timedelta(days=back)).isoformat())
    day = st.one_of(day, st.sampled_from(("2026-03-01", "2026-03-08", "2026-04-04", "2015-02-02")))
    number = st.sampled_from([*NUMBERS, 9900, 1000, -4.5])
    operators = st.one_of(
        _with(("is", "is_not"), one),
        _with(("one_of", "none_of"), st.lists(one, min_size=1, max_size=4)),
        _with(("contains", "does_not_contain", "starts_with", "ends_with"), st.sampled_from([*PARTS, *TEXTS])),
        _with(("above", "below", "at_least", "at_most"), number),
        _with(("between",), st.one_of(_pair(number), _pair(day))),
        _with(("before", "after"), day),
        _with(("in_last_days", "more_than_days_ago"), st.sampled_from((0, 1, 7, 30, 365, 4000))),
        _with(("is_set", "is_not_set"), st.booleans()),
    )
    kinds = st.sampled_from(("user_trait", "account_trait"))
    return st.builds(lambda kind, key, operator: {kind: key, **operator}, kinds, keys, operators)


def events() -> st.SearchStrategy[Raw]:
    name = st.sampled_from((*EVENTS, "Never_Seen"))
    subject = st.one_of(_with(("event", "account_event"), name), _with(("feature",), st.sampled_from(sorted(FEATURES))))
    number = st.fixed_dictionaries({}, optional={"did": st.booleans(), "at_least": st.sampled_from((1, 2, 3, 9, 30))})
    days = st.sampled_from((1, 2, 7, 30, 90, 91, 365))
    span = st.one_of(st.just({}), _with(("within_days", "within_days_of_created"), days))
    return st.builds(
        lambda *parts: {key: value for part in parts for key, value in part.items()}, subject, number, span
    )


def metrics(scope: str, as_of: date) -> st.SearchStrategy[Raw]:
    percent, others = [*PERCENT], ["score", "raw", "frequency", "tenure", "mrr"]
    if scope == "account":
        percent, others = [*percent, "active_percent"], [*others, "active_users", "total_users"]
    figure = st.sampled_from((*FIGURES, 33.333333333, 66.666666667))
    change = st.sampled_from((-90, -10, -1, 0, 1, 10, 63, 90))
    over = st.fixed_dictionaries({}, optional={"days": st.sampled_from((*WINDOWS, 2, 180))})
    day = st.sampled_from(DAYS_BACK).map(lambda back: (as_of - timedelta(days=back)).isoformat())
    of_days = st.one_of(
        _with(("is", "is_not", "before", "after"), day),
        _with(("one_of", "none_of"), st.lists(day, min_size=1, max_size=3)),
        _with(("between",), _pair(day)),
        _with(("in_last_days", "more_than_days_ago"), st.sampled_from((0, 1, 7, 30, 365))),
        _set(),
    )
    return st.one_of(
        _joined({"metric": st.sampled_from([*percent, *others])}, _numbers(figure)),
        _joined({"metric": st.sampled_from([*percent, *others])}, _numbers(figure)),
        st.builds(lambda one, over: {**one, **over}, _joined({"metric": st.just("change")}, _numbers(change)), over),
        _joined({"metric": st.sampled_from(("last_active", "created_at"))}, of_days),
    )


def _numbers(number: st.SearchStrategy[Any]) -> st.SearchStrategy[Raw]:
    several = _with(("one_of", "none_of"), st.lists(number, min_size=1, max_size=4))
    return st.one_of(
        _with(NUMBER_OPS, number), _with(NUMBER_OPS, number), several, _with(("between",), _pair(number)), _set()
    )


def _set() -> st.SearchStrategy[Raw]:
    return _with(("is_set", "is_not_set"), st.booleans())


def _with(keys: tuple[str, ...], value: st.SearchStrategy[Any]) -> st.SearchStrategy[Raw]:
    return st.builds(lambda key, value: {key: value}, st.sampled_from(keys), value)


def _pair(one: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Any]]:
    return st.tuples(one, one).map(sorted)


def _joined(subject: dict[str, st.SearchStrategy[Any]], operator: st.SearchStrategy[Raw]) -> st.SearchStrategy[Raw]:
    return st.builds(lambda subject, operator: {**subject, **operator}, st.fixed_dictionaries(subject), operator)

"""Rules of every kind, with every operator, nested, about the names and values of the small, nasty worlds.

Made once for all worlds, since strategies are slow to make: days are told as days back, some events as how frequent
they are, and many figures as one that somebody has, give or take one, until `settled` in a world."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any

from hypothesis import strategies as st

from accoil.rule.checking import MOST_DAYS
from tests.reference_rules import Raw, View, figure
from tests.strategies import (
    ACCOUNT_KEYS,
    CREATED_KEYS,
    CREATED_VALUES,
    EVENTS,
    PLAIN_VALUES,
    USER_KEYS,
    WINDOWS,
)

STATUS_KEYS = ("accountStatus", "account_status", "status")
TEXTS = [value for value in (*PLAIN_VALUES, *CREATED_VALUES) if isinstance(value, str) and value.strip()]
NUMBERS = [value for value in PLAIN_VALUES if isinstance(value, int | float) and not isinstance(value, bool)]
ONES = [*TEXTS, *NUMBERS, True, False, "10.0", "009", "a'b\"c;--", "{people}", ":r1", "$r1", "9e999", "PAID"]
PARTS = ["a", "n", "9", "1", "{", "}", ":", "$", "'", '"', "\\", "%", "_", "Ä", "ä", "\n", " ", "true", "2026", "PA"]
FIGURES = (0, 1, 2, 3, 5, 7, 9, 10, 10.5, 25, 33, 33.333333333, 50, 63, 66.666666667, 75, 90, 99, 100)
DAYS_BACK = (-1, 0, 1, 2, 6, 7, 29, 30, 89, 90, 365)
NUMBER_OPS = ("is", "is_not", "above", "below", "at_least", "at_most")
OF_USERS = ("score", "raw", "frequency", "tenure", "mrr", "activation", "adoption", "lifetime_adoption")
OF_ACCOUNTS = (*OF_USERS, "active_users", "total_users", "active_percent")
FEATURES = {"Reports": ["Report", "report", "Report Shared"], "Odd": ["📈", "a'b\"c;--"], "Empty": [], "No": ["Never"]}
SEGMENT_NAMES = ("One", "Two", "Три")
STAGE_NAMES = ("New", "Engaged", "Gone")


@dataclass(frozen=True)
class Back:
    """A day, so many days before the one asked for."""

    days: int


@dataclass(frozen=True)
class Ranked:
    """The name of an event: 0 is what happened most often."""

    rank: int


@dataclass(frozen=True)
class Near:
    """A number (or a day) that somebody in the world has, and so much more."""

    what: str  # "gap" of an event to the day asked for, "age" of its user then, "count", "figure"
    pick: int
    more: int


class Settling:
    """Makes rules of what was drawn, in one world."""

    def __init__(self, view: View, scope: str, ids: Iterable[str]) -> None:
        self.view, self.scope, self.ids = view, scope, sorted(ids)
        often: Counter[str] = Counter()
        for _, _, event, _, n in view.facts:
            often[event] += n
        self.events = [name for name, _ in often.most_common()] or ["Report"]
        done = [fact for fact in view.facts if fact[3] <= view.as_of]
        created = {user: view.created_on("user", user) for user in view.users}
        self.near: dict[str, list[Any]] = {
            "gap": sorted({(view.as_of - day).days for _, _, _, day, _ in done}),
            "age": sorted({(day - created[user]).days for user, _, _, day, _ in done if user in created}),
            "count": sorted({n for *_, n in done}),
        }

    def settled(self, raw: Any, metric: str = "") -> Any:
        match raw:
            case dict():
                metric = raw.get("metric", "")
                found = {key: self.settled(value, metric) for key, value in raw.items()}
                return found | {"between": sorted(found["between"])} if "between" in found else found
            case list():
                return [self.settled(value, metric) for value in raw]
            case Back(days):
                return (self.view.as_of - timedelta(days=days)).isoformat()
            case Ranked(rank):
                return self.events[rank % len(self.events)]
            case Near("figure", pick, more):
                return self._figure(metric, pick, more)
            case Near(what, pick, more):
                known = self.near[what] or [1]
                return max(1, min(MOST_DAYS, known[pick % len(known)] + more))
            case _:
                return raw

    def _figure(self, metric: str, pick: int, more: int) -> Any:
        found = [figure(metric, None, self.scope, id, self.view) for id in self.ids]
        nobody = self.view.as_of if metric in ("last_active", "created_at") else 1
        known = sorted({value for value in found if value is not None}) or [nobody]
        value = known[pick % len(known)]
        if isinstance(value, date):
            return (value + timedelta(days=more)).isoformat()
        low, high = {"raw": (0, 10**9), "mrr": (-(10**9), 10**9), "tenure": (0, 10**9)}.get(metric, (0, 100))
        return max(low if metric != "change" else -100, min(high, value + more))


def settled(raw: Any, as_of: date, events: Sequence[str], metric: str = "") -> Any:
    """The same without a look at the world: of a rule that makes the world's own numbers."""
    match raw:
        case dict():
            metric = raw.get("metric", "")
            found = {key: settled(value, as_of, events, metric) for key, value in raw.items()}
            return found | {"between": sorted(found["between"])} if "between" in found else found
        case list():
            return [settled(value, as_of, events, metric) for value in raw]
        case Back(days):
            return (as_of - timedelta(days=days)).isoformat()
        case Ranked(rank):
            return (events or ["Report"])[rank % len(events or ["Report"])]
        case Near("figure", pick, more) if metric in ("last_active", "created_at"):
            return (as_of - timedelta(days=pick - more)).isoformat()
        case Near("figure", pick, _):
            return FIGURES[pick % len(FIGURES)]
        case Near(_, pick, more):
            return max(1, 1 + pick + more)
        case _:
            return raw


def _near(what: str, *more: int) -> st.SearchStrategy[Near]:
    return st.builds(Near, st.just(what), st.integers(0, 20), st.sampled_from(more))


_NEAR = _near("figure", -1, 0, 0, 0, 1)


@cache
def rules(scope: str, named: bool = True, leaves: int = 8) -> st.SearchStrategy[Raw]:
    """`named`: also segments and stages."""
    conditions = st.one_of(traits(), traits(), events(), events(), metrics(scope))
    if named:
        inside = st.fixed_dictionaries({}, optional={"in": st.booleans()})
        segment = st.builds(lambda name, inside: {"segment": name, **inside}, st.sampled_from(SEGMENT_NAMES), inside)
        stage = st.builds(lambda name, inside: {"stage": name, **inside}, st.sampled_from(STAGE_NAMES), inside)
        conditions = st.one_of(conditions, conditions, conditions, segment, stage)
    how = st.sampled_from(("all", "any", "none"))
    nested = st.recursive(
        conditions,
        lambda inner: st.builds(lambda how, parts: {how: parts}, how, st.lists(inner, min_size=1, max_size=4)),
        max_leaves=leaves,
    )
    return st.one_of(conditions, nested)


def traits() -> st.SearchStrategy[Raw]:
    keys = st.sampled_from((*USER_KEYS, *ACCOUNT_KEYS, *CREATED_KEYS, *STATUS_KEYS, "never told"))
    one = st.sampled_from(ONES)
    day = st.sampled_from([Back(back) for back in DAYS_BACK])
    date = st.one_of(day, st.sampled_from(("2026-03-01", "2026-03-08", "2026-04-04", "2015-02-02")))
    number = st.sampled_from([*NUMBERS, 9900, 1000, -4.5])
    operators = st.one_of(
        _with(("is", "is_not"), one),
        _with(("one_of", "none_of"), st.lists(one, min_size=1, max_size=4)),
        _with(("contains", "does_not_contain", "starts_with", "ends_with"), st.sampled_from([*PARTS, *TEXTS])),
        _with(("above", "below", "at_least", "at_most"), number),
        _with(("between",), st.one_of(_pair(number), _pair(day))),
        _with(("before", "after"), date),
        _with(("in_last_days", "more_than_days_ago"), st.sampled_from((0, 1, 7, 30, 365, 4000))),
        _set(),
    )
    kinds = st.sampled_from(("user_trait", "account_trait"))
    return st.builds(lambda kind, key, operator: {kind: key, **operator}, kinds, keys, operators)


def events() -> st.SearchStrategy[Raw]:
    often = st.sampled_from([Ranked(rank) for rank in range(3)])
    name = st.one_of(often, often, st.sampled_from((*EVENTS, "Never_Seen")))
    single = _with(("event", "event", "account_event"), name)
    subject = st.one_of(single, single, single, _with(("feature",), st.sampled_from(sorted(FEATURES))))
    number = st.fixed_dictionaries(
        {}, optional={"did": st.booleans(), "at_least": st.sampled_from((1, 2, 2, 3, 9, 30))}
    )
    days = st.sampled_from((1, 2, 7, 30, 90, 91, 365))
    lately = _with(("within_days",), st.one_of(days, _near("gap", 0, 1)))
    soon = _with(("within_days_of_created",), st.one_of(days, _near("age", 0, 1)))
    span = st.one_of(st.just({}), st.just({}), lately, soon)
    return st.builds(lambda subject, number, span: {**subject, **number, **span}, subject, number, span)


@cache
def metrics(scope: str) -> st.SearchStrategy[Raw]:
    figures = _figures(OF_USERS if scope == "user" else OF_ACCOUNTS)
    change = st.one_of(st.sampled_from((-90, -10, -1, 0, 1, 10, 63, 90)), _NEAR)
    over = st.fixed_dictionaries({}, optional={"days": st.sampled_from((*WINDOWS, 2, 180))})
    changes = st.builds(lambda one, over: {**one, **over}, _metric(st.just("change"), _numbers(change)), over)
    return st.one_of(figures, figures, changes, _days(("last_active", "created_at")))


@cache
def early_metrics() -> st.SearchStrategy[Raw]:
    """Those of users that are known before anybody is scored. (Of all metrics most would be thrown away, and with them
    whole worlds.)"""
    figures = _figures(("frequency", "tenure", "mrr"))
    return st.one_of(figures, figures, _days(("created_at",)))


def _figures(names: tuple[str, ...]) -> st.SearchStrategy[Raw]:
    return _metric(st.sampled_from(names), _numbers(st.one_of(st.sampled_from(FIGURES), _NEAR, _NEAR)))


def _days(names: tuple[str, ...]) -> st.SearchStrategy[Raw]:
    day = st.one_of(st.sampled_from([Back(back) for back in DAYS_BACK]), _near("figure", -1, 0, 0, 1))
    operators = st.one_of(
        _with(("is", "is_not", "before", "after"), day),
        _with(("one_of", "none_of"), st.lists(day, min_size=1, max_size=3)),
        _with(("between",), _pair(day)),
        _with(
            ("in_last_days", "more_than_days_ago"), st.one_of(st.sampled_from((0, 1, 7, 30, 365)), _near("gap", 0, 1))
        ),
        _set(),
    )
    return _metric(st.sampled_from(names), operators)


def _metric(name: st.SearchStrategy[str], operator: st.SearchStrategy[Raw]) -> st.SearchStrategy[Raw]:
    return st.builds(lambda name, operator: {"metric": name, **operator}, name, operator)


def _numbers(number: st.SearchStrategy[Any]) -> st.SearchStrategy[Raw]:
    one, several = _with(NUMBER_OPS, number), _with(("one_of", "none_of"), st.lists(number, min_size=1, max_size=4))
    return st.one_of(one, one, several, _with(("between",), _pair(number)), _set())


def _set() -> st.SearchStrategy[Raw]:
    return _with(("is_set", "is_not_set"), st.booleans())


def _with(keys: tuple[str, ...], value: st.SearchStrategy[Any]) -> st.SearchStrategy[Raw]:
    return st.builds(lambda key, value: {key: value}, st.sampled_from(keys), value)


def _pair(one: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Any]]:
    return st.tuples(one, one).map(list)

"""Statistics of a backtest against the same things counted pair by pair."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accoil.score import statistics
from accoil.store.duckdb import DuckDB

SEGMENTS = 3


@dataclass(frozen=True)
class Seen:
    """One observation."""

    id: int
    day: int
    score: int
    activation: float | None
    inside: int
    came: int


@pytest.fixture(scope="module")
def store(tmp_path_factory) -> Iterator[DuckDB]:
    store = DuckDB(tmp_path_factory.mktemp("statistics") / "facts.duckdb", threads=1)
    yield store
    store.close()


seen = st.builds(
    Seen,
    id=st.integers(1, 9),
    day=st.integers(1, 3),
    score=st.one_of(st.sampled_from((0, 0, 1, 24, 25, 49, 50, 74, 75, 100)), st.integers(0, 100)),
    activation=st.sampled_from((None, 0.0, 0.5, 1.0)),
    inside=st.integers(0, 2**SEGMENTS - 1),
    came=st.integers(0, 1),
)
observations = st.lists(seen, max_size=40, unique_by=lambda each: (each.id, each.day))


def keep(store: DuckDB, rows: list[Seen]) -> str:
    """A table as a backtest makes it."""
    question = """
        select unnest(:ids) as id, unnest(:days) as day, unnest(:scores) as score,
               nullif(unnest(:activations), -1) as activation, unnest(:insides) as inside, unnest(:came) as came"""
    store.keep(
        "observed",
        question,
        ids=[row.id for row in rows],
        days=[row.day for row in rows],
        scores=[row.score for row in rows],
        activations=[-1.0 if row.activation is None else row.activation for row in rows],
        insides=[row.inside for row in rows],
        came=[row.came for row in rows],
    )
    return "kept.observed"


def area(cases: list[float], others: list[float]) -> Fraction:
    """Every pair, one by one."""
    won = sum(Fraction(2 if case > other else case == other, 2) for case in cases for other in others)
    return won / (len(cases) * len(others))


def error(cases: list[float], others: list[float]) -> float | None:
    """DeLong: how the pairs of each case, and of each other, vary."""
    if len(cases) < 2 or len(others) < 2:
        return None
    of_cases = [area([case], others) for case in cases]
    of_others = [area(cases, [other]) for other in others]
    return math.sqrt(variance(of_cases) / len(cases) + variance(of_others) / len(others))


def variance(values: list[Fraction]) -> Fraction:
    mean = sum(values, Fraction()) / len(values)
    return sum(((value - mean) ** 2 for value in values), Fraction()) / (len(values) - 1)


def wilson(cases: int, observed: int) -> tuple[float, float]:
    """The shares p for which the cases seen are not further than 1.96 deviations off: by solving for its ends."""
    z, share = 1.96, cases / observed
    middle, half = (
        share + z * z / (2 * observed),
        z * math.sqrt(share * (1 - share) / observed + (z / observed / 2) ** 2),
    )
    return (middle - half) / (1 + z * z / observed), (middle + half) / (1 + z * z / observed)


@settings(max_examples=150, deadline=None)
@given(observations)
def test_the_area_is_the_share_of_pairs_in_which_the_case_stood_higher(store, rows):
    table = keep(store, rows)
    for figure in ("score", "activation"):
        known = [(getattr(row, figure), row.came) for row in rows if getattr(row, figure) is not None]
        cases, others = ([value for value, came in known if came == wanted] for wanted in (1, 0))
        told = statistics.telling(store, table, table, figure)
        if not cases or not others:
            assert told.auc is None
            continue
        assert (told.cases, told.others) == (len(cases), len(others))
        assert told.auc == pytest.approx(float(area(cases, others)))
        if (expected := error(cases, others)) is None:
            assert told.low is told.high is None
        else:
            assert told.low == pytest.approx(max(0, told.auc - 1.96 * expected), abs=1e-9)
            assert told.high == pytest.approx(min(1, told.auc + 1.96 * expected), abs=1e-9)


@settings(max_examples=100, deadline=None)
@given(observations, st.integers(1, 2))
def test_a_figure_can_be_read_some_days_before_the_observation(store, rows, earlier):
    table = keep(store, rows)
    then = {(row.id, row.day): row.score for row in rows}
    known = [(then[row.id, row.day - earlier], row.came) for row in rows if (row.id, row.day - earlier) in then]
    cases, others = ([value for value, came in known if came == wanted] for wanted in (1, 0))
    told = statistics.telling(store, table, table, earlier=earlier)
    assert told.auc == (pytest.approx(float(area(cases, others))) if cases and others else None)


@settings(max_examples=150, deadline=None)
@given(observations)
def test_each_group_tells_its_cases_and_the_lift_over_everyone(store, rows):
    table = keep(store, rows)
    found = statistics.groups(store, table, SEGMENTS)
    everyone = sum(row.came for row in rows) / len(rows) if rows else 0
    ranked = sorted(row.score for row in rows)
    members = {
        "band": lambda row: [3 if row.score >= 75 else 2 if row.score >= 50 else 1 if row.score >= 25 else 0],
        "tenth": lambda row: [10 * ranked.index(row.score) // len(ranked)],
        "activation": lambda row: [] if row.activation is None else [{0: 0, 0.5: 1, 1: 2}[row.activation]],
        "segment": lambda row: [place for place in range(SEGMENTS) if row.inside >> place & 1],
    }
    for what, places_of in members.items():
        groups: dict[int, list[Seen]] = {}
        for row in rows:
            for place in places_of(row):
                groups.setdefault(place, []).append(row)
        assert [group.place for group in found[what]] == sorted(groups)
        for group in found[what]:
            here = groups[group.place]
            cases = sum(row.came for row in here)
            assert (group.observed, group.cases) == (len(here), cases)
            assert (group.lowest, group.highest) == (min(row.score for row in here), max(row.score for row in here))
            assert group.share == pytest.approx(cases / len(here))
            assert group.lift == (pytest.approx(cases / len(here) / everyone) if everyone else None)
            assert (group.low, group.high) == pytest.approx(wilson(cases, len(here)), abs=1e-3)
            assert group.low - 1e-9 <= group.share <= group.high + 1e-9


def test_a_coin_tells_nothing_and_an_oracle_everything(store):
    coin = [Seen(id, 1, 50, None, 0, id % 2) for id in range(100)]
    told = statistics.telling(store, keep(store, coin), keep(store, coin))
    assert (told.auc, told.is_sure) == (0.5, False)
    oracle = [Seen(id, 1, id, None, 0, int(id < 20)) for id in range(100)]
    told = statistics.telling(store, keep(store, oracle), keep(store, oracle))
    assert (told.auc, told.is_sure) == (0.0, True)

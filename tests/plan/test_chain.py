"""The simulation: stages that take together what waits."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accoil.plan.chain import Stage, simulate
from accoil.plan.measured import MEASURED

STAGES = st.builds(
    Stage, fixed=st.floats(0, 1), each=st.floats(0, 0.01), rest=st.floats(0, 1), rests=st.floats(0, 3),
    most=st.integers(1, 100), away=st.tuples(st.floats(0, 5), st.floats(5, 20)),
)  # fmt: skip


@settings(deadline=None)
@given(STAGES, st.lists(st.tuples(st.floats(0, 10), st.integers(1, 50))))
def test_whatever_comes_goes_on_later_and_in_order(stage: Stage, coming: list[tuple[float, int]]) -> None:
    lots = [(at, at, n) for at, n in sorted(coming)]
    done = stage.work(lots)
    assert [(began, n) for began, _, n in done] == [(began, n) for began, _, n in lots]
    assert all(left >= came for (_, came, _), (_, left, _) in zip(lots, done, strict=True))
    assert [left for _, left, _ in done] == sorted(left for _, left, _ in done)
    begun = {round(left - stage.fixed, 9) for _, left, _ in done}
    assert not any(stage.away[0] < at - 0.5 and at + 0.5 < stage.away[1] for at in begun if stage.each == 0)


def test_what_waits_together_is_worked_on_once() -> None:
    assert Stage(fixed=1, each=0.1).work([(0, 0, 5), (0.5, 0.5, 5), (1, 1, 5)]) == [
        (0, 1.5, 5),
        (0.5, 3.5, 5),
        (1, 3.5, 5),
    ]


@pytest.mark.parametrize("busy", [0.3, 0.6, 0.8])
def test_one_at_a_time_it_waits_as_long_as_the_formula_of_a_queue_says(busy: float) -> None:
    dice, now, lots = random.Random(3), 0.0, []
    for _ in range(20_000):
        now += dice.expovariate(busy)
        lots.append((now, now, 1))
    done = Stage(fixed=0, each=1.0, most=1).work(lots)
    waited = sum(left - began - 1 for began, left, _ in done) / len(done)
    assert waited == pytest.approx(busy / (2 * (1 - busy)), rel=0.15)  # Pollaczek and Khinchine, of equal times


def test_while_nobody_counts_events_wait_and_are_caught_up_with() -> None:
    usual, failed = simulate(500, 2, MEASURED), simulate(500, 2, MEASURED, seconds=150, away=(20, 80))
    assert failed.waiting == pytest.approx(500 * 60, rel=0.05)
    assert usual.waiting < 2_000
    assert failed.caught_up is not None and failed.caught_up < 60
    assert usual.caught_up is None


def test_more_than_can_be_counted_is_never_caught_up_with() -> None:
    most = 1e6 / max(MEASURED.ship_us_event, MEASURED.count_us_event)
    assert simulate(1.5 * most, 4, MEASURED, seconds=40, away=(20, 30)).caught_up is None


def test_answers_come_later_the_busier_a_receiver_is() -> None:
    slow, fast = (simulate(rate, 1, MEASURED, 10).answered for rate in (50_000, 100))
    assert fast[0] < slow[0] and fast[1] < slow[1]

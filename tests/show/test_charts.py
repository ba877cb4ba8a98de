from datetime import date, timedelta

import pytest

from accoil.show import bars, charts

DAYS = [date(2026, 1, 1) + timedelta(days=n) for n in range(90)]


@pytest.mark.parametrize(
    ("score", "band"),
    [
        (100, "most"),
        (75, "most"),
        (74, "slightly"),
        (50, "slightly"),
        (49, "passive"),
        (25, "passive"),
        (24, "least"),
        (0, "least"),
    ],
)
def test_a_score_belongs_to_one_band(score, band):
    assert charts.band_of(score) == band


def test_a_line_goes_from_the_first_day_to_the_last_and_up_is_up():
    assert charts.places([0, 50, 100], 0, 100) == [(0, 100), (500, 50), (1000, 0)]


def test_a_day_without_a_number_breaks_the_line_and_the_ground_under_it():
    points = charts.places([10, None, 30, 40], 0, 100)
    assert charts.path_of(points).count("M") == 2
    assert charts.area_of(points).count("Z") == 2


@pytest.mark.parametrize("values", [[], [None], [None, None], [50], [None, 50]])
def test_less_than_two_days_are_no_sparkline(values):
    assert charts.spark_of_scores(values) is None
    assert charts.spark_of_counts(values) is None


def test_a_restless_but_level_score_stays_nearly_level_in_its_sparkline():
    drawn = charts.spark_of_scores([70, 71, 70, 72])
    assert drawn is not None
    heights = [float(point.split(" ")[1]) for point in drawn.path.replace("M", "").split("L")]
    assert max(heights) - min(heights) <= 5
    assert drawn.band == "slightly"


def test_a_sparkline_ends_at_the_last_day_that_has_a_number():
    drawn = charts.spark_of_scores([70, 80, None])
    assert drawn is not None
    assert drawn.end.startswith("M500.0 ")


@pytest.mark.parametrize(
    ("largest", "top"), [(0, 1), (1, 1), (3, 3), (5, 6), (37, 40), (100, 100), (101, 200), (1135, 2000)]
)
def test_an_axis_ends_at_a_round_number_that_its_steps_divide(largest, top):
    found, ticks = charts.round_top(largest)
    assert found == top
    assert found % ticks == 0


def test_a_chart_of_scores_always_stands_between_0_and_100_on_its_bands():
    chart = charts.score_chart("Score", DAYS, [40.0] * 90, {DAYS[45]: "Version 2"})
    assert chart.y_labels == ["100", "75", "50", "25", "0"]
    assert [name for name, _, _ in chart.grounds] == ["most", "slightly", "passive", "least"]
    assert (chart.x_labels[0], chart.x_labels[-1], len(chart.x_labels)) == ("1 Jan", "31 Mar", 5)
    assert [(marker.words, round(marker.x)) for marker in chart.markers] == [("Version 2", 506)]


def test_every_day_can_be_read_out_also_one_without_a_number():
    chart = charts.count_chart("Active", DAYS[:3], [2000, None, 12.25])
    assert chart.days == ["1 Jan", "2 Jan", "3 Jan"]
    assert chart.values == ["2,000", "", "12.2"]


def test_bars_add_up_each_begins_where_the_one_before_ended():
    parts = bars.adding_up([30, 20, 50])
    assert [(part.x, part.width) for part in parts] == [(0, 300), (300, 200), (500, 500)]


def test_bars_of_nothing_have_no_width():
    assert [part.width for part in bars.adding_up([0, 0])] == [0, 0]


def test_a_crowd_of_silent_accounts_does_not_flatten_the_others():
    now = [500, *[10] * 19]
    drawn = bars.histogram("account", now, now)
    assert drawn.cut == (500, 500)
    assert drawn.columns[1][3] >= 75


def test_a_histogram_that_fits_is_not_cut():
    drawn = bars.histogram("account", [10] * 20, [12] * 20)
    assert drawn.cut is None
    assert drawn.columns[0][3] == 100


def test_an_empty_histogram_draws_nothing_and_does_not_fail():
    assert {column[3] for column in bars.histogram("account", [0] * 20, [0] * 20).columns} == {0}


def test_a_swing_leaves_the_middle_towards_gain_or_loss():
    gain, loss = bars.swing(50, 100), bars.swing(-100, 100)
    assert (gain.x, gain.x + gain.width) == (500, 750)
    assert (loss.x, loss.x + loss.width) == (0, 500)

"""When something is silent: hours and days that are made up, told to the rule itself."""

import random
from collections import Counter

import pytest

from accoil.watch.silence import silence

WEEK = 7 * 24
MONDAY = 1000 * WEEK  # an hour on which a week begins


def office(weeks: int, until: int) -> Counter[int]:
    """Calls in each hour from 9 to 17 on working days, in the weeks before MONDAY and up to `until`."""
    hours: Counter[int] = Counter()
    for hour in range(MONDAY - weeks * WEEK, until):
        if hour % WEEK // 24 < 5 and 9 <= hour % 24 < 17:
            hours[hour] = 1
    return hours


def silent(hours: Counter[int], now: int, **more: int) -> bool:
    return silence(hours, now, WEEK, **more) is not None


def test_a_source_that_stops_in_the_morning_is_missed_after_five_hours():
    hours = office(5, MONDAY + 10)
    assert not silent(hours, MONDAY + 14)
    found = silence(hours, MONDAY + 15, WEEK)
    assert found
    assert (found.last, found.usual) == (MONDAY + 9, 5)


def test_nobody_is_missed_at_night_or_on_a_weekend():
    hours = office(5, MONDAY)
    for now in range(MONDAY - 3 * 24, MONDAY + 12):
        assert not silent(hours, now), now


def test_monday_is_missed_by_noon():
    assert silent(office(5, MONDAY), MONDAY + 13)


def test_a_nightly_job_is_missed_within_five_nights():
    hours = Counter({MONDAY - weeks * WEEK + day * 24 + 3: 1 for weeks in range(1, 6) for day in range(7)})
    days = [day for day in range(1, 14) if silent(hours, MONDAY + day * 24)]
    assert 2 <= days[0] <= 5


def test_what_is_new_is_not_usual_yet():
    assert not silent(office(1, MONDAY), MONDAY + 17)
    assert silent(office(3, MONDAY), MONDAY + 17)


def test_one_silent_week_among_four_does_not_hide_the_next():
    hours = office(5, MONDAY)
    for hour in range(MONDAY - 2 * WEEK, MONDAY - WEEK):
        hours[hour] = 0
    assert silent(hours, MONDAY + 30)
    for hour in range(MONDAY - 3 * WEEK, MONDAY - 2 * WEEK):
        hours[hour] = 0
    assert not silent(hours, MONDAY + 30)


def test_a_silence_longer_than_a_week_is_compared_with_weeks_before_it():
    assert silent(office(8, MONDAY), MONDAY + 10 * 24)


def test_after_four_weeks_silence_is_usual():
    assert silent(office(9, MONDAY), MONDAY + 4 * WEEK - 60)
    assert not silent(office(9, MONDAY), MONDAY + 4 * WEEK + 60)


def test_nobody_is_missed_while_the_server_itself_was_down():
    hours = office(5, MONDAY + 9)
    assert silent(hours, MONDAY + 15)
    assert not silent(hours, MONDAY + 15, awake=MONDAY + 12)
    assert silent(hours, MONDAY + 17, awake=MONDAY + 12)


def test_a_source_that_never_came_is_not_missed():
    assert not silent(Counter(), MONDAY)


def people(n: int) -> Counter[int]:
    """So many people on each working day up to a Tuesday, the 729th day."""
    assert 729 % 7 == 1
    return Counter({day: n for day in range(690, 730) if day % 7 < 5})


def test_what_many_do_every_day_is_missed_after_one():
    found = silence(people(20), 731, 7)
    assert found
    assert (found.last, found.usual) == (729, 20)


def test_what_few_do_is_missed_after_more_days():
    assert not silent_day(people(5), 732)
    assert silent_day(people(5), 733)
    assert not silent_day(people(1), 733)
    assert silent_day(people(1), 738)


def silent_day(days: Counter[int], now: int) -> bool:
    return silence(days, now, 7) is not None


@pytest.mark.parametrize("share", [0.1, 0.3, 0.6, 0.9])
def test_what_comes_by_chance_is_hardly_ever_missed(share):
    """A year of hours, each with a call by chance alone, looked at whenever a silence ends."""
    chance = random.Random(4711)
    hours = [hour for hour in range(52 * WEEK) if chance.random() < share]
    alarms = 0
    for place, now in enumerate(hours):
        if hours[place - 1] < now - 3 and now > 9 * WEEK:
            past = Counter(hour for hour in hours[:place] if hour >= now - 10 * WEEK)
            alarms += silent(past, now)
    assert alarms <= 3

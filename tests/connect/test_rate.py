from email.utils import formatdate

import pytest

from accoil.connect.connection import TryLater
from accoil.connect.now import now, sleep
from accoil.connect.rate import Lane, Pace, lane


def told(limit: int, left: int, reset: float) -> dict[str, str]:
    return {
        "x-ratelimit-limit": str(limit),
        "x-ratelimit-remaining": str(left),
        "x-ratelimit-reset": str(int(reset)),
    }


def spend(of: Lane, **how) -> tuple[int, TryLater]:
    """How many calls there is room for, and what the next one is told."""
    for made in range(1000):
        try:
            of.take(**how)
        except TryLater as later:
            return made, later
    raise AssertionError("there is room without end")


def test_background_work_leaves_half_of_the_window_to_people(clock):
    here = Lane()
    here.heard(200, told(100, 100, now() + 10))
    made, later = spend(here, background=True)
    assert made == 50
    assert later.limited
    assert 10 < later.after < 11
    assert spend(here)[0] == 50


def test_the_next_window_is_a_new_one(clock):
    here = Lane()
    here.heard(200, told(100, 1, now() + 10))
    here.take()
    _, later = spend(here)
    sleep(later.after)
    here.take(background=True)
    here.heard(200, told(100, 99, now() + 10))
    assert spend(here, background=True)[0] == 49


def test_what_others_spend_of_the_window_is_heard(clock):
    here = Lane()
    ends = now() + 10
    here.heard(200, told(100, 80, ends))
    here.heard(200, told(100, 3, ends))
    here.heard(200, told(100, 60, ends))  # an answer that was overtaken
    here.heard(200, told(100, 90, ends - 10))  # and one of the window before
    assert spend(here)[0] == 3


def test_after_too_much_nobody_asks_until_the_window_ends(clock):
    here = Lane()
    here.heard(429, told(100, 0, now() + 7))
    assert 7 < spend(here)[1].after < 8
    sleep(7)
    here.take()


@pytest.mark.parametrize("after", ["30", lambda: formatdate(now() + 30, usegmt=True)])
def test_retry_after_is_kept_whether_it_is_seconds_or_a_date(clock, after):
    here = Lane()
    here.heard(429, {"retry-after": after if isinstance(after, str) else after()})
    made, later = spend(here)
    assert made == 0
    assert 30 <= later.after < 31
    sleep(30)
    here.take()


def test_too_much_without_a_word_on_how_long_waits_ten_seconds(clock):
    here = Lane()
    here.heard(429, {})
    assert here.wait() == pytest.approx(10)


@pytest.mark.parametrize("nonsense", ["soon", "", "-5", "nan", "inf"])
def test_nonsense_in_headers_stops_nothing_for_long(clock, nonsense):
    here = Lane()
    here.heard(429, {"retry-after": nonsense, "x-ratelimit-reset": nonsense})
    assert here.wait() <= 3600


@pytest.mark.parametrize("ends", [1_800_000_000_000, 10**15])
def test_a_window_that_ends_in_thousands_of_years_is_not_waited_for(clock, ends):
    here = Lane()
    here.heard(200, told(100, 0, ends))
    assert spend(here)[1].after <= 3601


def test_a_connection_has_one_lane():
    assert lane(1) is lane(1)
    assert lane(1) is not lane(2)


def test_a_pace_holds_in_any_minute_not_only_in_those_of_the_clock(clock):
    pace = Pace(3, 60)
    for _ in range(3):
        pace.take()
        sleep(10)
    with pytest.raises(TryLater) as caught:
        pace.take()
    assert caught.value.limited
    assert caught.value.after == pytest.approx(30, abs=0.6)
    sleep(30)
    pace.take()
    with pytest.raises(TryLater):
        pace.take()

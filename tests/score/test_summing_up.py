"""Which days are lacking a summary, and what is written of them: once, and never changed."""

from datetime import UTC, date, datetime

import pytest

from accoil.score.day_summary import DaySummary
from accoil.score.definition import Definition
from accoil.score.history import book_history
from accoil.score.models import Profile
from accoil.score.summaries import summaries
from accoil.score.summing_up import freeze, lacking
from tests.score.profiles import OPENS, noon, profile_of
from tests.small_worlds import at, did


def test_the_past_of_a_new_profile_is_filled_in_under_its_first_version(new_product, receive) -> None:
    product = new_product("Australia/Sydney")
    receive(product, did("a", "Open", at(10)))
    today = datetime.now(UTC).astimezone(product.zone).date()
    profile = Profile.create(product, "Everyday", OPENS)
    for stretch in lacking(profile, noon(date(2026, 3, 21))):
        freeze(*stretch)
    kept = profile.current.day_summaries.all()
    assert [row.day.day for row in kept] == list(range(10, 21))
    assert all(row.filled_in and row.time_zone == "Australia/Sydney" for row in kept)
    freeze(profile.current, today, today)
    assert not kept.get(day=today).filled_in


def test_each_day_is_summed_up_under_the_version_in_force(new_product, receive) -> None:
    product = new_product()
    receive(product, did("a", "Open", at(10)))
    profile = profile_of(
        product, (date(2026, 3, 12), OPENS), (date(2026, 3, 14), OPENS), (date(2026, 3, 14), OPENS),
        (date(2026, 3, 16), OPENS),
    )  # fmt: skip
    for stretch in lacking(profile, noon(date(2026, 3, 18))):
        freeze(*stretch)
    told = (
        DaySummary.objects.filter(version__profile=profile).order_by("day").values_list("day__day", "version__number")
    )
    assert list(told) == [(10, 1), (11, 1), (12, 1), (13, 1), (14, 3), (15, 3), (16, 4), (17, 4)]


def test_a_day_is_over_some_minutes_after_local_midnight(new_product, receive) -> None:
    product = new_product("Australia/Sydney")
    receive(product, did("a", "Open", at(10)))
    profile = profile_of(product, (date(2026, 3, 1), OPENS))
    last = [
        max(each[2] for each in lacking(profile, datetime(2026, 3, 14, 13, minute, tzinfo=UTC))) for minute in (4, 5)
    ]
    assert last == [date(2026, 3, 13), date(2026, 3, 14)]


def test_days_on_which_no_server_ran_are_filled_in_and_a_kept_one_is_left_alone(new_product, receive) -> None:
    product = new_product()
    receive(product, did("a", "Open", at(10)))
    profile = profile_of(product, (date(2026, 3, 1), OPENS))
    freeze(profile.current, date(2026, 3, 12), date(2026, 3, 12))
    receive(product, did("b", "Open", at(11)))
    assert [(since.day, until.day) for _, since, until in lacking(profile, noon(date(2026, 3, 15)))] == [
        (13, 14),
        (10, 11),
    ]
    for stretch in lacking(profile, noon(date(2026, 3, 15))):
        freeze(*stretch)
    assert [row.users for row in profile.current.day_summaries.all()] == [1, 2, 1, 2, 2]
    assert lacking(profile, noon(date(2026, 3, 15))) == []


def test_a_summary_never_changes(new_product, receive) -> None:
    product = new_product()
    receive(product, did("a", "Open", at(10)))
    profile = profile_of(product, (date(2026, 3, 1), OPENS))
    freeze(profile.current, date(2026, 3, 10), date(2026, 3, 10))
    row = profile.current.day_summaries.get()
    row.users = 99
    with pytest.raises(TypeError, match="never changes"):
        row.save()
    receive(product, did("b", "Open", at(10)))
    freeze(profile.current, date(2026, 3, 10), date(2026, 3, 10))
    assert profile.current.day_summaries.get().users == 1


def test_nothing_received_leaves_nothing_to_sum_up(new_product) -> None:
    profile = profile_of(new_product(), (date(2026, 3, 1), OPENS))
    assert lacking(profile, noon(date(2026, 3, 15))) == []


def test_what_is_summed_up_needs_not_be_found_out_again_for_charts(new_product, receive) -> None:
    product, first, last = new_product(), date(2026, 3, 10), date(2026, 3, 20)
    receive(product, did("a", "Open", at(10)))
    profile = profile_of(product, (date(2026, 3, 1), OPENS))
    charts = summaries(product.pk, profile.current.parsed)
    assert charts.lacks(first, last)
    freeze(profile.current, first, last)
    assert not charts.lacks(first, last)


def test_days_that_a_chart_has_asked_for_are_summed_up_with_their_totals(new_product, receive) -> None:
    product, first, last = new_product(), date(2026, 3, 10), date(2026, 3, 20)
    receive(product, did("a", "Open", at(10)))
    profile = profile_of(product, (date(2026, 3, 1), OPENS))
    book_history(product.pk, profile.current.parsed, first, last)
    freeze(profile.current, first, last)
    assert [row.users for row in profile.current.day_summaries.all()] == [1] * 11


def test_days_that_an_older_version_looks_back_too_far_for_are_never_summed_up(new_product, receive) -> None:
    product = new_product()
    receive(product, did("a", "Open", at(10)))
    wide = Definition(window=30, events={"Open": 1})
    profile = profile_of(product, (date(2026, 3, 1), wide), (date(2026, 5, 20), OPENS))
    product.kept_from = date(2026, 3, 12)
    product.save()
    found = lacking(Profile.objects.get(pk=profile.pk), noon(date(2026, 5, 22)))
    assert [(version.number, since) for version, since, _ in found][-1] == (1, date(2026, 5, 12))
    product.kept_from = date(2026, 4, 12)  # not even its last day
    product.save()
    found = lacking(Profile.objects.get(pk=profile.pk), noon(date(2026, 5, 22)))
    assert [(version.number, since, until) for version, since, until in found] == [
        (2, date(2026, 5, 20), date(2026, 5, 21))
    ]

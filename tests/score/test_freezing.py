"""The clock sums up days that are over, and computes charts ahead."""

from datetime import UTC, datetime, timedelta

import pytest

from accoil.score.day_summary import DaySummary
from accoil.score.freezing import Freezing, progress
from accoil.score.summaries import summaries
from accoil.score.summing_up import freeze
from tests.score.profiles import OPENS, noon, profile_of
from tests.small_worlds import at, did


@pytest.mark.django_db(transaction=True)
def test_the_clock_sums_up_what_is_over_once_nothing_older_arrives(new_product, receive) -> None:
    product, now = new_product(), datetime.now(UTC)
    receive(product, did("a", "Open", int(noon(now.date() - timedelta(days=3)).timestamp() * 1000)))
    profile = profile_of(product, (now.date(), OPENS))
    waits = Freezing(lambda: True, quiet_for=1000)
    waits.look(noon(now.date()))
    waits.wait()
    assert profile.current.day_summaries.count() == 0
    goes_on = Freezing(lambda: True, quiet_for=0)
    goes_on.look(noon(now.date()))
    goes_on.wait()
    days = profile.current.day_summaries.values_list("day", flat=True)
    assert list(days) == [now.date() - timedelta(days=back) for back in (3, 2, 1)]
    assert progress(profile.pk) is None
    assert goes_on.since.keys() >= {product.pk}


@pytest.mark.django_db(transaction=True)
def test_yesterday_is_summed_up_at_once_when_all_before_it_is(new_product, receive) -> None:
    product, now = new_product(), datetime.now(UTC)
    receive(product, did("a", "Open", int(noon(now.date() - timedelta(days=2)).timestamp() * 1000)))
    profile = profile_of(product, (now.date(), OPENS))
    freeze(profile.current, now.date() - timedelta(days=2), now.date() - timedelta(days=2))
    act = Freezing(lambda: True, quiet_for=1000)
    act.look(noon(now.date()))
    act.wait()
    assert profile.current.day_summaries.count() == 2


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("was", "becomes"), [("UTC", "Australia/Sydney"), ("Australia/Sydney", "UTC")])
def test_while_days_are_still_those_of_another_zone_only_what_is_over_in_both_is_summed_up(
    new_product, receive, engine, was: str, becomes: str
) -> None:
    product, today = new_product(was), datetime.now(UTC).date()
    receive(product, did("a", "Open", int(noon(today - timedelta(days=3)).timestamp() * 1000)))
    profile = profile_of(product, (today, OPENS))
    product.time_zone = becomes
    product.save()
    now, act = noon(today).replace(hour=15), Freezing(lambda: True, quiet_for=0)  # tomorrow in Sydney
    act.look(now)
    act.wait()
    found = profile.current.day_summaries.values_list("day", "time_zone")
    assert list(found) == [(today - timedelta(days=back), was) for back in (3, 2, 1)]
    engine.facts.zones[product.pk] = becomes
    act.look(now)
    act.wait()
    over = 0 if becomes == "Australia/Sydney" else 1
    assert profile.current.day_summaries.latest("day").day == today - timedelta(days=over)


def test_nothing_is_summed_up_while_something_waits_to_be_counted(new_product, receive) -> None:
    product, now = new_product(), datetime.now(UTC)
    receive(product, did("a", "Open", at(10)))
    profile_of(product, (now.date(), OPENS))
    act = Freezing(lambda: False, quiet_for=0)
    act.look(noon(now.date()))
    assert not act.is_working
    assert DaySummary.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_the_past_year_of_charts_is_computed_ahead(new_product, receive) -> None:
    product, now = new_product(), datetime.now(UTC)
    receive(product, did("a", "Open", int(noon(now.date() - timedelta(days=3)).timestamp() * 1000)))
    profile_of(product, (now.date(), OPENS))
    last = now.date() - timedelta(days=1)
    act = Freezing(lambda: True, quiet_for=0)
    for _ in range(2):  # first what lacks is summed up, then the charts
        act.look(noon(now.date()))
        act.wait()
    known = summaries(product.pk, OPENS)
    assert not known.lacks(last - timedelta(days=364), last)
    receive(product, did("a", "Open", int(noon(last).timestamp() * 1000)))
    assert known.lacks(last, last)
    assert not known.lacks(last - timedelta(days=364), last - timedelta(days=1))

"""Days go by themselves only where what was received tells that it is late enough: a clock may be far ahead."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from accoil.count.counting import Counting
from accoil.erase import retention
from accoil.erase.keeping import Keeping
from accoil.erase.models import Retention
from accoil.receive.calls import EVENT, Call
from accoil.receive.columns import Request, table
from accoil.team.models import Product
from tests.erase.kept_days import DAILY, MONTHS, by_day, day, ms, opened

pytestmark = pytest.mark.django_db(transaction=True)


def received(counting: Counting, product: Product, *several: date) -> None:
    for each in several:
        call = Call(type="track", messageId=f"of {each}", userId="ann", event="Open", kind=EVENT, at=ms(each))
        counting.journal.put(table([Request(product.pk, ms(each), [call])]))
    assert counting.wait_counted()


def test_a_clock_that_is_years_ahead_lets_no_day_go(
    tmp_path: Path, product: Product, monkeypatch: pytest.MonkeyPatch
) -> None:
    product.keep_months, product.kept_from = MONTHS, day(13)
    product.save()
    ahead = date(2051, 8, 3)
    with opened(tmp_path, product, months=13) as counting:
        monkeypatch.setattr(Product, "today", lambda product: ahead)
        Keeping(counting, lambda: None, set).step()
        received(counting, product, ahead, ahead - timedelta(days=1))  # as what comes in meanwhile is counted
        Keeping(counting, lambda: None, set).step()
        assert not Retention.objects.exists()
        product.refresh_from_db()
        assert (product.kept_from, len(by_day(product)), retention.today_as_received(product)) == (
            day(13), 13 * DAILY + 2, day(1, DAILY),
        )  # fmt: skip


def test_days_go_when_what_was_received_tells_of_their_time_and_no_further(
    tmp_path: Path, product: Product, monkeypatch: pytest.MonkeyPatch
) -> None:
    product.keep_months, product.kept_from = MONTHS, day(14)
    product.save()
    with opened(tmp_path, product, months=13) as counting:
        monkeypatch.setattr(Product, "today", lambda product: date(2051, 8, 3))
        Keeping(counting, lambda: None, set).step()
        product.refresh_from_db()
        assert product.kept_from == day(13), "by the events of last month"
        monkeypatch.setattr(Product, "today", lambda product: day(1, 2))
        assert retention.today_as_received(product) == day(1, 2), "never later than today"

"""Whoever keeps days for ever: nothing goes any more, and what has not begun is taken back."""

from __future__ import annotations

from pathlib import Path

import pytest

from accoil.erase.keeping import Keeping
from accoil.erase.models import Retention
from accoil.team.models import Product, Team
from tests.erase.kept_days import DAILY, State, by_day, day, keep, opened

pytestmark = pytest.mark.django_db(transaction=True)


def test_for_ever_stops_it_and_nothing_comes_back(tmp_path: Path, product: Product) -> None:
    with opened(tmp_path, product, months=15) as counting:
        keep(product)
        Keeping(counting, lambda: None, set).step()
        keep(product, None)
        Product.objects.update(kept_from=day(13))
        Keeping(counting, lambda: None, set).step()
        assert Retention.objects.count() == 1


def test_for_ever_takes_back_what_has_not_begun_and_leaves_what_has(tmp_path: Path, product: Product) -> None:
    other = Product.objects.create(team=Team.objects.create(name="Else"), name="App")
    with opened(tmp_path, product, months=18) as counting:
        keep(product, 14)
        Keeping(counting, lambda: None, set).step()
        for each in (product, other):
            each.refresh_from_db()
            keep(each)

        def says_so() -> None:
            keep(product, None)

        Keeping(counting, says_so, set).step()  # the last moment
        product.refresh_from_db()
        assert (product.kept_from, len(by_day(product, day(14)))) == (day(14), 14 * DAILY)
        assert [run.until for run in Retention.objects.filter(product=product)] == [day(14)]
        assert Retention.objects.get(product=other).state == State.DONE
        run = keep(product)
        Retention.objects.filter(finished_at=None).update(total=18)
        keep(product, None)
        assert run
        assert (run.product.kept_from, Retention.objects.count()) == (day(12), 3)
        Keeping(counting, lambda: None, set).step()

"""A product with events in each of some months, and days that go."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time
from pathlib import Path

import pytest

from accoil.count import counts
from accoil.count.counting import Counting
from accoil.erase import retention
from accoil.erase.models import Retention
from accoil.receive.calls import EVENT, Call
from accoil.team.models import Product, Team

State = Retention.State
MONTHS = 12
DAILY = 20  # days of each month on which ann opens it once


@pytest.fixture
def product(apart: None) -> Product:
    return Product.objects.create(team=Team.objects.create(name="Acme"), name="Web")


def day(months_ago: int, number: int = 1) -> date:
    today = datetime.now(UTC).date()
    month = today.year * 12 + today.month - 1 - months_ago
    return date(month // 12, month % 12 + 1, number)


def ms(when: date) -> int:
    return int(datetime.combine(when, time(12), UTC).timestamp() * 1000)


@contextmanager
def opened(folder: Path, product: Product, months: int = 0) -> Iterator[Counting]:
    """With a block for each of the months before this one."""
    counting = Counting(folder, lambda: {product.pk: "UTC"})
    for ago in range(months, 0, -1):
        moments = [ms(day(ago, number)) for number in range(1, DAILY + 1)]
        calls = [
            Call(type="track", messageId=f"m{at}", userId="ann", event="Open", kind=EVENT, at=at) for at in moments
        ]
        counting.journal.write(product.pk, ms(day(0)), calls)
    counting.start()
    try:
        assert counting.wait_counted()
        yield counting
    finally:
        counting.stop()


def by_day(product: Product, first: date | None = None) -> dict[date, int]:
    return {row["day"]: row["count"] for row in counts.counts(product.pk, group_by=("day",), first=first).rows}


def total(product: Product) -> int:
    return counts.counts(product.pk, group_by=()).total_count


def keep(product: Product, months: int | None = MONTHS) -> Retention | None:
    return retention.keep(product, months, open_days=35, author=None)

"""Local days: whole days since 1970-01-01 in a product's time zone."""

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

EPOCH = date(1970, 1, 1)
DAY = 86_400_000  # ms
# Clocks change, and have offsets, on whole quarters of an hour in every zone since 2000.
QUARTER = 15 * 60_000


def number(day: date) -> int:
    return (day - EPOCH).days


def day(number: int) -> date:
    return EPOCH + timedelta(days=number)


def through(first: date, last: date) -> list[date]:
    """The days from first to last, both included; none where the last is before the first."""
    return [first + timedelta(later) for later in range((last - first).days + 1)]


@lru_cache(maxsize=200_000)
def offset(zone: str, quarter: int) -> int:
    """ms east of UTC in a quarter of an hour since 1970."""
    if zone == "UTC":
        return 0
    moment = datetime.fromtimestamp(quarter * 900, UTC)
    offset = moment.astimezone(ZoneInfo(zone)).utcoffset()
    assert offset is not None
    return int(offset.total_seconds() * 1000)

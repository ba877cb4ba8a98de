"""Values as HubSpot keeps them: every one is a text, and an empty one is none."""

from datetime import UTC, datetime
from typing import Any

from accoil.connect.connection import Type, Value


def outward(value: Value) -> str:
    """A date is an ISO day there as here."""
    return "" if value is None else str(value)


def inward(told: Any, type: Type) -> Value:
    """What HubSpot says it keeps, in our form; numbers may come with a point, dates in milliseconds."""
    if told is None or told == "":
        return None
    if type == "integer":
        return _whole(told)
    return _day(str(told)) if type == "date" else str(told)


def _whole(told: Any) -> Value:
    try:
        number = float(told)
        return int(number) if number.is_integer() else str(told)
    except (TypeError, ValueError, OverflowError):
        return str(told)


def _day(told: str) -> str:
    try:
        return datetime.fromtimestamp(int(told) / 1000, UTC).date().isoformat()
    except (ValueError, OverflowError, OSError):  # a day, or a moment as text
        return told[:10]

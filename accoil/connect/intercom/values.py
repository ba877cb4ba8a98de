"""Values as Intercom keeps them. A date is there the second at noon of the day, in the product's time zone: so that it
is the same day for whoever looks, nearly everywhere."""

from collections.abc import Mapping
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from accoil.connect.connection import Value

DATES = {"date", "datetime"}


def outward(value: Value, data_type: str, zone: ZoneInfo) -> str | int | None:
    """`value`: a date as an ISO day."""
    if data_type in DATES and isinstance(value, str):
        day = datetime.fromisoformat(value).date()
        return int(datetime.combine(day, time(12), zone).timestamp())
    return value


def inward(told: Any, data_type: str, zone: ZoneInfo) -> Value:
    """What Intercom says it keeps, in our form; numbers may come as text or with a point."""
    if told is None:
        return None
    if data_type in DATES:
        return _day(told, zone)
    if data_type == "integer":
        return _whole(told)
    return str(told)


def _day(told: Any, zone: ZoneInfo) -> Value:
    try:
        return datetime.fromtimestamp(float(told), zone).date().isoformat()
    except (TypeError, ValueError, OverflowError, OSError):
        return str(told)[:10]


def _whole(told: Any) -> Value:
    try:
        number = float(told)
        return int(number) if number.is_integer() else str(told)
    except (TypeError, ValueError, OverflowError):
        return str(told)


def kept_of(names: Mapping[str, Any], told: Any) -> dict[str, Any]:
    """Of a record as Intercom tells it: what it keeps under these names, None where nothing is."""
    attributes = told.get("custom_attributes") if isinstance(told, dict) else None
    return {name: (attributes or {}).get(name) for name in names}

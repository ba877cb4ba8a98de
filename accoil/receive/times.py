"""Moments as clients write them, as milliseconds since 1970 in UTC."""

import re
from datetime import UTC, datetime, timedelta, timezone

DAY = 86_400_000
EARLIEST = int(datetime(2000, 1, 1, tzinfo=UTC).timestamp() * 1000)  # before this it is a bug, not a time
SKEW_WORTH_MENDING = 5 * 60_000
LONGEST = 100  # characters; no time is so long

_LENIENT = re.compile(
    r"(\d{4})-(\d{1,2})-(\d{1,2})"
    r"(?:[Tt ](\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d+))?)?)?"
    r"\s*(?:[Zz]|([+-])(\d{2}):?(\d{2}))?",
    re.ASCII,
)
_UNIX = re.compile(r"-?\d+(?:\.\d+)?", re.ASCII)


def parse(value: object) -> int | None:
    """ISO 8601 in the many spellings, or a Unix time whose unit its size tells; None if neither."""
    if isinstance(value, str):
        if len(value) > LONGEST:
            return None
        if value[4:5] != "-":  # digits alone are a Unix time; `fromisoformat` would read a date into them
            return _parse_lenient(value)
        try:
            return _milliseconds(datetime.fromisoformat(value))
        except ValueError:
            return _parse_lenient(value)
        except OverflowError:
            return None
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _from_unix(value)
    return None


def _milliseconds(moment: datetime) -> int:
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    # Whole microseconds first: a plain `* 1000` would turn .678 into 677 now and then.
    return int(moment.timestamp() * 1e6 + 0.5) // 1000


def _parse_lenient(text: str) -> int | None:
    text = text.strip()
    if found := _LENIENT.fullmatch(text):
        year, month, date, hour, minute, second, fraction, sign, offset_hours, offset_minutes = found.groups()
        offset = timedelta(hours=int(offset_hours or 0), minutes=int(offset_minutes or 0))
        try:
            moment = datetime(
                int(year), int(month), int(date),
                int(hour or 0), int(minute or 0), int(second or 0), int((fraction or "0")[:6].ljust(6, "0")),
                tzinfo=timezone(-offset if sign == "-" else offset),
            )  # fmt: skip
            return _milliseconds(moment)
        except (ValueError, OverflowError):
            return None
    return _from_unix(float(text)) if _UNIX.fullmatch(text) else None


def _from_unix(number: float) -> int | None:
    size = abs(number)
    if not size < 1e20:  # also false for NaN
        return None
    if size < 1e11:
        return int(number * 1000)
    if size < 1e14:
        return int(number)
    return int(number / 1000) if size < 1e17 else int(number / 1_000_000)

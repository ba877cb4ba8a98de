"""How far back a rule looks from the day on which it is asked, and how many days of everybody from their first on."""

from typing import Any

SPANS = ("within_days", "days")  # what is counted from created-at on lies where it lies: it is no look back


def days_back(written: Any) -> int:
    """The longest span of days that stands anywhere in something written; 0 where there is none."""
    if isinstance(written, dict):
        own = [value for key, value in written.items() if key in SPANS and isinstance(value, int)]
        return max([*own, *(days_back(part) for part in written.values())], default=0)
    if isinstance(written, list | tuple):
        return max(map(days_back, written), default=0)
    return 0


def first_days(written: Any) -> int:
    """So many are needed for the most that something written asks to have been done within days of being created, as
    each day on which it was done has it once at least; 0 where nothing does."""
    if isinstance(written, dict):
        own = written.get("at_least", 1) if "within_days_of_created" in written else 0
        return max([own, *map(first_days, written.values())])
    if isinstance(written, list | tuple):
        return max(map(first_days, written), default=0)
    return 0

"""How far back a rule looks from the day on which it is asked, and how many days of everybody from their first on."""

from collections.abc import Callable
from typing import Any

SPANS = ("within_days", "days")  # what is counted from created-at on lies where it lies: it is no look back


def days_back(written: Any) -> int:
    """The longest span of days that stands anywhere in something written; 0 where there is none."""
    return _most(
        written, lambda own: max((own[key] for key in SPANS if key in own and isinstance(own[key], int)), default=0)
    )


def first_days(written: Any) -> int:
    """So many are needed for the most that something written asks to have been done within days of being created, as
    each day on which it was done has it once at least; 0 where nothing does."""
    return _most(written, lambda own: own.get("at_least", 1) if "within_days_of_created" in own else 0)


def _most(written: Any, of: Callable[[dict[str, Any]], int]) -> int:
    """Of all that stands anywhere in something written."""
    if isinstance(written, dict):
        return max([of(written), *(_most(each, of) for each in written.values())])
    if isinstance(written, list | tuple):
        return max((_most(each, of) for each in written), default=0)
    return 0

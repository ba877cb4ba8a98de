"""Days a page looks at: a usual number of them up to today, or from one day to another, as the address says."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.http import QueryDict

from accoil.show import words
from accoil.show.whole import whole

USUAL = (7, 30, 90)
LONGEST = 366


@dataclass(frozen=True)
class Range:
    """Both ends belong to it. `days`: which of the usual ones it is; `wrong`: why what was asked for is not shown."""

    first: date
    last: date
    days: int | None = None
    wrong: str = ""

    @property
    def length(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def query(self) -> dict[str, object]:
        """The address's part of it: nothing for what is shown anyway."""
        if self.days is None:
            return {"from": self.first.isoformat(), "to": self.last.isoformat()}
        return {"days": self.days if self.days != 30 else ""}

    @property
    def words(self) -> str:
        """in the last 30 days; from 3 to 9 October"""
        if self.days is not None:
            return f"in the last {words.count(self.days, 'day')}"
        return f"from {_day(self.first)} to {_day(self.last)}"

    @property
    def before(self) -> str:
        return f"the {words.count(self.length, 'day')} before" if self.length > 1 else "the day before"


def asked(
    query: QueryDict, as_of: date, today: date, earliest: date | None = None, usual: Sequence[int] = USUAL
) -> Range:
    """The last 30 days up to `as_of` when the address says nothing, or something that makes no sense: then with a
    sentence. `earliest`: the first day that can be shown."""
    if "from" in query or "to" in query:
        own = _own(query.get("from", ""), query.get("to", ""), as_of, today)
        # What is compared with it comes before, and is as long.
        if earliest and not own.wrong and own.first - timedelta(own.length) < earliest:
            return last_days(30, as_of, "Daily counts are not kept for so long; here are the last 30 days.")
        return own
    given = whole(query.get("days"))
    return last_days(given if given in usual else 30, as_of)


def last_days(days: int, as_of: date, wrong: str = "") -> Range:
    return Range(as_of - timedelta(days=days - 1), as_of, days, wrong)


def _own(first: str, last: str, as_of: date, today: date) -> Range:
    try:
        begins, ends = date.fromisoformat(first), date.fromisoformat(last)
    except ValueError:
        return last_days(30, as_of, "Choose both a first and a last day; here are the last 30.")
    if ends > today:
        return last_days(30, as_of, "The last day lies in the future; here are the last 30.")
    if begins > ends:
        return last_days(30, as_of, "The first day comes after the last; here are the last 30.")
    if (ends - begins).days >= LONGEST:
        return last_days(30, as_of, f"That is more than {LONGEST} days; here are the last 30.")
    return Range(begins, ends)


def _day(when: date) -> str:
    return f"{when.day} {when:%b %Y}"

"""Small words: numbers, days, money and events as a colleague would say them. Pure functions of what is handed in."""

import re
from datetime import date, datetime, timedelta

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

# Said by what sends messages, too; here as well, so that pages have one place for their words.
from accoil.score.wording import change as change
from accoil.score.wording import count as count
from accoil.score.wording import event as event
from accoil.score.wording import happened as happened
from accoil.score.wording import in_percent as in_percent
from accoil.score.wording import joined as joined
from accoil.score.wording import listed as listed
from accoil.score.wording import number as number
from accoil.score.wording import plural as plural
from accoil.score.wording import this_window as this_window
from accoil.score.wording import times as times
from accoil.score.wording import window as window
from accoil.score.wording import window_before as window_before
from accoil.show.charts import band_of

BAND_WORDS = {
    "most": "Most engaged",
    "slightly": "Slightly engaged",
    "passive": "Passive",
    "least": "Least engaged",
}
BAND_RANGES = {"most": "75 and more", "slightly": "50 to 74", "passive": "25 to 49", "least": "below 25"}


def size(n: float) -> str:
    """Bytes: 900 bytes, 12 kB, 3.4 MB, 1.2 GB"""
    for unit, amount in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if n >= amount:
            return (
                f"{n / amount:,.1f}".removesuffix(".0") + f" {unit}"
                if n < 100 * amount
                else f"{n / amount:,.0f} {unit}"
            )
    return count(n, "byte")


def duration(seconds: float) -> str:
    """4 s, 12 min, 3 h 20 min"""
    whole = round(seconds)
    if whole < 90:
        return f"{max(1, whole)} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60} min"


def percent(fraction: float) -> str:
    """0.604 → 60 %"""
    return f"{in_percent(fraction)} %"


def money(cents: float) -> str:
    """120000 → $1,200; a part of a dollar is shown only when there is one."""
    return f"${cents / 100:,.0f}" if round(cents) % 100 == 0 else f"${cents / 100:,.2f}"


def gain(points: float) -> str:
    """+27, −9, 0: with a real minus, as wide as the plus."""
    return f"{'+' if points > 0 else '−' if points < 0 else ''}{number(abs(points))}"


def day(when: date, today: date) -> str:
    """today, yesterday, 5 days ago, 3 Oct, 3 Oct 2024"""
    past = (today - when).days
    if past == 0:
        return "today"
    if past == 1:
        return "yesterday"
    if 1 < past < 7:
        return f"{past} days ago"
    return f"{when.day} {when:%b}" if when.year == today.year else f"{when.day} {when:%b %Y}"


def short_day(when: date) -> str:
    """3 Oct"""
    return f"{when.day} {when:%b}"


def full_day(when: date) -> str:
    return f"{when:%A} {when.day} {when:%B}"


def ago(when: datetime, now: datetime) -> str:
    """just now, 12 s ago, 3 min ago, 5 h ago, 12 days ago"""
    past = max(now - when, timedelta())
    seconds = int(past.total_seconds())
    if seconds < 2:
        return "just now"
    if seconds < 60:
        return f"{seconds} s ago"
    if seconds < 3600:
        return f"{seconds // 60} min ago"
    if past.days < 1:
        return f"{seconds // 3600} h ago"
    return f"{count(past.days, 'day')} ago"


def tenure(days: int) -> str:
    """since today, for 12 days, for 5 months, for 2 years"""
    if days < 1:
        return "since today"
    if days < 60:
        return f"for {count(days, 'day')}"
    if days < 365 * 2:
        return f"for {count(days // 30, 'month')}"
    return f"for {count(days // 365, 'year')}"


def change_in(points: int, days: int) -> str:
    """up 12 in a week; as it was a week before"""
    return f"{change(points)} in {window(days)}" if points else f"as it was {window(days)} before"


def band(score: float) -> str:
    return BAND_WORDS[band_of(score)]


def with_code(text: str) -> SafeString:
    """`userId` is missing → its names set as code, in safe HTML."""
    return mark_safe(re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(text)))  # noqa: S308  escaped just before

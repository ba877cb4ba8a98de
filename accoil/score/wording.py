"""How numbers, spans of days and events are said. Pure functions of what is handed in."""

import math
import re
from collections.abc import Sequence

WINDOWS = {1: "a day", 7: "a week", 14: "two weeks", 30: "30 days", 60: "60 days", 90: "90 days"}
THIS_WINDOW = {1: "today", 7: "this week", 14: "in the last two weeks"}
BEFORE = {1: "the day before", 7: "the week before", 14: "the two weeks before"}
DOING = re.compile(r"\w+(ed|nt|pt|de|ld)", re.IGNORECASE)  # Created, Sent, Kept, Made, Sold: what was done to a thing


def number(n: float) -> str:
    """2000 → 2,000; 2000.5 → 2,000.5"""
    return f"{n:,.1f}".removesuffix(".0")


def count(n: float, one: str, many: str = "") -> str:
    """1 account, 37 accounts."""
    return f"{number(n)} {one if n == 1 else many or one + 's'}"


def in_percent(share: float) -> int:
    """Whole, half up: 0.575, of which computers hold a little less, is 58 wherever it is told."""
    return math.floor(100 * share + 0.5 + 1e-9)


def times(n: int) -> str:
    return {1: "once", 2: "twice"}.get(n, f"{number(n)} times")


def window(days: int) -> str:
    """The length of a window: a week, 30 days."""
    return WINDOWS.get(days, count(days, "day"))


def this_window(days: int) -> str:
    """The window that ends today: this week, in the last 30 days."""
    return THIS_WINDOW.get(days, f"in the last {days} days")


def window_before(days: int) -> str:
    """The window before it: the week before, the 30 days before."""
    return BEFORE.get(days, f"the {days} days before")


def change(points: int) -> str:
    """up 12, down 3, unchanged"""
    if not points:
        return "unchanged"
    return f"{'up' if points > 0 else 'down'} {abs(points)}"


def event(name: str) -> str:
    """Report_Created → Report Created; exportPdf → export Pdf: only breaks are made, no letter is changed."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name)
    return re.sub(r"[\s_.:/-]+", " ", spaced).strip() or name


def happened(name: str, n: int) -> str:
    """How often something happened: "4 Reports created", "no Reports created", "Viewed Pricing twice"."""
    words = event(name).split()
    if len(words) >= 2 and DOING.fullmatch(words[-1]):
        thing = " ".join(words[:-1])
        return f"{number(n) if n else 'no'} {thing if n == 1 else plural(thing)} {words[-1].lower()}"
    return f"{event(name)} {times(n)}" if n else f"no {event(name)}"


def plural(thing: str) -> str:
    """Report → Reports, Query → Queries, Batch → Batches, Settings → Settings"""
    if re.search(r"(?i)[^aeiou]y$", thing):
        return thing[:-1] + "ies"
    if re.search(r"(?i)(ss|x|ch|sh)$", thing):
        return thing + "es"
    return thing if re.search(r"(?i)s$", thing) else thing + "s"


def listed(names: list[str], most: int = 3) -> str:
    """A, B and C; A, B, C and 4 more"""
    return joined(names if len(names) <= most else [", ".join(names[:most]), f"{len(names) - most} more"])


def joined(names: Sequence[str], by: str = "and") -> str:
    """A, B and C"""
    return f" {by} ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))

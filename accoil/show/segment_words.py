"""What is said about segments and journeys: sentences, and rows shaped for a template. Pure functions."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString

from accoil.segment.models import Segment
from accoil.segment.passage import Passage
from accoil.segment.sizes import Figures
from accoil.show import words
from accoil.show.sentences import bold

Row = Mapping[str, Any]


def share(members: int, total: int) -> int:
    """In whole percent, half up."""
    return (200 * members + total) // (2 * total) if total else 0


def overview(rows: Sequence[Row], scope: str) -> SafeString:
    """24 accounts are in Red Hot; your segment At risk grew by 4 in a week."""
    own = [row for row in rows if not row["segment"].is_built_in]
    moved = max(own or rows, key=lambda row: abs(row["gain"] or 0), default=None)
    opening = format_html("{} of {}s", bold(words.count(len(rows), "segment")), scope)
    if moved is None or not moved["gain"]:
        if own and moved and moved["gain"] is None:
            return format_html("{}; a week from now this says which of your own grew or shrank.", opening)
        return (
            format_html("{}; none of your own has changed in size this week.", opening)
            if own
            else format_html("{} that every profile has; make one for the people you want to follow.", opening)
        )
    way = "grew" if moved["gain"] > 0 else "shrank"
    return format_html(
        "{}; {} {} by {} in a week.", opening, bold(moved["segment"].name), way, bold(words.number(abs(moved["gain"])))
    )


def segment(found: Figures, scope: str, total: int, gain: int | None) -> SafeString:
    """37 of 200 accounts, 4 more than a week ago; together they pay $1,200 a month."""
    if not found.members:
        return format_html("None of {} is in it now.", bold(words.count(total, scope)))
    opening = bold(f"{words.number(found.members)} of {words.count(total, scope)}")
    than = ""
    if gain:
        than = f", {words.number(abs(gain))} {'more' if gain > 0 else 'fewer'} than a week ago"
    if not found.value:
        return format_html("{}{}.", opening, than)
    whose = "they pay" if scope == "account" else "their accounts pay"
    return format_html("{}{}; together {} {} a month.", opening, than, whose, bold(words.money(found.value)))


def stage(passage: Passage) -> str:
    """12 entered, 5 went on, 1 left the journey."""
    told = [f"{words.number(passage.entered)} entered"]
    told += [f"{words.number(passage.moved_on)} went on"] if passage.moved_on else []
    told += [f"{words.number(passage.back)} went back"] if passage.back else []
    told += [f"{words.number(passage.out)} left it for none"] if passage.out else []
    return ", ".join(told)


def days(n: float) -> str:
    return words.count(n, "day")


def stay(segment: Segment) -> str:
    """Counts after 3 days in a row."""
    return f"Counts once it has held for {words.count(segment.stay_days, 'day')}." if segment.stay_days else ""


def known_from(segment: Segment, today: date) -> str:
    known = segment.known_from
    if known is None:
        return "Nobody has looked yet who is inside; that takes a few seconds."
    filled = "worked out" if segment.filled_from is not None else "kept"
    return f"Who was inside is {filled} from {words.day(known, today)} on."


def journeys(rows: Sequence[Row], scope: str) -> SafeString:
    if not rows:
        return format_html("A journey shows where every {} stands, and who does not get on.", scope)
    first = rows[0]  # whoever is in it may be in the others too
    stuck = sum(stage["stuck"] for stage in first["stages"])
    inside = sum(stage["figures"].members for stage in first["stages"])
    opening = format_html("{} in {}", bold(words.count(inside, scope)), bold(first["journey"].name))
    if not stuck:
        return format_html("{}; nobody has been in a stage much longer than usual.", opening)
    been = "has" if stuck == 1 else "have"
    return format_html("{}; {} {} been in a stage more than twice as long as usual.", opening, bold(stuck), been)


def made_of(found: Figures, total: int, week_ago: int | None, scope: str) -> dict[str, str]:
    """What each figure of a segment is made of; `total`: how many there are, `week_ago`: how many were in it then."""
    inside = words.count(found.members, scope)
    who = inside if scope == "account" else f"the accounts of {inside}"
    return {
        "members": f"{words.number(found.members)} of {words.count(total, scope)}.",
        "gain": "" if week_ago is None else f"{words.number(found.members)} now, {words.number(week_ago)} a week ago.",
        "group_score": f"Of {inside}, those who were active, on average.",
        "value": f"{words.money(found.value)} a month, from {who}." if found.value else "",
    }


def passing(passed: Passage, scope: str, days: int) -> dict[str, str]:
    """What the figures of a stage's passages are made of, in a range of so many days."""
    came, since = words.count(passed.came, scope), f"in the last {days} days"
    long = passed.stuck_after
    return {
        "conversion": f"{words.number(passed.on)} of the {came} that came into it {since}." if passed.came else "",
        "median_stay": f"Stays that ended {since}.",
        "stuck": "" if long is None else f"In it for more than {words.count(round(long, 1), 'day')}.",
    }

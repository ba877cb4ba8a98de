"""Why a score is what it is, and why it moved, in sentences. Pure functions; figures stand in <b>."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString

from accoil.show import words
from accoil.show.sentences import bold

MOST_NAMED = 6  # scores listed one by one; of more people, the lowest and the highest say enough

Row = Mapping[str, Any]


def person(name: str, score: int, change: int, window: int, events: Iterable[Row]) -> SafeString:
    """Acme is at 72, up 12 in a week: 4 Reports created against 1 the week before."""
    opening = format_html("{} is at {}, {}", bold(name), bold(score), words.change_in(change, window))
    reason = because(change, window, events)
    return format_html("{}: {}.", opening, reason) if reason else format_html("{}.", opening)


def because(change: int, window: int, events: Iterable[Row]) -> str:
    """The event that moved most points in the direction of the change, in words; "" when none did."""
    moved = sorted(events, key=gain)
    if not moved or not change:
        return quiet(window, moved)
    row = moved[-1] if change > 0 else moved[0]
    if gain(row) * change <= 0:
        return "the same activity counts for " + ("more" if change > 0 else "less") + " because the benchmark moved"
    return against(row["event"], row["count_after"], row["count_before"], window)


def against(event: str, after: int, before: int, window: int) -> str:
    """4 Reports created against 1 the week before"""
    then = words.window_before(window)
    if not after:
        return f"no {words.event(event)} {words.this_window(window)}, {words.number(before)} {then}"
    return f"{words.happened(event, after)} against {words.number(before) if before else 'none'} {then}"


def quiet(window: int, events: Sequence[Row]) -> str:
    return "" if any(row["count_after"] for row in events) else f"nothing scored {words.this_window(window)}"


def gain(row: Row) -> float:
    return float(row["points_after"] - row["points_before"])


def account_score(explained: Row) -> SafeString:
    """How an account's users make its score: "Its 3 active people score 99, 63 and 54; the average is 72." """
    users = [row for row in explained["users"] if row["raw"]]
    if not users:
        return format_html("{}", "Nobody of it did anything that counts, so the score is 0.")
    scores = words.listed([str(row["score"]) for row in users], most=MOST_NAMED)
    if len(users) == 1:
        return format_html("Its one active person scores {}, and so does it.", bold(scores))
    people = words.count(len(users), "active person", "active people")
    if len(users) > MOST_NAMED:
        low, high = min(row["score"] for row in users), max(row["score"] for row in users)
        return format_html(
            "Its {} score between {} and {}; the average is {}.", people, low, high, bold(explained["score"])
        )
    return format_html("Its {} score {}; the average is {}.", people, scores, bold(explained["score"]))


def user_score(explained: Row) -> SafeString:
    """How a user's points make the score: "187 points, against a benchmark of 208.2, make 87." """
    if not explained["raw"]:
        return format_html("{}", "Nothing that counts was done, so the score is 0.")
    points = bold(words.count(explained["raw"], "point"))
    against = words.number(explained["benchmark"] or 0)
    return format_html("{}, against a benchmark of {}, make {}.", points, against, bold(explained["score"]))


def curve(explained: Row, window: int) -> str:
    """How points become a score, and what the benchmark is, in one paragraph."""
    benchmark = explained["benchmark"]
    if benchmark is None:
        return f"Nobody did anything that counts {words.this_window(window)}, so there is nothing to measure against."
    b = words.number(benchmark)
    meaning = f"Nine in ten active people have at most {b} points in {words.window(window)}: the benchmark."
    if explained["curve"] == "linear":
        return f"{meaning} A person's score is 100 × points ÷ {b}, at most 100."
    return f"{meaning} A person's score is 100 × (1 − 10^(−points ÷ {b})): 90 at the benchmark, and never quite 100."

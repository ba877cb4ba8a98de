"""Why a score is what it is, and why it moved, in sentences. Pure functions; figures stand in <b>."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString

from accoil.score import change_words
from accoil.show import words
from accoil.show.sentences import bold

MOST_NAMED = 6  # scores listed one by one; of more people, the lowest and the highest say enough

Row = Mapping[str, Any]


def person(name: str, row: Row, told: Row, today: date) -> SafeString:
    """Acme is at 72, up 12 in a week: 4 Reports created this week against 1 last week."""
    change = words.change_in(told["change"], told["window"])
    return format_html(
        "{} is at {}, {}: {}.", bold(name), bold(row["score"]), change, change_words.because(told, today)
    )


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

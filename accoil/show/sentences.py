"""The sentence each page opens with: what happened, then why. Pure functions; the answer is safe HTML whose
figures stand in <b>, so that the eye can read them alone."""

from collections.abc import Mapping
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString

from accoil.score.movers import Moved
from accoil.show import words

HOT = 10  # a change of this many points is worth a person's time (segments Red Hot and Ice Cold)
DEAR = 100_000  # cents a month; an account above it is named when it cools down
Row = Mapping[str, Any]


def bold(text: str | int) -> SafeString:
    return format_html("<b>{}</b>", text)


def dashboard(summary: Row, who: Moved, window: int) -> SafeString:
    """37 of 200 accounts were active this week; 5 cooled down, 2 of them pay over $1,000 a month."""
    if not summary["accounts"]:
        return without_accounts(summary, window)
    return format_html("{}{}.", active("account", summary, window), moved(who))


def active(kind: str, summary: Row, window: int) -> SafeString:
    """37 of 200 accounts were active this week"""
    some, total = summary[f"active_{kind}s"], summary[f"{kind}s"]
    if not some:
        return format_html("None of {} {} active {}", bold(words.count(total, kind)), was(total), in_(window))
    figures = bold(f"{words.number(some)} of {words.count(total, kind)}")
    return format_html("{} {} active {}", figures, was(some), in_(window))


def moved(who: Moved) -> SafeString:
    """; 5 cooled down, 2 of them pay over $1,000 a month, and 3 warmed up"""
    if not who.fell and not who.rose:
        return format_html("; {} moved by {} points or more", "nobody", HOT)
    rose = format_html("{} warmed up", bold(who.rose))
    if not who.fell:
        return format_html("; {}", rose)
    fell = format_html("{} cooled down{}", bold(who.fell), paying(who))
    if not who.rose:
        return format_html("; {}", fell)
    return format_html("; {}{} and {}", fell, "," if "," in paying(who) else "", rose)


def paying(who: Moved) -> SafeString:
    """, 2 of them pay over $1,000 a month; nothing when none does"""
    dear, amount = who.dear, words.money(DEAR)
    if not dear:
        return SafeString()
    if dear == who.fell:
        return format_html(" and {} over {} a month", "pays" if dear == 1 else "all of them pay", amount)
    return format_html(", {} of them {} over {} a month", bold(dear), "pays" if dear == 1 else "pay", amount)


def without_accounts(summary: Row, window: int) -> SafeString:
    if not summary["users"]:
        return format_html("{}", "Nobody is in this profile yet: the first event brings the first user.")
    return format_html(
        "{}; no account yet: a group call says which company a person belongs to.",
        active("user", summary, window),
    )


def accounts(summary: Row, best: Row | None, window: int) -> SafeString:
    """37 of 200 accounts were active this week, at 61 on average; Acme leads with 99."""
    if not summary["accounts"]:
        return without_accounts(summary, window)
    return ranked("account", summary, best, window)


def users(summary: Row, best: Row | None, window: int) -> SafeString:
    if not summary["users"]:
        return without_accounts(summary, window)
    return ranked("user", summary, best, window)


def ranked(kind: str, summary: Row, best: Row | None, window: int) -> SafeString:
    opening = active(kind, summary, window)
    if not summary[f"active_{kind}s"] or best is None:
        return format_html("{}.", opening)
    average = bold(round(summary[f"average_{kind}_score"]))
    leads = format_html("{} leads with {}", bold(best["name"]), bold(best["score"]))
    return format_html("{}, at {} on average; {}.", opening, average, leads)


def in_(window: int) -> str:
    return words.this_window(window)


def was(n: int) -> str:
    return "was" if n == 1 else "were"

"""The sentences that pages under Views open with. Pure functions; figures stand in <b>."""

from collections.abc import Sequence
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString

from accoil.count.ids import Kind
from accoil.show import words
from accoil.show.ranges import Range
from accoil.show.sentences import bold

Row = dict[str, Any]

NEWS = 1.0  # percentage points that are worth a word


def events(rows: Sequence[Row], kind: Kind, range: Range) -> SafeString:
    """Report Created is what most do: 61 % of 37 active accounts in the last 30 days; Report Shared gained most, …"""
    active = rows[0]["active"] if rows else 0
    if not active:
        return format_html("No {} did anything {}.", kind, range.words)
    first = max(rows, key=lambda row: (row["did"], row["times"]))
    opening = format_html(
        "{} reaches furthest: {} of {} did it {}",
        bold(first["words"]), bold(words.percent(first["adoption"])), words.count(active, f"active {kind}"),
        range.words,
    )  # fmt: skip
    return format_html("{}{}.", opening, moved(rows, "change", range))


def features(rows: Sequence[Row], kind: Kind, range: Range) -> SafeString:
    """Reports is used most: by 61 % of active accounts on a day; Sharing gained most, up 4.2 points."""
    if not any(row["active"] for row in rows):
        return format_html("No {} did anything {}.", kind, range.words)
    first = max(rows, key=lambda row: (row["week"], row["did"]))
    opening = format_html(
        "{} is used most: on a day by {} of active {}s, and by {} of them {}",
        bold(first["words"]), bold(words.percent(first["week"])), kind, bold(words.percent(first["adoption"])),
        range.words,
    )  # fmt: skip
    return format_html("{}{}.", opening, moved(rows, "week_change", range))


def moved(rows: Sequence[Row], key: str, range: Range) -> SafeString:
    """; Report Shared gained most, 4.2 points against the 30 days before"""
    if not any(row["active_before"] for row in rows):
        return format_html("; nothing is known of {}", range.before)
    up = max(rows, key=lambda row: row[key])
    down = min(rows, key=lambda row: row[key])
    most = up if abs(up[key]) >= abs(down[key]) else down
    if abs(most[key]) < NEWS:
        return format_html("; little changed against {}", range.before)
    how = "gained" if most[key] > 0 else "lost"
    size = words.count(abs(round(most[key], 1)), "point")
    return format_html("; {} {} most, {} against {}", bold(most["words"]), how, bold(size), range.before)


def one(name: str, did: str, row: Row, kind: Kind, range: Range) -> SafeString:
    """23 of 37 active accounts did Report Created in the last 30 days, 4.2 points more than in the 30 days before."""
    if not row["active"]:
        return format_html("No {} did anything {}.", kind, range.words)
    opening = format_html(
        "{} of {} {} {} {}",
        bold(words.number(row["did"])), bold(words.count(row["active"], f"active {kind}")), did, name,
        range.words,
    )  # fmt: skip
    if not row["active_before"]:
        return format_html("{}; no {} did anything in {}.", opening, kind, range.before)
    change = round(row["change"], 1)
    if abs(change) < NEWS:
        return format_html("{}, about as many as in {}.", opening, range.before)
    said = f"{words.count(abs(change), 'point')} {'more' if change > 0 else 'less'}"
    return format_html("{}, {} than in {}.", opening, bold(said), range.before)

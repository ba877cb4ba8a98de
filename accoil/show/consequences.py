"""What a profile says and what a draft of it would do, in sentences. Pure functions; figures stand in <b>."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString

from accoil.score.models import Version
from accoil.show import words
from accoil.show.drafts import Draft
from accoil.show.sentences import bold

Row = Mapping[str, Any]


def preview(result: Row, is_first: bool) -> SafeString:
    """What a draft would do, in a line: "3 accounts would enter Most engaged; the average moves…" """
    before, after = result["bands_now"], result["bands_draft"]
    if not sum(after.values()):
        return format_html("{}", "No account is known yet, so there is nothing to show; users are scored all the same.")
    if is_first:
        return format_html(
            "{} would be scored, {} of them at 75 or more.",
            bold(words.count(result["scored_draft"], "account")),
            bold(words.number(after["most"])),
        )
    movers = len(result["up"]) + len(result["down"])
    if not movers:
        return format_html("{}", "Nothing moves: the draft gives everyone the score they have.")
    gained = after["most"] - before["most"]
    if not gained:
        return format_html("Scores move, but {} stay at 75 or more.", bold(words.count(after["most"], "account")))
    more = "more" if gained > 0 else "fewer"
    return format_html(
        "{} at 75 or more: {} instead of {}.",
        bold(words.count(abs(gained), f"account {more}", f"accounts {more}")),
        words.number(after["most"]),
        words.number(before["most"]),
    )


def profiles(rows: Sequence[Row]) -> SafeString:
    if not rows:
        return format_html("{}", "A profile says which events count, and how much. Every score follows from it.")
    if len(rows) == 1:
        row = rows[0]
        return format_html(
            "{} looks at {} of activity through {}.",
            bold(row["profile"].name), words.count(row["window"], "day"), bold(words.count(row["events"], "event")),
        )  # fmt: skip
    return format_html(
        "{} look at the same product, each with its own idea of what counts.", bold(f"{len(rows)} profiles")
    )


def profile(draft: Draft) -> SafeString:
    """14 of 20 events count, over 7 days; Report Created makes 34 % of the points."""
    counting, known = len(draft.scored), len(draft.events)
    opening = format_html(
        "{} count, over {}", bold(f"{counting} of {words.count(known, 'event')}"), words.count(int(draft.window), "day")
    )
    first = draft.scored[0] if draft.scored else None
    if first is None or not first.share:
        return format_html("{}.", opening)
    return format_html("{}; {} makes {} of the points.", opening, bold(words.event(first.event)), f"{first.share} %")


def saved(version: Version, before: int) -> str:
    if version.number == before:
        return f"Version {before} stays in force: the definition is unchanged."
    return f"Saved as version {version.number}, in force from today."


def saved_meanwhile(version: Version) -> str:
    who = str(version.author) if version.author else "Somebody"
    return f"{who} saved version {version.number} while you were writing. Save again to replace it with yours."

"""What a profile says and what a draft of it would do, in sentences. Pure functions; figures stand in <b>."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString

from accoil.act.following import Would
from accoil.score.models import Version
from accoil.score.what_if import Consequences, WhatIf
from accoil.show import words
from accoil.show.drafts import Draft
from accoil.show.sentences import bold

Row = Mapping[str, Any]

MOST_TOLD = 3  # automations, besides the first
TELLING = ("Red Hot", "Ice Cold", "Activated")  # segments that people act on


def preview(numbers: WhatIf, is_first: bool) -> SafeString:
    """What a draft would do: "2 accounts more at 75 or more: 5 instead of 3; 4 enter Red Hot, 1 leaves it." """
    kind = "account" if any(numbers.accounts.counted) else "user"
    found = numbers.accounts if kind == "account" else numbers.users
    if not any(found.counted):
        return format_html("{}", "Nobody is known yet, so there is nothing to show; the first event brings the first.")
    if is_first:
        return format_html(
            "{} would be scored, {} of them at 75 or more.",
            bold(words.count(found.scored[1], kind)),
            bold(words.number(found.bands[1]["most"])),
        )
    if not numbers.accounts.moved and not numbers.users.moved:
        return _counted_otherwise(kind, found)
    return format_html("{}{}.", _at_the_top(kind, found), _passing(found))


def automations(would: Sequence[Would]) -> SafeString:
    """3 accounts would meet the trigger of Tell sales, 2 users that of Say hello; saving the profile fires nothing."""
    if not would:
        return SafeString()
    first, *others = sorted(would, key=lambda each: -each.entities)
    told = format_html(
        "{} would meet the trigger of {}", bold(words.count(first.entities, first.scope)), bold(first.name)
    )
    for each in others[:MOST_TOLD]:
        told = format_html("{}, {} that of {}", told, words.count(each.entities, each.scope), each.name)
    more = len(others) - MOST_TOLD
    rest = format_html(", and some those of {}", words.count(more, "other")) if more > 0 else ""
    return format_html("{}{}; saving the profile itself fires nothing.", told, rest)


def writes(records: int) -> SafeString:
    if not records:
        return SafeString()
    return format_html("{} in connected tools would be written anew.", bold(words.count(records, "record")))


def _at_the_top(kind: str, found: Consequences) -> SafeString:
    before, after = (bands["most"] for bands in found.bands)
    if before == after:
        return format_html("Scores move, but {} stay at 75 or more", bold(words.count(after, kind)))
    more = "more" if after > before else "fewer"
    return format_html(
        "{} at 75 or more: {} instead of {}",
        bold(words.count(abs(after - before), f"{kind} {more}", f"{kind}s {more}")),
        words.number(after),
        words.number(before),
    )


def _counted_otherwise(kind: str, found: Consequences) -> SafeString:
    before, after = found.counted
    if before == after:
        return format_html("Nothing moves: the draft gives everyone the score they have{}.", _passing(found))
    return format_html(
        "{} instead of {}; their scores stay{}.",
        bold(words.count(after, kind)), words.number(before), _passing(found),
    )  # fmt: skip


def _passing(found: Consequences) -> SafeString:
    """; 4 enter Red Hot, 1 leaves it: of the segments that say what to do, the busiest."""
    told = [each for each in found.segments if (each.entered or each.left) and each.name in TELLING]
    if not told:
        return SafeString()
    busiest = max(told, key=lambda each: each.entered + each.left)
    ways = [(busiest.entered, "enters", "enter"), (busiest.left, "leaves", "leave")]
    said = [format_html("{} {}", bold(n), one if n == 1 else many) for n, one, many in ways if n]
    whom = busiest.name if len(said) == 1 else format_html("{}, {} it", busiest.name, said[1])
    return format_html("; {} {}", said[0], whom)


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

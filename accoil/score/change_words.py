"""Why a score changed, as a colleague would say it. Pure: of what `accoil.score.change.why` tells."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from accoil.score import wording as words

Row = Mapping[str, Any]

SHORT = {
    "behaviour": "what people did",
    "benchmark": "what everybody else did",
    "membership": "who belongs to it",
    "definition": "the new definition",
}
NOW_AND_THEN = {1: ("today", "yesterday"), 7: ("this week", "last week")}


def sentence(told: Row, today: date | None = None) -> str:
    """Up 12: 4 Reports created this week against 1 last week; what everybody else did takes 2. `today`: the day it is,
    where the change may end on an earlier one."""
    change = words.change(told["change"]).capitalize()
    opening = change if told["change"] else f"{change} at {told['score_after']}"
    return f"{opening}: {because(told, today)}."


def because(told: Row, today: date | None = None) -> str:
    """What follows the colon: the part that moved most the way the score went, in full; then the others."""
    parts = {name: part for name, part in told["parts"].items() if part}
    ranked = sorted(parts, key=lambda name: -abs(parts[name]))
    if not ranked:
        return "nothing that counts is different" if told["raw_after"] else "nothing that counts was done"
    if not told["change"]:
        return words.listed([gives(name, parts[name]) for name in ranked], most=4)
    first = main_part(told)
    others = [gives(name, parts[name]) for name in ranked if name != first]
    return "; ".join(filter(None, [reason(first, told, today), words.listed(others)]))


def main_part(told: Row) -> str:
    """What moved a score that changed most the way it went."""
    way: list[str] = [name for name, part in told["parts"].items() if part and (part > 0) == (told["change"] > 0)]
    return max(way, key=lambda name: abs(told["parts"][name]))


def gives(name: str, part: int) -> str:
    return f"{SHORT[name]} {'adds' if part > 0 else 'takes'} {abs(part)}"


def reason(name: str, told: Row, today: date | None = None) -> str:
    """What stands behind one part."""
    if name == "behaviour":
        return did(told, today)
    if name == "membership":
        return averaged(told)
    if name == "definition":
        return "events are scored in another way now"
    before, after = told["benchmark_before"], told["benchmark_after"]
    if not before or not after or before == after:
        return "the same counts for something else now"
    did_more = after > before
    return (
        f"everybody else did {'more' if did_more else 'less'}, so the same counts for {'less' if did_more else 'more'}"
    )


def averaged(told: Row) -> str:
    """2 people joined and 1 left, which lowers the average of its people by 4: an account's score is that average."""
    part = told["parts"]["membership"]
    return f"{moved(told)}, which {'raises' if part > 0 else 'lowers'} the average of its people by {abs(part)}"


def moved(told: Row) -> str:
    """2 people joined and 1 left"""
    came = [f"{words.count(told['joined'], 'person', 'people')} joined"] if told["joined"] else []
    went = (
        [f"{words.count(told['left'], 'person', 'people') if not came else told['left']} left"] if told["left"] else []
    )
    return " and ".join(came + went) or "who belongs to it changed"


def did(told: Row, today: date | None = None) -> str:
    """The event that moved most points the way the score went: 4 Reports created this week against 1 last week"""
    up = told["parts"]["behaviour"] > 0
    events = [event for event in told["events"] if (net(event) > 0) == up and net(event)]
    # An account may do less and score more, when only its busiest people go on.
    against_points = (told["raw_after"] - told["raw_before"]) * (1 if up else -1) < 0
    if not events or against_points:
        return active(told, today)
    event = max(events, key=lambda each: abs(net(each)))
    now, then = spans(told, today)
    before = words.number(event["count_before"]) if event["count_before"] else "none"
    return _against(words.happened(event["event"], event["count_after"]), now, before, then)


def active(told: Row, today: date | None = None) -> str:
    """An account's score is the mean of its active people's, so it moves with who they are."""
    before, after = told["active_before"], told["active_after"]
    if before == after:
        return "the work is shared among its people in another way"
    now, then = spans(told, today)
    people = words.count(after, "person", "people")
    return f"{_against(f'{people} active', now, words.number(before), then)}, and the score is their average"


def _against(what: str, now: str, before: str, then: str) -> str:
    return " ".join(filter(None, (what, now, "against", before, then)))


def net(event: Row) -> float:
    """Points more or less than before."""
    return float(event["gained"] - event["aged_out"])


def spans(told: Row, today: date | None = None) -> tuple[str, str]:
    """How the two windows are called; the first may need no name. `told` may bring `spans` of its own."""
    if "spans" in told:
        return told["spans"]  # type: ignore[no-any-return]
    window, first, last = told["window"], told["from"], told["to"]
    if (last - first).days != window:
        return f"in {_the(window)} to {_day(last)}", f"in {_the(window)} to {_day(first)}"
    if today is not None and last != today:
        return f"in {_the(window)} to {_day(last)}", f"in {words.window_before(window)}"
    return NOW_AND_THEN.get(window, (words.this_window(window), words.window_before(window)))


def _the(window: int) -> str:
    """the week, the 30 days"""
    return f"the {words.window(window).removeprefix('a ')}"


def _day(day: date) -> str:
    return f"{day.day} {day:%b %Y}"

"""Why a score changed, as a colleague would say it. Pure: of what `accoil.score.change.why` tells."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from accoil.show import words

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
    parts = {name: part for name, part in told["parts"].items() if part}
    change = told["change"]
    if not parts:
        return f"Unchanged at {told['score_after']}: nothing that counts is different."
    ranked = sorted(parts, key=lambda name: -abs(parts[name]))
    if not change:
        return f"Unchanged at {told['score_after']}: {words.listed([gives(name, parts[name]) for name in ranked], 4)}."
    first = next(name for name in ranked if (parts[name] > 0) == (change > 0))
    others = [gives(name, parts[name]) for name in ranked if name != first]
    more = f"; {words.listed(others)}" if others else ""
    return f"{words.change(change).capitalize()}: {reason(first, told, today)}{more}."


def gives(name: str, part: int) -> str:
    return f"{SHORT[name]} {'adds' if part > 0 else 'takes'} {abs(part)}"


def reason(name: str, told: Row, today: date | None = None) -> str:
    """What stands behind one part."""
    if name == "behaviour":
        return did(told, today)
    if name == "membership":
        return moved(told)
    if name == "definition":
        return "events are scored in another way now"
    before, after = told["benchmark_before"], told["benchmark_after"]
    if not before or not after or before == after:
        return "the same counts for something else now"
    did_more = after > before
    return (
        f"everybody else did {'more' if did_more else 'less'}, so the same counts for {'less' if did_more else 'more'}"
    )


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
    if not events:
        return fewer(told)
    event = max(events, key=lambda each: abs(net(each)))
    now, then = spans(told, today)
    if not event["count_after"]:
        return f"no {words.event(event['event'])} {now} against {words.number(event['count_before'])} {then}"
    before = words.number(event["count_before"]) if event["count_before"] else "none"
    return f"{words.happened(event['event'], event['count_after'])} {now} against {before} {then}"


def fewer(told: Row) -> str:
    """An account's score is the mean of its active people's, so it moves with who they are."""
    before, after = told["active_before"], told["active_after"]
    if before == after:
        return "its people share the work in another way"
    return f"{words.count(after, 'person is', 'people are')} active, {before} {'was' if before == 1 else 'were'} before"


def net(event: Row) -> float:
    """Points more or less than before."""
    return float(event["gained"] - event["aged_out"])


def spans(told: Row, today: date | None = None) -> tuple[str, str]:
    """How the two windows are called."""
    window, first, last = told["window"], told["from"], told["to"]
    if (last - first).days != window:
        return f"in {words.window(window)} to {_day(last)}", f"in {words.window(window)} to {_day(first)}"
    if today is not None and last != today:
        return f"in {words.window(window)} to {_day(last)}", words.window_before(window)
    return NOW_AND_THEN.get(window, (words.this_window(window), words.window_before(window)))


def _day(day: date) -> str:
    return f"{day.day} {day:%b %Y}"

"""A row of the book in the few words that fit beside a conversation. Pure."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from accoil.count.ids import Kind
from accoil.rule import tree
from accoil.score.definition import Definition
from accoil.show import insights, words
from accoil.show.inbox.parts import plain

MOST_SEGMENTS = 8
MOST_STEPS = 4

Row = Mapping[str, Any]


def engagement(row: Row) -> str:
    """72 (+5)"""
    moved = words.gain(row["change"]) if row["change"] else "unchanged"
    return f"{row['score']} ({moved})" if row["last_active"] else str(row["score"])


def band(row: Row) -> str:
    return words.band(row["score"]) if row["last_active"] else "nothing done yet"


def activation(row: Row, definition: Definition, kind: Kind, today: date) -> str:
    """50 % (2 of 4); nothing in a profile without steps."""
    done, steps = row["activation"], definition.activation.steps(kind)
    if done is None or not steps:
        return ""
    if done >= 1:
        return f"Activated {words.day(row['activated_on'], today)}" if row["activated_on"] else "Activated"
    return f"{words.percent(done)} ({row['steps_met'].bit_count()} of {len(steps)})"


def missing(row: Row, definition: Definition, kind: Kind) -> str:
    """The steps of activation that are still to be done, in words; nothing when none is."""
    steps = definition.activation.steps(kind)
    left = [tree.words(step, kind) for place, step in enumerate(steps) if not row["steps_met"] >> place & 1]
    return words.listed([plain(each) for each in left], most=MOST_STEPS)


def frequency(row: Row, window: int) -> str:
    """4 of 7 days"""
    return f"{row['frequency']} of {words.count(window, 'day')}"


def adoption(done: int, definition: Definition) -> str:
    """33 % (4 of 12)"""
    scored = len(definition.events)
    return f"{words.percent(done / scored)} ({done} of {scored})"


def last_active(row: Row, today: date) -> str:
    return words.day(row["last_active"], today) if row["last_active"] else "never"


def pays(row: Row) -> str:
    """$1,200 a month"""
    return f"{words.money(row['mrr'])} a month" if (row["mrr"] or 0) > 0 else ""


def segments(names: Sequence[str]) -> str:
    return words.listed(list(names), most=MOST_SEGMENTS) or "none"


def account(row: Row, window: int, today: date) -> str:
    """**Acme** is at 72, up 12 in a week: 3 of 5 users were active this week, last today."""
    return insights.summary({**row, "name": f"**{plain(row['name'])}**"}, window, today)


def user(row: Row, window: int, today: date) -> str:
    """**Ann** is at 64, up 3 in a week: active on 3 of 7 days, last today."""
    name = f"**{plain(row['name'])}**"
    if not row["last_active"]:
        return f"{name} has done nothing yet that counts."
    last = words.day(row["last_active"], today)
    if not row["score"]:
        return f"{name} was not active {words.this_window(window)}; last was {last}."
    moved = words.change_in(row["change"], window)
    return f"{name} is at {row['score']}, {moved}: active on {frequency(row, window)}, last {last}."


def advice(row: Row, today: date) -> str:
    """What to do about an account, if there is anything."""
    urgent = insights.recommendations(row, insights.health_of(row), (), today)[0]
    return "" if urgent == insights.NOTHING else urgent


def when(at: datetime, zone: ZoneInfo, today: date) -> str:
    """today at 14:03"""
    local = at.astimezone(zone)
    return f"{words.day(local.date(), today)} at {local:%H:%M}"

"""What a colleague would say about an account who has seen its numbers: how it is, and what to do. Rules, and words;
pure functions of a row of the book."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from accoil.show import words

Row = Mapping[str, Any]

HOT = 10  # points of change that are worth a person's time
MOST, LEAST = 75, 25
FEW = 0.5  # of users or events
SEVERAL = 3  # users, from which a share of them says something
NOTHING = "Nothing needs doing: leave them to it."


def of_account(row: Row, parts: Sequence[Row], window: int, as_of: date) -> dict[str, Any]:
    """`summary`, `health`, `recommendations`. `parts` are the scored events with their counts in the window."""
    health = health_of(row)
    return {
        "summary": summary(row, window, as_of),
        "health": health,
        "recommendations": recommendations(row, health, parts, as_of),
    }


def health_of(row: Row) -> str:
    if not row["score"]:
        return "inactive"
    if row["change"] <= -HOT:
        return "cooling"
    if row["score"] < LEAST:
        return "at_risk"
    return "healthy" if row["score"] >= MOST else "steady"


def summary(row: Row, window: int, as_of: date) -> str:
    """Acme is at 72, up 12 in a week: 3 of 5 users were active this week, last today."""
    if not row["score"]:
        last = f"last was {words.day(row['last_active'], as_of)}" if row["last_active"] else "never was so far"
        return f"{row['name']} was not active {words.this_window(window)}; it {last}."
    users = f"{row['active_users']} of {words.count(row['total_users'], 'user')}"
    were = f"{users} {'was' if row['active_users'] == 1 else 'were'} active {words.this_window(window)}"
    moved = words.change_in(row["change"], window)
    return f"{row['name']} is at {row['score']}, {moved}: {were}, last {words.day(row['last_active'], as_of)}."


def recommendations(row: Row, health: str, parts: Sequence[Row], as_of: date) -> list[str]:
    """The most urgent first; never empty."""
    said = [
        _quiet(row, health),
        _cooling(row, health),
        _few_people(row),
        _few_events(row, parts),
        _not_activated(row),
        _growing(row, health),
    ]
    return [sentence for sentence in said if sentence] or [NOTHING]


def _quiet(row: Row, health: str) -> str:
    if health != "inactive":
        return ""
    return f"Ask what stopped them{_value(row)}." if row["last_active"] else f"Help them begin{_value(row)}."


def _cooling(row: Row, health: str) -> str:
    return f"Call before it goes on: the score fell by {-row['change']}{_value(row)}." if health == "cooling" else ""


def _value(row: Row) -> str:
    return f"; they pay {words.money(row['mrr'])} a month" if (row.get("mrr") or 0) > 0 else ""


def _few_people(row: Row) -> str:
    active, total = row["active_users"], row["total_users"]
    if total < SEVERAL or not active or active >= total * FEW:
        return ""
    if active == 1:
        return f"All rests on one of {total} users: win a second one."
    return f"Only {active} of {total} users are active: offer the others a start."


def _few_events(row: Row, parts: Sequence[Row]) -> str:
    unused = [part["event"] for part in sorted(parts, key=lambda part: -part["weight"]) if not part["count"]]
    if not row["score"] or row["adoption"] >= FEW or not unused:
        return ""
    return f"Show them what they don't use: {' and '.join(words.event(name) for name in unused[:2])}."


def _not_activated(row: Row) -> str:
    done = row["activation"]
    if done is None or done >= 1 or not row["score"]:
        return ""
    return f"Activation stands at {words.percent(done)}: help with the steps that are missing."


def _growing(row: Row, health: str) -> str:
    if health == "healthy" and row["change"] >= HOT:
        return "A good moment to ask for a reference, or to talk about more seats."
    return ""

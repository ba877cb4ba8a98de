"""The tiles above lists and on the dashboard: a label, a number, how it moved, and its last 30 days."""

from collections.abc import Sequence
from typing import Any

from accoil.count.ids import Kind
from accoil.show import words
from accoil.show.seen import SPARK_DAYS, Seen
from accoil.show.sentences import HOT

Tile = dict[str, Any]
Value = float | None


def active(seen: Seen, kind: Kind, history: Sequence[Tile]) -> Tile:
    some, total = seen.summary[f"active_{kind}s"], words.count(seen.summary[f"{kind}s"], kind)
    line = [day[f"active_{kind}s"] for day in history[-SPARK_DAYS:]]
    return {
        "label": f"Active {kind}s",
        "value": words.number(some),
        **made(seen, kind, "active", f"{words.number(some)} of {total} did something that counts."),
        "note": f"of {words.number(seen.summary[f'{kind}s'])}",
        "change": moved(line, seen.window),
        "line": line,
        "drawn": "count",
    }


def average(seen: Seen, kind: Kind, history: Sequence[Tile]) -> Tile:
    line = [day[f"average_{kind}_score"] for day in history[-SPARK_DAYS:]]
    return {
        "label": f"Average {kind} score",
        "value": round(seen.summary[f"average_{kind}_score"] or 0),
        **made(seen, kind, "average_score", average_of(seen, kind)),
        "change": moved(line, seen.window),
        "line": line,
        "drawn": "score",
    }


def share_active(seen: Seen) -> Tile:
    share = seen.summary["average_active_percent"] or 0
    return {
        "label": "Users active in an account",
        "value": words.percent(share),
        "note": "on average",
        **made(seen, "account", "average_active_percent", sort="-active_percent"),
        "meter": words.in_percent(share),
    }


def most_engaged(seen: Seen, kind: Kind) -> Tile:
    most = seen.summary[f"bands_{kind}s"]["most"]
    return {
        "label": "Most engaged",
        "value": words.number(most),
        **made(seen, kind, "most_engaged", f"{share_of(most, seen, kind)} % of all {kind}s score 75 or more."),
        "note": "at 75 or more",
        "meter": share_of(most, seen, kind),
        "band": "most",
    }


def lost(seen: Seen, kind: Kind) -> Tile:
    """Those that cooled down, and what they pay: the money worth a call today."""
    moved = seen.moved(kind)
    note = f"pay {words.money(moved.mrr)} a month" if moved.mrr else ""
    return {
        "label": f"Lost {HOT} points or more",
        "value": words.number(moved.fell),
        **made(
            seen, kind, "lost", f"{share_of(moved.fell, seen, kind)} % of all {kind}s cooled down so far.", "change"
        ),
        "note": note,
        "meter": share_of(moved.fell, seen, kind),
        "band": "least",
    }


def made(seen: Seen, kind: Kind, says: str, sentence: str = "", sort: str = "") -> Tile:
    """What the number of a tile says on click, with the link to the list behind it."""
    link = seen.frame.link(f"{kind}s", sort=sort)
    return {"says": says, "made": sentence, "link": link, "go": f"See the {kind}s"}


def average_of(seen: Seen, kind: Kind) -> str:
    some, average = seen.summary[f"active_{kind}s"], seen.summary[f"average_{kind}_score"]
    if not some or average is None:
        return f"No {kind} was active."
    return f"{words.count(some, f'active {kind}')} at {words.number(round(average, 1))} on average."


def share_of(some: int, seen: Seen, kind: Kind) -> int:
    """In percent, for the thin bar of a tile."""
    return words.in_percent(some / (seen.summary[f"{kind}s"] or 1))


def moved(values: Sequence[Value], window: int) -> Value:
    """The last value less the one a window before; None when the line does not reach so far back."""
    if len(values) <= window:
        return None
    now, then = values[-1], values[-1 - window]
    return None if now is None or then is None else now - then

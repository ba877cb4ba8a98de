"""What a draft would do, ready to be shown beside the editor."""

from collections.abc import Sequence
from typing import Any

from accoil.act.what_if import Drafted
from accoil.score.what_if import SCOPES, Consequences, Mover, Passing
from accoil.show import bars, consequences, tables

MOST_SEGMENTS = 8
BANDS = ("Most Engaged", "Slightly Engaged", "Passive", "Least Engaged")  # told beside, as bands

Values = dict[str, Any]


def told(drafted: Drafted, is_first: bool, side: str = "") -> Values:
    """`side`: whom the person looks at, account or user."""
    numbers = drafted.numbers
    shown = side if side in SCOPES else "account" if numbers.accounts.counted[1] else "user"
    return {
        "sentence": consequences.preview(numbers, is_first),
        "sides": [_side(scope, numbers.of(scope), is_first, scope == shown) for scope in SCOPES],
        "automations": consequences.automations(drafted.automations),
        "writes": consequences.writes(drafted.writes),
        "benchmark": numbers.benchmark,
        "outlined": not is_first,
        "milliseconds": numbers.seconds * 1000,
        "scored": numbers.users.scored[1],
    }


def _side(scope: str, found: Consequences, is_first: bool, is_shown: bool) -> Values:
    before, after = found.histogram
    passing = passed(found.segments)
    return {
        "scope": scope,
        "shown": is_shown,
        "counted": found.counted[1],
        "moved": found.moved,
        "histogram": bars.histogram(scope, before, after),
        "bands": tables.bands(found.bands[1], None if is_first else found.bands[0]),
        "up": moved(found.movers, up=True),
        "down": moved(found.movers, up=False),
        "segments": [] if is_first else passing[:MOST_SEGMENTS],
        "more_segments": max(0, len(passing) - MOST_SEGMENTS),
    }


def moved(movers: Sequence[Mover], up: bool) -> list[Mover]:
    """The furthest first."""
    found = [mover for mover in movers if (mover.move > 0) == up]
    return sorted(found, key=lambda mover: -abs(mover.move))


def passed(segments: Sequence[Passing]) -> list[Passing]:
    """Segments that somebody enters or leaves, the busiest first."""
    busy = [each for each in segments if (each.entered or each.left) and each.name not in BANDS]
    return sorted(busy, key=lambda each: (-each.entered - each.left, each.name))

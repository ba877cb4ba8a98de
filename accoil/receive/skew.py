"""Clocks of phones and laptops that are wrong: `sentAt`, put on by the same clock as the events, shows by how much."""

from functools import lru_cache
from typing import Any, Protocol

from accoil.receive import times
from accoil.receive.calls import Context

# These write sentAt when a file of events is closed, which can be hours before it is sent: a clock that looks
# slow says nothing there.
SENT_AT_IS_STALE = (
    "analytics-swift",
    "analytics-ios",
    "analytics-kotlin",
    "Analytics-CSharp",
    "analytics-java",
)

_read_once = lru_cache(maxsize=64)(times.parse)  # every call of a batch is asked with the same one


class Timed(Protocol):
    """A call, on whichever way it goes."""

    timestamp: Any
    originalTimestamp: str | None
    context: Context | None


def skew(call: Timed, given: int, sent: str, received: int) -> int:
    """What to add to the time a call gives, in ms; 0 where the clock is right or can't be known to be wrong."""
    sent_at = _read_once(sent) if len(sent) <= times.LONGEST else None
    if sent_at is None:
        return 0
    slow = received - sent_at
    if abs(slow) <= times.SKEW_WORTH_MENDING and given <= received:
        return 0
    library = (call.context.library.name if call.context and call.context.library else None) or ""
    stale = slow > 0 and library.startswith(SENT_AT_IS_STALE)
    chosen_by_rudder = call.timestamp is not None and call.originalTimestamp is not None
    return 0 if stale or chosen_by_rudder else slow

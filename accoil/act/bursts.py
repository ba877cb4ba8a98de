"""Whoever reads a channel, or a mailbox, is told at once, and then not again for a minute: what comes meanwhile waits,
and is told in one message. Kept in this process; after a restart a minute may be shorter."""

import threading

from accoil.act.actions import together
from accoil.act.models import Delivery
from accoil.connect.now import now

APART = 60.0  # seconds between two messages to one place
WHY = "Something was told there a moment ago; what comes within a minute is told in one message."

Place = tuple[int | None, str, str]  # connection, action, what the field holds

_last: dict[Place, float] = {}
_lock = threading.Lock()


def wait(delivery: Delivery) -> float:
    """Seconds until something may be told where this one goes; 0 when it may now, and then that is written down."""
    place = _place(delivery)
    if place is None:
        return 0.0
    with _lock:
        at = now()
        left = _last.get(place, float("-inf")) + APART - at
        if left > 0:
            return left
        for old in [each for each, last in _last.items() if last + APART <= at]:
            del _last[old]
        _last[place] = at
        return 0.0


def take_back(delivery: Delivery) -> None:
    """It was not told."""
    place = _place(delivery)
    with _lock:
        if place is not None:
            _last.pop(place, None)


def forget() -> None:
    """All of them."""
    with _lock:
        _last.clear()


def _place(delivery: Delivery) -> Place | None:
    field = together(delivery.action)
    if delivery.feed_id or field not in delivery.values:
        return None
    return (delivery.connection_id, delivery.action, delivery.values[field])

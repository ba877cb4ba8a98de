"""Events of days of which no counts are kept any more are refused: they could be counted twice."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

import pyarrow.compute as pc

from accoil.receive.calls import EVENT, Call

if TYPE_CHECKING:
    from accoil.receive.tracks import Short

CODE = "too_old"
TOO_OLD = "The event is older than what is kept of each day: see Settings > Privacy."


def is_too_old(call: Call, kept_since: int) -> bool:
    """To be asked when the call's time is final. What is told of a user or an account is never too old."""
    return call.kind == EVENT and call.at < kept_since


def may_be_old(short: Short, kept_since: int) -> bool:
    """Whether a plain body has to be looked at. The texts tell, without being read: what is written with a later year
    is later, in any zone; nearly all events are of this year."""
    if not kept_since:
        return False
    if short.texts is None:
        first = min(call.timestamp for call in short.calls)
    else:
        first = pc.min(short.texts["timestamp"]).as_py()
    return bool(first < _later(kept_since))


@lru_cache(maxsize=1_000)
def _later(moment: int) -> str:
    """The first year that begins after it everywhere."""
    return str((datetime.fromtimestamp(moment / 1000, UTC) + timedelta(days=1)).year + 1)

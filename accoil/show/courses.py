"""How large segments were, day by day."""

from accoil.count import days
from accoil.count.ids import Kind
from accoil.segment import sizes
from accoil.segment.built_ins import with_built_ins
from accoil.segment.models import Segment
from accoil.show.frame import Frame


def course_of(frame: Frame, kind: Kind, key: str, length: int) -> list[int | None]:
    """Members of a built-in segment day by day, as written down."""
    segment = next(each for each in with_built_ins(frame.chosen) if each.key == key and each.scope == kind)
    return line_of(frame, segment, length)


def line_of(frame: Frame, segment: Segment, length: int, now: int | None = None) -> list[int | None]:
    """Members day by day, as written down; None before anybody looked, and while that is still being worked out. A day
    on which nothing changed is as the one before."""
    last = days.number(frame.as_of)
    first = last - length + 1
    since = segment.known_from
    known = sizes.course(segment.pk, max(first, days.number(since)), last) if since else {}
    line: list[int | None] = []
    for day in range(first, last + 1):
        line.append(known[day].members if day in known else line[-1] if line else None)
    if now is not None and not frame.is_past:
        line[-1] = now
    return line

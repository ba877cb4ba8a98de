"""What happened since somebody was here last: who cooled down, became inactive, arrived. In the order of urgency."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from accoil.segment.arrivals import arrived
from accoil.segment.built_ins import with_built_ins
from accoil.segment.models import Filling, Segment
from accoil.show import words
from accoil.show.frame import Frame
from accoil.show.models import Visit
from accoil.show.seen import Seen

PAUSE = timedelta(minutes=30)  # after which somebody who comes again begins a new visit
NOTED = timedelta(minutes=1)  # within a visit, how often it is written down that he is still here
FIRST = timedelta(days=7)  # what a first visit looks back on
LONGEST = timedelta(days=90)
MOST = 500  # of one kind that are looked at
NAMED = 3

# Built-in segments that somebody should hear of, with what it means to have come into one.
HAPPENED = {
    "cold": "began to cool down",
    "inactive": "became inactive",
    "hot": "began to warm up",
    "activated": "activated",
    "new": "arrived",
}

Values = dict[str, Any]


def visited(frame: Frame) -> datetime | None:
    """When the visit before this one ended; None at the first one. Notes that the person is here now."""
    now, mine = timezone.now(), {"user": frame.author, "product": frame.product}
    visit, is_first = Visit.objects.get_or_create(**mine, defaults={"last_at": now})
    if is_first or now - visit.last_at < NOTED:
        return visit.before
    if now - visit.last_at > PAUSE:
        visit.before = visit.last_at
    visit.last_at = now
    visit.save(update_fields=["last_at", "before"])
    return visit.before


def told(seen: Seen) -> Values | None:
    """`title`, `when`, `lines` of what happened, whether some of the past is still being worked out, and whether the
    profile is too new to tell; None on a past day."""
    frame = seen.frame
    if frame.is_past or frame.profile is None:
        return None
    before, now = visited(frame), timezone.now()
    since = max(before or now - FIRST, now - LONGEST)
    day = words.full_day(since.astimezone(frame.product.zone).date())
    telling = [each for each in with_built_ins(frame.profile) if each.scope == seen.kind and _is_telling(each)]
    # Until then, everybody who is inside seems to have come on the first day that was recorded.
    filling = set(Filling.objects.filter(profile=frame.profile).values_list("segments", flat=True))
    mine = [each for each in telling if each.fill_from is None and each.pk not in filling]
    came = arrived(mine, since, MOST)
    return {
        "title": "Since you were here" if before else "In the last week",
        "when": f"{day}, {words.ago(since, now)}" if before else "",
        "lines": _lines(seen, sorted(mine, key=_urgency), came, since),
        "is_new": before is None and frame.profile.created_at > since,
        "is_filling": len(mine) < len(telling),
    }


def _is_telling(segment: Segment) -> bool:
    return not segment.is_stage and (segment.key in HAPPENED or not segment.is_built_in)


def _urgency(segment: Segment) -> int:
    """Own segments right after those who cooled down or became inactive: somebody made them to be told."""
    order = ["cold", "inactive", "", "hot", "activated", "new"]
    return order.index(segment.key if segment.is_built_in else "")


def _lines(seen: Seen, segments: Sequence[Segment], came: dict[int, list[int]], since: datetime) -> list[Values]:
    everyone = sorted({entity for some in came.values() for entity in some})
    worth = "-mrr" if seen.kind == "account" else "-score"
    rows = seen.page(seen.kind, ids=everyone, sort=worth, limit=len(everyone)).rows if everyone else []
    lines = []
    for segment in segments:
        theirs = set(came.get(segment.pk, ()))
        if those := [row for row in rows if row["id"] in theirs]:
            lines.append(_line(seen, segment, those, since))
    return lines


def _line(seen: Seen, segment: Segment, rows: Sequence[Values], since: datetime) -> Values:
    """`link`: to the list of exactly those."""
    frame = seen.frame
    more = "+" if len(rows) >= MOST else ""
    return {
        "count": f"{words.count(len(rows), seen.kind)}{more}",
        "did": HAPPENED[segment.key] if segment.is_built_in else f"came into {segment.name}",
        "named": [{**row, "link": frame.link(seen.kind, row["id"])} for row in rows[:NAMED]],
        "others": len(rows) - NAMED if len(rows) > NAMED else 0,
        "link": frame.link(f"{seen.kind}s", **{"in": segment.pk, "came": since.isoformat(timespec="seconds")}),
        "value": sum(row.get("mrr") or 0 for row in rows),
        "tone": {"cold": "least", "inactive": "least", "hot": "most", "activated": "most"}.get(segment.key, ""),
    }

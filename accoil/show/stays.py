"""Where somebody stands: the segments and stages that a user or an account is in, and those it came to and from."""

from collections.abc import Iterable
from typing import Any

from accoil.count import days
from accoil.count.ids import Kind
from accoil.segment import reading
from accoil.segment.models import Round, Stay
from accoil.show.frame import Frame

EVERYONE = "all"  # the built-in segment that says nothing about anybody
LAST = 6  # moves shown

Values = dict[str, Any]


def of(frame: Frame, kind: Kind, id: int) -> Values:
    """`inside`: where it is, stages first, the newest stay first; `moves`: where it came to and from last."""
    if frame.profile is None:
        return {"inside": [], "moves": []}
    stays = [stay for stay in reading.of_entity(frame.profile, kind, id) if stay.segment.key != EVERYONE]
    inside = [stay for stay in stays if stay.left_day is None]
    inside.sort(key=lambda stay: not stay.segment.is_stage)
    return {
        "inside": [{**_known(frame, stay), "since": days.day(stay.entered_day)} for stay in inside],
        "moves": sorted(_moves(frame, stays), key=lambda move: (move["day"], move["order"]), reverse=True)[:LAST],
    }


def _moves(frame: Frame, stays: Iterable[Stay]) -> Iterable[Values]:
    for stay in stays:
        if "first" not in stay.entered_in.data:
            yield {**_known(frame, stay), "way": "came to", **_told(stay.entered_day, stay.entered_in)}
        if stay.left_day is not None and stay.left_in is not None:
            yield {**_known(frame, stay), "way": "left", **_told(stay.left_day, stay.left_in)}


def _known(frame: Frame, stay: Stay) -> Values:
    return {"segment": stay.segment, "link": frame.link("segment", stay.segment_id)}


def _told(day: int, found_in: Round) -> Values:
    return {"day": days.day(day), "order": found_in.pk, "because": found_in.because}

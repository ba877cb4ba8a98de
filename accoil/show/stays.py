"""Where somebody stands: the segments and stages that a user or an account is in, those it came to and from, and what
automations did because of that."""

from collections.abc import Iterable
from typing import Any

from accoil.act.models import Firing
from accoil.count import days
from accoil.count.ids import Kind
from accoil.score.models import Profile
from accoil.segment import reading
from accoil.segment.built_in import EVERYONE
from accoil.segment.models import Round, Stay
from accoil.show.automations import saying
from accoil.show.frame import Frame

LAST = 6  # moves shown, and automations

Values = dict[str, Any]


def of(frame: Frame, kind: Kind, id: int) -> Values:
    """`inside`: where it is, stages first, the newest stay first; `moves`: where it came to and from last; `fired`:
    automations that acted on it last."""
    if frame.profile is None:
        return {"inside": [], "moves": [], "fired": []}
    stays = [stay for stay in reading.of_entity(frame.profile, kind, id) if stay.segment.key != EVERYONE]
    inside = [stay for stay in stays if stay.left_day is None]
    inside.sort(key=lambda stay: not stay.segment.is_stage)
    return {
        "inside": [
            {**_known(frame, stay), "since": days.day(stay.entered_day), "or_earlier": stay.may_be_longer}
            for stay in inside
        ],
        "moves": sorted(_moves(frame, stays), key=lambda move: (move["day"], move["order"]), reverse=True)[:LAST],
        "fired": _fired(frame, frame.profile, kind, id),
    }


def _moves(frame: Frame, stays: Iterable[Stay]) -> Iterable[Values]:
    for stay in stays:
        if not stay.may_be_longer:
            yield {**_known(frame, stay), "way": "came to", **_told(stay.entered_day, stay.entered_in)}
        if stay.left_day is not None and stay.left_in is not None:
            yield {**_known(frame, stay), "way": "left", **_told(stay.left_day, stay.left_in)}


def _fired(frame: Frame, profile: Profile, kind: Kind, id: int) -> list[Values]:
    found = Firing.objects.filter(automation__in=profile.automations.filter(scope=kind), entity=id)
    lines = found.filter(became=Firing.Became.FIRED).order_by("-at").select_related("automation")
    return [
        {
            "automation": line.automation,
            "link": frame.link("automation", line.automation_id),
            "day": line.at.astimezone(frame.product.zone).date(),
            "results": [saying.result(each, frame.may_change) for each in line.deliveries.all()],
        }
        for line in lines.prefetch_related("deliveries__connection")[:LAST]
    ]


def _known(frame: Frame, stay: Stay) -> Values:
    return {"segment": stay.segment, "link": frame.link("segment", stay.segment_id)}


def _told(day: int, found_in: Round) -> Values:
    return {"day": days.day(day), "order": found_in.pk, "because": found_in.because}

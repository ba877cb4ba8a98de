"""Who moved, and who was where: what automations, feeds and pages read."""

from datetime import date, datetime
from typing import Literal

import msgspec
from django.db.models import Q, QuerySet

from accoil.count import days
from accoil.count.ids import Kind
from accoil.score.book import open_book
from accoil.score.definition import Definition
from accoil.score.models import Profile
from accoil.segment.built_ins import with_built_ins
from accoil.segment.models import HAPPENED, Reason, Round, Segment, Stay
from accoil.segment.watched import Watched, watched

Way = Literal["entered", "left"]


class Move(msgspec.Struct, frozen=True, kw_only=True):
    """`id` is the same whoever asks: of segment, entity, day and way, and of who came back, or leaves on the day
    he entered, also of the round. `watermark` is where to go on reading.
    `happened`: something took place, rather than that a rule or definition was changed."""

    id: str
    watermark: int
    segment: Segment
    entity: int
    way: Way
    day: date
    at: datetime
    reason: Reason
    data: dict[str, int]
    because: str  # the end of a sentence

    @property
    def happened(self) -> bool:
        return self.reason in HAPPENED


def moves(profile: Profile, after: int = 0, limit: int = 10_000) -> list[Move]:
    """Moves of all segments and stages of the profile, in the order in which they were found; those after a watermark.
    Whole rounds: up to the first that ends at `limit` moves or more."""
    found: list[Move] = []
    for round in Round.objects.filter(profile=profile, pk__gt=after).exclude(reason=Reason.FILLED_IN).order_by("pk"):
        segments = Segment.objects.filter(profile=profile)
        stays = Stay.objects.filter(segment__in=segments).select_related("segment").order_by("segment", "entity")
        found += [_move(stay, "left", round) for stay in stays.filter(left_day=round.day, left_in=round)]
        entered = stays.filter(Q(entered_in=round, entered_day=round.day) | Q(back_in=round))
        found += [_move(stay, "entered", round, round.day) for stay in entered]
        if len(found) >= limit:
            break
    return found


def move_id(stay: Stay, way: Way, day: int, round: int) -> str:
    first = stay.entered_in_id == round if way == "entered" else stay.back_in_id is None and stay.entered_day != day
    known = f"{stay.segment_id}-{stay.entity}-{day}-{way}"
    return known if first else f"{known}-{round}"


def watermark(profile: Profile | int) -> int:
    """Of the last round there is: who begins to read here sees only what comes."""
    newest = Round.objects.filter(profile=profile).order_by("-pk").first()
    return newest.pk if newest else 0


def recent(segment: Segment, way: Way, limit: int) -> list[Move]:
    """The last to enter or leave, newest first."""
    stays = Stay.objects.filter(segment=segment).select_related("segment", f"{way}_in")
    stays = stays.order_by(f"-{way}_day", f"-{way}_in", "entity")
    if way == "left":
        stays = stays.exclude(left_day=None)
    return [_move(stay, way, getattr(stay, f"{way}_in")) for stay in stays[:limit]]


def of_entity(profile: Profile, scope: Kind, entity: int) -> list[Stay]:
    """All stays of a user or an account in the segments and stages of a profile, the newest first."""
    own = [segment for segment in with_built_ins(profile) if segment.scope == scope]
    found = Stay.objects.filter(segment__in=own, entity=entity).select_related("segment", "entered_in", "left_in")
    return list(found.order_by("-entered_day", "segment__kind", "segment__position", "segment_id"))


def recorded(segment: Segment | int, day: date) -> list[int]:
    """Those who were inside at the end of a day (so far, today), as it was written down."""
    return sorted(_on(segment, days.number(day)).values_list("entity", flat=True))


def members(segment: Segment, day: date, definition: Definition | None = None) -> list[int]:
    """Those for whom the rule of today holds as of any day, worked out anew from all that was received; under the
    definition in force today, or another. One must have stayed as long as the segment asks."""
    profile, scope = segment.profile, segment.scope
    definition = definition or profile.current.parsed
    asked = {each.id: each for each in watched(profile, scope, definition, with_built_ins(profile))}  # type: ignore[arg-type]
    return sorted(_matching(profile, asked, asked[segment.pk], day, definition, scope))  # type: ignore[arg-type]


def _matching(
    profile: Profile, asked: dict[int, Watched], each: Watched, day: date, definition: Definition, scope: Kind
) -> set[int]:
    last, inside = days.number(day), None
    for earlier in range(last - each.stay_days, last + 1):
        book = open_book(profile.product_id, definition, days.day(earlier))
        some = set(book.matching(each.rule, scope))
        for above in each.after:
            some -= set(book.matching(asked[above].rule, scope))
        inside = some if inside is None else inside & some
    return inside or set()


def _on(segment: Segment | int, day: int) -> QuerySet[Stay]:
    return Stay.objects.filter(Q(left_day=None) | Q(left_day__gt=day), segment=segment, entered_day__lte=day)


def _move(stay: Stay, way: Way, round: Round, day: int | None = None) -> Move:
    """`day`: of one who came back, where that is not the day on which the stay begins."""
    day = day or (stay.entered_day if way == "entered" else stay.left_day)
    assert day is not None
    return Move(
        id=move_id(stay, way, day, round.pk),
        watermark=round.pk,
        segment=stay.segment,
        entity=stay.entity,
        way=way,
        day=days.day(day),
        at=round.at,
        reason=Reason(round.reason),
        data=round.data,
        because=round.because,
    )

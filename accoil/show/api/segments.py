"""/v2/segments: the groups of a profile, how many are in each, and who."""

from typing import Annotated

from django.db.models import Q
from ninja import Path, Query, Router
from pydantic import Field

from accoil.count.ids import Kind
from accoil.rule.tree import words, written
from accoil.score.listed import ORDERS
from accoil.segment import figures, reading
from accoil.segment.models import Segment
from accoil.segment.sizes import Figures
from accoil.segment.watched import rule_of
from accoil.show.api.answered import add, columns
from accoil.show.api.asked import Asked, Asker, Id, Opened, Paging, Row, link, pages, pagination, sort_of
from accoil.show.api.errors import not_found
from accoil.show.api.people import Shown, lean
from accoil.show.api.shapes import segments as shapes
from accoil.show.export import Table
from accoil.show.export.people import COLUMNS, table

OurSegment = Annotated[int, Path(description="The segment's id.")]


class AskedSegments(Asked, Paging):
    scope: Kind | None = Field(None, description="Of accounts or of users; else both.")
    exclude_defaults: bool = Field(False, description="Without the ones that every profile has.")


class AskedSegment(Asked):
    workspace_id: Id | None = Field(None, description="The profile's id; the segment tells it.")  # type: ignore[assignment]


class AskedMembers(AskedSegment, Shown, Paging):
    pass


def put(router: Router) -> None:
    one = "/segments/{int:segment_id}"
    add(router, "/segments", segments, shapes.Segments, "list_segments", "segments")
    add(router, one, segment, shapes.OneSegment, "get_segment", "segments")
    members = f"{one}/members"
    add(router, members, members_of, shapes.Members, "segment_members", "segments", table=members_table)


def segments(asker: Asker, asked: Query[AskedSegments]) -> Row:
    """The segments of a profile: those that every profile has first, then its own. `value` is what the accounts pay a
    month (cents), `score` the mean of the active members."""
    opened = Opened(asker, asked)
    wanted = [each for each in opened.segments if _is_wanted(each, asked)]
    page = wanted[asked.offset : asked.offset + asked.limit]
    sizes: dict[int, Figures] = {}
    for scope in dict.fromkeys(each.scope for each in page):
        sizes |= figures.now(opened.profile, scope, opened.book, opened.segments)  # type: ignore[arg-type]
    return opened.top() | {
        "data": [_shown(opened, each, sizes[each.pk]) for each in page],
        "pagination": pagination(asked, len(wanted)),
        "_links": pages("/v2/segments", asked, len(wanted)),
    }


def segment(asker: Asker, segment_id: OurSegment, asked: Query[AskedSegment]) -> Row:
    """One segment."""
    opened, found = _opened(asker, segment_id, asked)
    scope: Kind = found.scope  # type: ignore[assignment]
    size = figures.now(opened.profile, scope, opened.book, opened.segments)[found.pk]
    return opened.top() | _shown(opened, found, size)


def members_of(asker: Asker, segment_id: OurSegment, asked: Query[AskedMembers]) -> Row:
    """The accounts, or users, in a segment, ranked by engagement score."""
    opened, found = _opened(asker, segment_id, asked)
    scope, wanted = _wanted(opened, found, asked)
    page = opened.book.page(scope, limit=asked.limit, offset=asked.offset, **wanted)
    return opened.top() | {
        "segment_id": found.pk,
        "scope": scope,
        "data": [lean(opened, scope, row) for row in page.rows],
        "pagination": pagination(asked, page.total),
        "_links": pages(f"/v2/segments/{found.pk}/members", asked, page.total),
    }


def members_table(asker: Asker, segment_id: OurSegment, asked: Query[AskedMembers]) -> Table:
    opened, found = _opened(asker, segment_id, asked)
    scope, wanted = _wanted(opened, found, asked)
    return table(opened.book, scope, columns(asked.columns, COLUMNS[scope]), f"segment-{found.pk}", **wanted)


def _wanted(opened: Opened, found: Segment, asked: AskedMembers) -> tuple[Kind, Row]:
    scope: Kind = found.scope  # type: ignore[assignment]
    opened.asker.needs(f"{scope}s")
    wanted: Row = {"search": asked.search, "sort": sort_of(asked.sort, ORDERS[scope])}
    if found.stay_days:
        return scope, wanted | {"ids": reading.members(found, opened.as_of, opened.definition)}
    return scope, wanted | {"rule": figures.rule_of(found, opened.book, opened.segments)}


def _opened(asker: Asker, segment_id: int, asked: AskedSegment) -> tuple[Opened, Segment]:
    """The profile of a segment of the asker's product, and it. Raises Wrong (404)."""
    known = Q(profile__product=asker.product, pk=segment_id)
    if asked.workspace_id is not None:
        known &= Q(profile=asked.workspace_id)
    found = Segment.objects.filter(known).exclude(journey__isnull=False).first()
    if found is None:
        raise not_found("segment")
    return Opened(asker, asked.model_copy(update={"workspace_id": found.profile_id})), found


def found_in(opened: Opened, segment_id: int, scope: Kind) -> Segment:
    """A segment of the profile that was opened. Raises Wrong (404)."""
    for each in opened.segments:
        if each.pk == segment_id and each.scope == scope and not each.is_stage:
            return each
    raise not_found(f"segment of {scope}s")


def _is_wanted(each: Segment, asked: AskedSegments) -> bool:
    if each.is_stage or (asked.exclude_defaults and each.is_built_in):
        return False
    return asked.scope in (None, each.scope)


def _shown(opened: Opened, each: Segment, size: Figures) -> Row:
    rule = rule_of(each, opened.definition)
    own = f"/v2/segments/{each.pk}"
    return {
        "id": each.pk,
        "name": each.name,
        "scope": each.scope,
        "default": each.is_built_in,
        "size": size.members,
        "value": size.value,
        "score": size.score,
        "rule": written(rule),
        "words": words(rule, each.scope),  # type: ignore[arg-type]
        "stay_days": each.stay_days,
        "_links": {"self": link(own), "members": link(f"{own}/members")},
    }

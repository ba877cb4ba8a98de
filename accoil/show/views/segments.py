"""Segments: all of a profile side by side, and the page of one: who is inside, how it grew, who came and went."""

from datetime import date, timedelta
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect

from accoil.count import days
from accoil.count.ids import Kind
from accoil.count.people import names
from accoil.rule.tree import words as rule_words
from accoil.segment import figures, filling, reading
from accoil.segment.built_ins import with_built_ins
from accoil.segment.models import Reason, Segment
from accoil.segment.sizes import Figures
from accoil.segment.watched import rule_of
from accoil.show import by_hand, charts, export, segment_words
from accoil.show.courses import line_of
from accoil.show.downloads import downloaded, files
from accoil.show.frame import Frame, page, scored_frame_of
from accoil.show.narrowing import whom
from accoil.show.seen import RANGES, SPARK_DAYS, Seen, range_links, range_of
from accoil.show.segment_pages import framed, list_link, scope_of, tabs
from accoil.show.views.people import listed, table_of

WEEK = 7
RECENT = 8  # who entered, and who left, on the page of a segment
FILLS = (30, 90, 365)  # days that can be filled in

Values = dict[str, Any]


def segments(request: HttpRequest, product_id: int) -> HttpResponse:
    frame = scored_frame_of(request, product_id, "segments")
    return page(frame, "show/segments.html", told(frame, scope_of(request)))


def segment(request: HttpRequest, product_id: int, segment_id: int) -> HttpResponse:
    frame, found = framed(request, product_id, Segment, segment_id)
    scope: Kind = found.scope  # type: ignore[assignment]
    seen = Seen(frame)
    link = partial(frame.link, "segment", found.pk)
    rows = listed(seen, scope, link, **whom(seen, found))
    rows["files"] = files(frame.link, "segment", found.pk, **rows["wanted"].query | {"page": ""})
    rows["ticks"] = by_hand.ticks(frame, scope, rows["wanted"], segment=found.pk)
    if request.headers.get("HX-Request") == "true":
        return page(frame, "show/people_rows.html", {**rows, "swapped": True})
    return page(frame, "show/segment.html", {**rows, **about(seen, found), **course(frame, found)})


def segment_file(request: HttpRequest, product_id: int, segment_id: int, suffix: export.Format) -> HttpResponseBase:
    """Its members, searched and sorted as the address says."""
    frame, found = framed(request, product_id, Segment, segment_id)
    scope: Kind = found.scope  # type: ignore[assignment]
    seen = Seen(frame)
    return downloaded(table_of(seen, scope, f"segment-{found.pk}", **whom(seen, found)), suffix)


def fill(request: HttpRequest, product_id: int, segment_id: int) -> HttpResponse:
    """Begins to fill in who was inside in the past."""
    frame, found = framed(request, product_id, Segment, segment_id)
    wanted = request.POST.get("days", "")
    back = int(wanted) if wanted in {str(each) for each in FILLS} else FILLS[0]
    first = max(frame.today - timedelta(days=back), frame.first_askable or date.min)
    filling.want([found], days.number(first))
    messages.success(request, f"The last {(frame.today - first).days} days of “{found.name}” are being worked out.")
    return redirect(frame.link("segment", found.pk))


def told(frame: Frame, scope: Kind) -> Values:
    """Every segment of that scope with its figures and its last 30 days."""
    seen = Seen(frame)
    all_segments = with_built_ins(frame.chosen)
    own = [each for each in all_segments if each.scope == scope and not each.is_stage]
    found = figures.now(frame.chosen, scope, seen.book, all_segments)
    total = seen.summary[f"{scope}s"]
    rows = [row(frame, each, found[each.pk], total) for each in own]
    return {
        "kind": scope,
        "rows": rows,
        "built_in": [each for each in rows if each["segment"].is_built_in],
        "custom": [each for each in rows if not each["segment"].is_built_in],
        "sentence": segment_words.overview(rows, scope),
        "tabs": tabs(frame, "segment", scope),
        "new_link": frame.link("new-segment", scope=scope),
        "total": total,
    }


def row(frame: Frame, segment: Segment, found: Figures, total: int) -> Values:
    line = line_of(frame, segment, SPARK_DAYS, found.members)
    return {
        "segment": segment,
        "link": frame.link("segment", segment.pk),
        "figures": found,
        "share": segment_words.share(found.members, total),
        "line": line,
        "gain": gain(line),
        "made": segment_words.made_of(found, total, line[-1 - WEEK] if len(line) > WEEK else None, segment.scope),
        "go": "See who is in it",
    }


def gain(line: list[int | None]) -> int | None:
    now, then = line[-1], line[-1 - WEEK] if len(line) > WEEK else None
    return None if now is None or then is None else now - then


def about(seen: Seen, segment: Segment) -> Values:
    """What it says, how many are inside, and what they are worth."""
    frame = seen.frame
    scope: Kind = segment.scope  # type: ignore[assignment]
    found = figures.now(segment.profile, scope, seen.book, with_built_ins(segment.profile))[segment.pk]
    line = line_of(frame, segment, SPARK_DAYS, found.members)
    total = seen.summary[f"{scope}s"]
    return {
        "segment": segment,
        "figures": found,
        "total": total,
        "share": segment_words.share(found.members, total),
        "gain": gain(line),
        "made": segment_words.made_of(found, total, None, scope),
        "sentence": segment_words.segment(found, scope, total, gain(line)),
        "says": rule_words(rule_of(segment, frame.definition), scope),
        "stay": segment_words.stay(segment),
        "known": segment_words.known_from(segment, frame.today),
        "filling": segment.fillings.first(),
        "fills": FILLS,
        "edit_link": frame.link("edit-segment", segment.pk),
        "copy_link": frame.link("new-segment", scope=scope, like=segment.pk),
        "automate_link": frame.link(
            "new-automation", scope=scope, **{"stage" if segment.is_stage else "segment": segment.name}
        ),
        "back": list_link(frame, "segment", scope),
    }


def course(frame: Frame, segment: Segment) -> Values:
    """The chart of its size, and who came and went last."""
    length = range_of(frame)
    first = frame.as_of - timedelta(days=length - 1)
    line = line_of(frame, segment, length)
    return {
        "chart": charts.count_chart(
            f"Members of {segment.name} over {length} days", [first + timedelta(days=n) for n in range(length)], line
        ),
        "ranges": range_links(frame, length, RANGES, "segment", segment.pk),
        "came": passed(frame, segment, "entered"),
        "went": passed(frame, segment, "left"),
    }


def passed(frame: Frame, segment: Segment, way: reading.Way) -> list[Values]:
    found = reading.recent(segment, way, RECENT)
    scope: Kind = segment.scope  # type: ignore[assignment]
    known = names(frame.product.pk, scope, [move.entity for move in found])
    return [
        {
            "name": known.get(move.entity, "somebody"),
            "link": frame.link(scope, move.entity),
            "day": move.day,
            "at": move.at,
            "because": "" if move.reason == Reason.FILLED_IN else move.because,  # the page says from when on that is so
        }
        for move in found
    ]

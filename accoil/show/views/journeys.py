"""Journeys: how many stand in each stage, who gets on, and who is stuck."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from accoil.count.ids import Kind
from accoil.count.people import names
from accoil.refused import Refused
from accoil.rule.tree import words as rule_words
from accoil.segment import figures, passage
from accoil.segment import journeys as keeping
from accoil.segment.built_ins import with_built_ins
from accoil.segment.models import Journey
from accoil.segment.ready_made import ReadyMade, ready_made
from accoil.segment.sizes import Figures
from accoil.segment.watched import rule_of
from accoil.show import segment_words, words
from accoil.show.frame import Frame, page, scored_frame_of
from accoil.show.seen import RANGES, Seen, range_links, range_of
from accoil.show.segment_pages import FILLED, framed, list_link, scope_of, tabs

STUCK = 25  # shown on the page of a journey

Values = dict[str, Any]


def journeys(request: HttpRequest, product_id: int) -> HttpResponse:
    frame = scored_frame_of(request, product_id, "journeys")
    scope, seen, length = scope_of(request), Seen(frame), range_of(frame)
    found = frame.chosen.journeys.filter(scope=scope)
    standing = stood(seen, scope) if found else {}
    rows = [funnel(seen, journey, standing, length) for journey in found]
    have = {journey.name.casefold() for journey in found}
    values = {
        "kind": scope,
        "rows": rows,
        "sentence": segment_words.journeys(rows, scope),
        "tabs": tabs(frame, "journey", scope),
        "ready": [each for each in ready_made(scope) if each.name.casefold() not in have],
        "new_link": frame.link("new-journey", scope=scope),
        "ready_link": frame.link("ready-journey"),
        "ranges": range_links(frame, length, RANGES, "journeys", scope=scope if scope == "user" else ""),
        "days_shown": length,
    }
    return page(frame, "show/journeys.html", values)


def journey(request: HttpRequest, product_id: int, journey_id: int) -> HttpResponse:
    frame, found = framed(request, product_id, Journey, journey_id)
    seen, length = Seen(frame), range_of(frame)
    row = funnel(seen, found, stood(seen, seen_scope(found)), length)
    values = {
        "kind": found.scope,
        "journey": found,
        "row": row,
        "sentence": segment_words.journeys([row], found.scope),
        "stuck": [each for stage in row["stages"] for each in stuck(frame, stage)],
        "edit_link": frame.link("edit-journey", found.pk),
        "back": list_link(frame, "journey", found.scope),
        "ranges": range_links(frame, length, RANGES, "journey", found.pk),
        "days_shown": length,
    }
    return page(frame, "show/journey.html", values)


def ready(request: HttpRequest, product_id: int) -> HttpResponse:
    """Makes one of the journeys that most products can begin with."""
    frame = scored_frame_of(request, product_id, "journeys")
    scope: Kind = "user" if request.POST.get("scope") == "user" else "account"
    wanted = next((each for each in ready_made(scope) if each.key == request.POST.get("key")), None)
    if wanted is None:
        raise Http404("There is no such journey.")
    try:
        made = made_of(frame, scope, wanted)
        messages.success(request, f"“{made.name}” is made. Who is in which stage is being written down.")
    except Refused as wrong:
        messages.error(request, str(wrong))
    return redirect(list_link(frame, "journey", scope))


def made_of(frame: Frame, scope: Kind, wanted: ReadyMade) -> Journey:
    stages = [keeping.Stage(name, rule) for name, rule in wanted.stages.items()]
    return keeping.create(frame.chosen, scope, wanted.name, stages, frame.author, FILLED)


def stood(seen: Seen, scope: Kind) -> dict[int, Figures]:
    """Who stands in which stage of all journeys of that scope."""
    return figures.now(seen.frame.chosen, scope, seen.book, with_built_ins(seen.frame.chosen))


def funnel(seen: Seen, journey: Journey, found: Mapping[int, Figures], length: int) -> Values:
    """The stages of a journey from the top, with everything that is known about each."""
    frame, scope = seen.frame, seen_scope(journey)
    passed = passage.passages(journey, frame.today - timedelta(days=length - 1), frame.today)
    stages = list(journey.stages.order_by("position"))
    most = max((found[stage.pk].members for stage in stages), default=0) or 1
    return {
        "journey": journey,
        "link": frame.link("journey", journey.pk),
        "edit_link": frame.link("edit-journey", journey.pk),
        "stages": [
            {
                "stage": stage,
                "link": frame.link("segment", stage.pk),
                "figures": found[stage.pk],
                "width": round(1000 * found[stage.pk].members / most),
                "passage": passed[stage.pk],
                "told": segment_words.stage(passed[stage.pk]),
                "made": segment_words.made_of(found[stage.pk], seen.summary[f"{scope}s"], None, scope)
                | segment_words.passing(passed[stage.pk], scope, length),
                "median": passed[stage.pk].median,
                "is_last": stage == stages[-1],
                "stuck": passage.how_many_stuck(stage, passed[stage.pk].stuck_after, frame.today),
                "says": rule_words(rule_of(stage, frame.definition), scope),
            }
            for stage in stages
        ],
    }


def stuck(frame: Frame, stage: Values) -> list[Values]:
    """Who has been in a stage much longer than usual, the longest first."""
    found = passage.stuck(stage["stage"], stage["passage"].stuck_after, frame.today, STUCK)
    scope = seen_scope(stage["stage"].journey)
    known = names(frame.product.pk, scope, [stay.entity for stay in found])
    return [
        {
            "name": known.get(stay.entity, "somebody"),
            "link": frame.link(scope, stay.entity),
            "stage": stage["stage"].name,
            "days": passage.length(stay, frame.today),
            "usual": words.count(stage["median"], "day"),
        }
        for stay in found
    ]


def seen_scope(journey: Journey) -> Kind:
    return "user" if journey.scope == "user" else "account"

"""The editor of one segment: it says in words what is typed and whom it holds for, and saves."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from accoil.count.ids import Kind
from accoil.refused import Refused
from accoil.rule.tree import EVERYTHING, check
from accoil.segment import keeping
from accoil.segment.built_ins import with_built_ins
from accoil.segment.models import Segment
from accoil.segment.watched import names, rule_of
from accoil.show.frame import Frame, page, scored_frame_of
from accoil.show.narrowing import narrowed
from accoil.show.rules import form, seen, telling
from accoil.show.rules.drafts import Branch, Row
from accoil.show.rules.telling import Typed
from accoil.show.seen import Seen
from accoil.show.segment_pages import FILLED, deleted, editing, framed, scope_of
from accoil.show.whole import whole

NAME = "rule"  # of the rule's fields

Values = dict[str, Any]


def new(request: HttpRequest, product_id: int) -> HttpResponse:
    frame = scored_frame_of(request, product_id, "segments")
    scope = scope_of(request)
    if request.method == "POST":
        return answer(frame, scope, None, telling.typed(request.POST, NAME))
    if begun := narrowed(frame, scope).rule:  # the filter of a list
        return editor(frame, scope, None, telling.of_rule(NAME, check(begun, scope, EVERYTHING)))
    like = Segment.objects.filter(profile=frame.chosen, pk=whole(request.GET.get("like"))).first()
    typed = Typed(NAME, Branch("all", (Row(),)))
    if like:
        scope = like.scope  # type: ignore[assignment]
        typed = telling.of_rule(NAME, rule_of(like, frame.definition))
    return editor(frame, scope, None, typed)


def edit(request: HttpRequest, product_id: int, segment_id: int) -> HttpResponse:
    frame, found = framed(request, product_id, Segment, segment_id)
    scope: Kind = found.scope  # type: ignore[assignment]
    if found.is_built_in or found.is_stage:
        return redirect(frame.link("segment", found.pk))
    if request.method == "POST":
        return answer(frame, scope, found, telling.typed(request.POST, NAME))
    return editor(frame, scope, found, telling.of_rule(NAME, rule_of(found, frame.definition)))


def delete(request: HttpRequest, product_id: int, segment_id: int) -> HttpResponse:
    return deleted(*framed(request, product_id, Segment, segment_id), keeping.delete)


def answer(frame: Frame, scope: Kind, found: Segment | None, typed: Typed) -> HttpResponse:
    """Tells about what is typed, or saves it."""
    request = frame.request
    typed, refusal = telling.turned(typed, request.POST.get("do", ""), scope)
    if request.headers.get("HX-Request") == "true":
        return page(frame, "show/segment_told.html", told(frame, scope, found, typed))
    if request.POST.get("do") != "save":
        return editor(frame, scope, found, typed, refusal)
    try:
        return save(frame, scope, found, typed)
    except Refused as wrong:
        return editor(frame, scope, found, typed, str(wrong), 422)


def save(frame: Frame, scope: Kind, found: Segment | None, typed: Typed) -> HttpResponse:
    sent = frame.request.POST
    rule = typed.written()
    if rule is None:
        raise Refused("Say who is in it: add a condition.")
    name, stay = sent.get("name", ""), _stay(sent.get("stay_days", ""))
    if found:
        keeping.change(found, name, rule, stay)
        messages.success(frame.request, f"“{found.name}” is saved. Who comes or goes by it is noted as such.")
        return redirect(frame.link("segment", found.pk))
    filled = FILLED if sent.get("fill") else 0
    made = keeping.create(frame.chosen, scope, name, rule, stay, frame.author, filled)
    messages.success(frame.request, f"“{made.name}” is made. Who is inside is being written down.")
    return redirect(frame.link("segment", made.pk))


def editor(
    frame: Frame, scope: Kind, found: Segment | None, typed: Typed, refusal: str = "", status: int = 200
) -> HttpResponse:
    sent = frame.request.POST
    first = frame.request.method != "POST"
    stay = found.stay_days if found else 0
    values = {
        **editing(frame, "segment", scope, found, refusal),
        "stay_days": stay if first else sent.get("stay_days", ""),
        "fill": first or bool(sent.get("fill")),
        "filled": FILLED,
    }
    return page(frame, "show/segment_edit.html", {**values, **told(frame, scope, found, typed)}, status)


def told(frame: Frame, scope: Kind, found: Segment | None, typed: Typed) -> Values:
    """The form of the rule, and what is to be said about it."""
    sees = Seen(frame)
    others = [each for each in with_built_ins(frame.chosen) if found is None or each.pk != found.pk]
    known = names(frame.chosen, scope, frame.definition, others)
    offer = form.offered(frame.product.pk, scope, frame.today, known)
    return {
        "rule": telling.shown(typed, frame.request.POST, offer),
        "rule_post": frame.request.get_full_path(),
        "rule_target": "#told",
        "window": frame.definition.window,
        "told": seen.told(typed, scope, known, sees),
        "kind": scope,
    }


def _stay(text: str) -> int:
    text = text.strip() or "0"
    if (days := whole(text, -1)) < 0:
        raise Refused(f"The minimum stay is “{text}”; write a whole number of days.")
    return days

"""The filter of a list: a rule in the form that segments have, shown as a list instead of being kept."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from accoil.count.ids import Kind
from accoil.refused import Refused
from accoil.rule.tree import EVERYTHING, check
from accoil.show.frame import page, scored_frame_of
from accoil.show.narrowing import LONGEST, Narrowed, all_names, narrowed
from accoil.show.rules import form, seen, telling
from accoil.show.rules.drafts import Branch, Row
from accoil.show.rules.telling import Typed
from accoil.show.seen import Seen

NAME = "rule"  # of the rule's fields


def edit(request: HttpRequest, product_id: int, kind: Kind) -> HttpResponse:
    frame = scored_frame_of(request, product_id, f"{kind}s")
    now = narrowed(frame, kind)
    if request.method != "POST":
        begun = Typed(NAME, Branch("all", (Row(),)))
        typed = telling.of_rule(NAME, check(now.rule, kind, EVERYTHING)) if now.rule else begun
        return editor(now, typed)
    do = request.POST.get("do", "")
    typed, refusal = telling.turned(telling.typed(request.POST, NAME), do, kind)
    if request.headers.get("HX-Request") == "true":
        return editor(now, typed, template="show/segment_told.html")
    if do != "show":
        return editor(now, typed, refusal)
    try:
        raw = typed.written()
        if raw:
            check(raw, kind, EVERYTHING)
    except Refused as wrong:
        return editor(now, typed, str(wrong), 422)
    query = now.but(rule=raw).query
    if len(str(query["rule"])) > LONGEST:
        return editor(now, typed, "This filter is too long for an address; keep it as a segment.", 422)
    return redirect(frame.link(f"{kind}s", **query))


def editor(
    now: Narrowed, typed: Typed, refusal: str = "", status: int = 200, template: str = "show/filter.html"
) -> HttpResponse:
    frame, kind = now.frame, now.kind
    known = all_names(frame, kind)
    offer = form.offered(frame.product.pk, kind, frame.today, known)
    values = {
        "kind": kind,
        "refusal": refusal,
        "rule": telling.shown(typed, frame.request.POST, offer),
        "rule_post": frame.request.get_full_path(),
        "rule_target": "#told",
        "window": frame.definition.window,
        "told": seen.told(typed, kind, known, Seen(frame)),
        "back": frame.link(f"{kind}s", **now.query),
    }
    return page(frame, template, values, status)

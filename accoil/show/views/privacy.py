"""Settings > Privacy: who was deleted and how far that is, the receipts, and who is refused since."""

import json
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, resolve_url

from accoil.count.ids import Kind
from accoil.erase import retention, suppression
from accoil.erase.models import Erasure
from accoil.erase.receipt import receipt
from accoil.refused import Refused
from accoil.show import kept_days, words
from accoil.show.frame import Frame, frame_of, page

MOST_SHOWN = 100
STEPS = [state for state in Erasure.State if state != Erasure.State.DONE]
ADVICE = "Nobody with this id was deleted. Ids are compared exactly, capitals and spaces too."


def privacy(request: HttpRequest, product_id: int) -> HttpResponse:
    """The whole page, or for htmx what moves on it. A POST looks whether an id was deleted."""
    frame = frame_of(request, product_id, "settings")
    if request.headers.get("HX-Request") == "true" and request.method == "GET":
        if request.GET.get("part") == "kept":
            return page(frame, "show/kept_days.html", kept_days.told(frame))
        return page(frame, "show/privacy_list.html", told(frame))
    values = told(frame) | kept_days.told(frame) | {"whole": True}
    if request.method == "POST":
        kind: Kind = "account" if request.POST.get("kind") == "account" else "user"
        values |= found(frame, kind, request.POST.get("id", ""))
    return page(frame, "show/privacy.html", values)


def keep(request: HttpRequest, product_id: int) -> HttpResponse:
    """Says how long daily counts are kept; what is older begins to go."""
    frame = frame_of(request, product_id, "settings")
    try:
        months = kept_days.months_in(request.POST)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect(resolve_url("privacy", product_id) + "#kept")
    run = retention.keep(frame.product, months, kept_days.open_days(), frame.author)
    said = f"Daily counts of {frame.product} are kept for {kept_days.in_words(months)} from now on"
    going = f"; {words.count(run.days, 'day')} before {run.until} go" if run else ""
    begun = " What has begun is still done." if months is None and kept_days.is_going(frame.product) else ""
    messages.success(request, f"{said}{going}.{begun}")
    return redirect(resolve_url("privacy", product_id) + "#kept")


def lift(request: HttpRequest, product_id: int, erasure_id: int) -> HttpResponse:
    frame = frame_of(request, product_id, "settings")
    erasure = get_object_or_404(Erasure, product=frame.product, pk=erasure_id)
    try:
        suppression.lift(erasure)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(
            request,
            f"Deletion {erasure.pk} is lifted: calls of that {erasure.kind} count again. What is gone stays gone.",
        )
    return redirect("privacy", product_id)


def receipt_file(request: HttpRequest, product_id: int, erasure_id: int) -> HttpResponse:
    frame = frame_of(request, product_id, "settings")
    erasure = get_object_or_404(Erasure, product=frame.product, pk=erasure_id)
    if not erasure.is_done:
        raise Http404("This deletion is still on its way; there is a receipt when it is done.")
    said = json.dumps(receipt(erasure), indent=2, ensure_ascii=False)
    headers = {"Content-Disposition": f'attachment; filename="deletion-{erasure.pk}.json"', "Cache-Control": "no-store"}
    return HttpResponse(said + "\n", content_type="application/json", headers=headers)


def told(frame: Frame) -> dict[str, Any]:
    of_product = Erasure.objects.filter(product=frame.product).prefetch_related("suppressions")
    erasures = list(of_product[: MOST_SHOWN + 1])
    return {
        "moving": [_moving(each) for each in erasures if not each.is_done],
        "done": [each for each in erasures[:MOST_SHOWN] if each.is_done],
        "has_more": len(erasures) > MOST_SHOWN,
        "total": Erasure.objects.filter(product=frame.product).exclude(finished_at=None).count(),
        "many_refused": frame.product.suppressions.filter(is_other_id=False, erasure__state="done").count(),
    }


def found(frame: Frame, kind: Kind, name: str) -> dict[str, Any]:
    """What is known of an id that somebody asks for. The id is in no address, so in no log."""
    known = suppression.digests(frame.product.pk, kind, name)
    erasure = Erasure.objects.filter(product=frame.product, kind=kind, digest__in=known).first()
    refused = frame.product.suppressions.filter(kind=kind, digest__in=known).first()
    if erasure is None and refused is not None:
        erasure = refused.erasure
    return {"asked": name, "asked_kind": kind, "found": erasure, "refused": refused, "advice": ADVICE if name else ""}


def _moving(erasure: Erasure) -> dict[str, Any]:
    step = [str(state) for state in STEPS].index(erasure.state)
    return {"erasure": erasure, "step": step + 1, "steps": len(STEPS), "of": _share(erasure)}


def _share(erasure: Erasure) -> int | None:
    """Percent of the step that is being done."""
    return min(100, 100 * erasure.done // erasure.total) if erasure.total else None

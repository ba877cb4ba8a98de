"""What is done by hand to ticked rows of a list: asked for, begun, and followed record by record."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from accoil.act import queue
from accoil.act.models import Batch
from accoil.count.ids import Kind
from accoil.refused import Refused
from accoil.show import batches, by_hand
from accoil.show.action_form import ActionForm
from accoil.show.frame import Frame, frame_of, page, signed_in
from accoil.show.seen import Seen


@signed_in
@require_POST
def ask(request: HttpRequest, product_id: int, kind: Kind) -> HttpResponse:
    """What the action needs to know: as a dialog for htmx, else as a page."""
    frame = changing(request, product_id, kind)
    try:
        chosen = by_hand.chosen(Seen(frame), kind, request.POST)
        offered = by_hand.chosen_action(frame.product.team, kind, request.POST.get("action", ""))
    except Refused as refused:
        return said_no(frame, kind, str(refused))
    return asked(frame, chosen, offered, ActionForm(frame.product.team, offered.action))


@signed_in
@require_POST
def begin(request: HttpRequest, product_id: int, kind: Kind) -> HttpResponse:
    frame = changing(request, product_id, kind)
    team = frame.product.team
    try:
        chosen = by_hand.chosen(Seen(frame), kind, request.POST)
        offered = by_hand.chosen_action(team, kind, request.POST.get("action", ""))
        form = ActionForm(team, offered.action, request.POST)
        if not form.is_valid():
            return asked(frame, chosen, offered, form, 422)
        batch = queue.by_hand(frame.product, frame.author, offered.action.key, form.cleaned_data, kind, chosen.ids)
    except Refused as refused:
        return said_no(frame, kind, str(refused))
    return redirect(frame.link("batch", batch.pk))


@signed_in
def batch(request: HttpRequest, product_id: int, batch_id: int) -> HttpResponse:
    """The whole page, or for htmx the results alone: 204 while nothing about them changed."""
    frame = frame_of(request, product_id, "accounts")
    found = get_object_or_404(Batch, product=frame.product, pk=batch_id)
    told = batches.told(frame, found)
    frame.section = f"{told['kind']}s"
    if request.headers.get("HX-Request") != "true":
        return page(frame, "show/batch.html", told)
    if request.GET.get("known") == told["known"]:
        return HttpResponse(status=204)
    return page(frame, "show/batch_rows.html", told | {"swapped": True})


@signed_in
@require_POST
def retry_batch(request: HttpRequest, product_id: int, batch_id: int) -> HttpResponse:
    """One that failed (`delivery`), or all of them."""
    frame = frame_of(request, product_id, "accounts")
    frame.only_managers("act on ticked rows")
    found = get_object_or_404(Batch, product=frame.product, pk=batch_id)
    wanted = batches.failed(found)
    if one := request.POST.get("delivery", ""):
        wanted = wanted.filter(pk=int(one)) if one.isdecimal() else wanted.none()
    if n := queue.retry_all(wanted):
        messages.success(request, "It is tried again." if n == 1 else f"All {n} are tried again.")
    else:
        messages.error(request, "Nothing of it failed, so nothing is tried again.")
    return redirect(frame.link("batch", found.pk))


def changing(request: HttpRequest, product_id: int, kind: Kind) -> Frame:
    frame = frame_of(request, product_id, f"{kind}s")
    frame.only_managers("act on ticked rows")
    return frame


def asked(
    frame: Frame, chosen: by_hand.Chosen, offered: by_hand.Offered, form: ActionForm, status: int = 200
) -> HttpResponse:
    values: dict[str, Any] = {
        "chosen": chosen,
        "offered": offered,
        "form": form,
        "fields": [(form[name], form.suggestions[name]) for name in form.fields],
        "link": frame.link(f"begin-on-{chosen.kind}s", search=frame.request.GET.get("search", "")),
        "back": frame.link(f"{chosen.kind}s", search=frame.request.GET.get("search", "")),
    }
    if frame.request.headers.get("HX-Request") == "true" and status == 200:
        return page(frame, "show/by_hand_dialog.html", values)
    return page(frame, "show/by_hand.html", values, status)


def said_no(frame: Frame, kind: Kind, why: str) -> HttpResponse:
    """Back to the list, with the sentence."""
    messages.error(frame.request, why)
    link = frame.link(f"{kind}s", search=frame.request.GET.get("search", ""))
    if frame.request.headers.get("HX-Request") == "true":
        return HttpResponse(headers={"HX-Redirect": link})
    return redirect(link)

"""What is done by hand to ticked rows of a list: asked for, begun, and followed record by record."""

from typing import Any, NamedTuple

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect

from accoil.act import queue
from accoil.act.models import Batch
from accoil.count.ids import Kind
from accoil.refused import Refused
from accoil.segment.models import Segment
from accoil.show import batches, by_hand
from accoil.show.action_form import ActionForm
from accoil.show.frame import Frame, frame_of, page
from accoil.show.narrowing import Narrowed, narrowed, whom
from accoil.show.seen import Seen
from accoil.show.segment_pages import framed
from accoil.show.visit import note
from accoil.show.whole import whole


class Place(NamedTuple):
    """The list that rows are ticked in: of everybody, narrowed, or the page of a segment; searched as its address
    says."""

    frame: Frame
    kind: Kind
    segment: Segment | None
    narrowed: Narrowed

    @property
    def query(self) -> dict[str, object]:
        return {
            "search": self.frame.request.GET.get("search", ""),
            "segment": self.segment.pk if self.segment else "",
            **self.narrowed.query,
        }

    @property
    def back(self) -> str:
        search = self.query["search"]
        if self.segment:
            return self.frame.link("segment", self.segment.pk, search=search)
        return self.frame.link(f"{self.kind}s", search=search, **self.narrowed.query)

    def chosen(self) -> by_hand.Chosen:
        """Raises Refused."""
        seen = Seen(self.frame)
        among = whom(seen, self.segment) if self.segment else self.narrowed.among(seen)
        return by_hand.chosen(seen, self.kind, self.frame.request.POST, **among)


def ask(request: HttpRequest, product_id: int, kind: Kind) -> HttpResponse:
    """What the action needs to know: as a dialog for htmx, else as a page."""
    place = place_of(request, product_id, kind)
    team = place.frame.product.team
    try:
        chosen = place.chosen()
        offered = by_hand.chosen_action(team, kind, request.POST.get("action", ""))
    except Refused as refused:
        return said_no(place, str(refused))
    return asked(place, chosen, offered, ActionForm(team, offered.action))


def begin(request: HttpRequest, product_id: int, kind: Kind) -> HttpResponse:
    place = place_of(request, product_id, kind)
    frame, team = place.frame, place.frame.product.team
    try:
        chosen = place.chosen()
        offered = by_hand.chosen_action(team, kind, request.POST.get("action", ""))
        form = ActionForm(team, offered.action, request.POST)
        if not form.is_valid():
            return asked(place, chosen, offered, form, 422)
        batch = queue.by_hand(frame.product, frame.author, offered.action.key, form.cleaned_data, kind, chosen.ids)
    except Refused as refused:
        return said_no(place, str(refused))
    note(request, f"{batches.title(batch, offered.action, len(chosen.rows), kind)}: {chosen.names}.")
    return redirect(frame.link("batch", batch.pk))


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


def retry_batch(request: HttpRequest, product_id: int, batch_id: int) -> HttpResponse:
    """One that failed (`delivery`), or all of them."""
    frame = frame_of(request, product_id, "accounts")
    found = get_object_or_404(Batch, product=frame.product, pk=batch_id)
    wanted = batches.failed(found)
    if one := request.POST.get("delivery", ""):
        wanted = wanted.filter(pk=whole(one))
    if n := queue.retry_all(wanted):
        messages.success(request, "It is tried again." if n == 1 else f"All {n} are tried again.")
    else:
        messages.error(request, "Nothing of it failed, so nothing is tried again.")
    return redirect(frame.link("batch", found.pk))


def place_of(request: HttpRequest, product_id: int, kind: Kind) -> Place:
    """Raises Http404 for a segment that is not of this product and kind."""
    asked = request.GET.get("segment", "")
    if asked:
        frame, segment = framed(request, product_id, Segment, whole(asked))
        if segment.scope != kind:
            raise Http404("There is no such segment in this product.")
        place = Place(frame, kind, segment, Narrowed(frame, kind))
    else:
        frame = frame_of(request, product_id, f"{kind}s")
        place = Place(frame, kind, None, narrowed(frame, kind))
    return place


def asked(
    place: Place, chosen: by_hand.Chosen, offered: by_hand.Offered, form: ActionForm, status: int = 200
) -> HttpResponse:
    frame = place.frame
    values: dict[str, Any] = {
        "chosen": chosen,
        "offered": offered,
        "form": form,
        "fields": [(form[name], form.suggestions[name]) for name in form.fields],
        "link": frame.link(f"begin-on-{chosen.kind}s", **place.query),
        "back": place.back,
        "back_title": place.segment.name if place.segment else {"account": "Accounts", "user": "Users"}[place.kind],
    }
    if frame.request.headers.get("HX-Request") == "true" and status == 200:
        return page(frame, "show/by_hand_dialog.html", values)
    return page(frame, "show/by_hand.html", values, status)


def said_no(place: Place, why: str) -> HttpResponse:
    """Back to the list, with the sentence."""
    messages.error(place.frame.request, why)
    if place.frame.request.headers.get("HX-Request") == "true":
        return HttpResponse(headers={"HX-Redirect": place.back})
    return redirect(place.back)

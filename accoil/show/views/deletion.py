"""Deleting one user or account, which whoever does it confirms by typing the id; and all that is held of them."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect

from accoil.count import people
from accoil.count.ids import Kind
from accoil.erase import asking, handing
from accoil.erase.held import Elsewhere, held
from accoil.show import export
from accoil.show.downloads import in_turn
from accoil.show.frame import Frame, frame_of, page


def delete(request: HttpRequest, product_id: int, kind: Kind, id: int) -> HttpResponse:
    frame, tracking_id = _known(request, product_id, kind, id)
    typed = request.POST.get("id", "")
    if request.method == "POST" and typed.strip() == tracking_id.strip():
        erasure = asking.ask(frame.product, kind, id, frame.author)
        messages.success(request, f"Deletion {erasure.pk} has begun: calls of this {kind} are refused from now on.")
        return redirect("privacy", product_id)
    values = {
        "kind": kind,
        "called": people.names(product_id, kind, [id])[id],
        "tracking_id": tracking_id,
        "typed": typed,
        "wrong": _wrong(typed) if request.method == "POST" else "",
        "list_link": frame.link(f"{kind}s"),
        "person_link": frame.link(kind, id),
        "held_link": frame.link(f"held-{kind}", id),
    }
    return page(frame, "show/delete_person.html", values, 422 if request.method == "POST" else 200)


def download(request: HttpRequest, product_id: int, kind: Kind, id: int) -> HttpResponseBase:
    frame, _ = _known(request, product_id, kind, id)
    try:
        pieces = held(frame.product, kind, id)
    except Elsewhere:
        assert frame.author  # who is nobody may not
        holding = handing.asked(frame.product, kind, id, frame.author)
        if why_not := handing.why_not(holding):
            messages.info(request, why_not)
            return redirect(kind, product_id, id)
        pieces = handing.pieces(holding)
    name = f"{kind}-{id}.json"  # the id that the customer sent may be anything
    return in_turn(lambda: export.as_file(name, "application/json", pieces))


def _known(request: HttpRequest, product_id: int, kind: Kind, id: int) -> tuple[Frame, str]:
    """Raises Http404."""
    frame = frame_of(request, product_id, f"{kind}s")
    if not people.exists(product_id, kind, id):
        raise Http404(f"There is no such {kind} in this product.")
    return frame, people.tracking_ids(product_id, kind, [id])[id]


def _wrong(typed: str) -> str:
    return "That is another id. Type the one that stands above, letter by letter." if typed else "Type the id."

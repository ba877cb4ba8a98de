"""Who does not count under a profile: the page that says why, and the buttons that leave out and take in again."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from accoil.count import people
from accoil.count.ids import Kind
from accoil.refused import Refused
from accoil.score import exclusion
from accoil.score.not_scored import not_scored
from accoil.show.frame import Frame, frame_of, page


def left_out(frame: Frame, kind: Kind, id: int) -> HttpResponse | None:
    """The page of somebody who is known but has no score under this profile; None for everyone else."""
    if frame.definition.counts_everyone or not people.exists(frame.product.pk, kind, id):
        return None
    reason = not_scored(frame.product.pk, frame.definition, kind, id, frame.today)
    if reason is None:
        return None
    tracking_id = people.tracking_ids(frame.product.pk, kind, [id])[id]
    values = {
        "kind": kind,
        "id": id,
        "called": people.names(frame.product.pk, kind, [id])[id],
        "tracking_id": tracking_id,
        "reason": reason,
        "is_named": exclusion.is_excluded(frame.definition, kind, tracking_id),
        "list_link": frame.link(f"{kind}s"),
        "include_link": frame.link(f"include-{kind}", id),
        "delete_link": frame.link(f"delete-{kind}", id),
        "held_link": frame.link(f"held-{kind}", id),
    }
    return page(frame, "show/left_out.html", values)


def exclude(request: HttpRequest, product_id: int, kind: Kind, id: int) -> HttpResponse:
    return _change(request, product_id, kind, id, out=True)


def include(request: HttpRequest, product_id: int, kind: Kind, id: int) -> HttpResponse:
    return _change(request, product_id, kind, id, out=False)


def _change(request: HttpRequest, product_id: int, kind: Kind, id: int, out: bool) -> HttpResponse:
    frame = frame_of(request, product_id, f"{kind}s")
    if frame.profile is None or not people.exists(product_id, kind, id):
        raise Http404(f"There is no such {kind} in this product.")
    tracking_id = people.tracking_ids(product_id, kind, [id])[id]
    called = people.names(product_id, kind, [id])[id]
    change = exclusion.exclude if out else exclusion.include
    try:
        version = change(frame.profile, kind, tracking_id, frame.author)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        said = "no longer counts" if out else "counts again"
        messages.success(request, f"{called} {said} under {frame.profile}: version {version.number}, from today.")
    return redirect(frame.link(kind, id))

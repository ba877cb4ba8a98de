"""What one number in a list is made of: asked for when somebody clicks it, so that lists need not know."""

from django.http import Http404, HttpRequest, HttpResponse

from accoil.count.ids import Kind
from accoil.score.explain import explain
from accoil.show import made_of
from accoil.show.frame import frame_of, page
from accoil.show.seen import Seen
from accoil.show.views.person import found


def number(request: HttpRequest, product_id: int, kind: Kind, id: int, key: str) -> HttpResponse:
    """A sentence, and the link to where it is listed. `key` as the column of the list is called."""
    frame = frame_of(request, product_id, f"{kind}s")
    saying = made_of.SAYINGS.get(key)
    if frame.profile is None or saying is None:
        raise Http404("There is no such number.")
    row = found(Seen(frame), kind, id)
    explained = explain(frame.product.pk, frame.definition, kind, id, frame.as_of) if saying.is_asked else {}
    told = made_of.Told(kind, row, frame.definition, frame.today, explained)
    values = {"sentence": saying.say(told), "link": f"{frame.link(kind, id)}#{saying.place}", "go": saying.go}
    return page(frame, "show/made_of.html", values)

"""Search over everything: a page, and what its field asks for while somebody types."""

from django.http import HttpRequest, HttpResponse

from accoil.show import finding
from accoil.show.frame import frame_of, page


def everything(request: HttpRequest, product_id: int) -> HttpResponse:
    frame = frame_of(request, product_id, "search")
    text = finding.wanted(frame)
    values = {"text": text, "kinds": finding.found(frame, text)}
    asked_by_htmx = request.headers.get("HX-Request") == "true"
    return page(frame, "show/search_found.html" if asked_by_htmx else "show/search.html", values)

"""The first steps: a check-list that turns green by itself while events arrive."""

from typing import Any

from django.http import HttpRequest, HttpResponse

from accoil.count.people import health
from accoil.show.frame import Frame, frame_of, page
from accoil.show.views.product_settings import snippets_of


def start(request: HttpRequest, product_id: int) -> HttpResponse:
    """The whole page, or for htmx the steps alone. They stop asking once all are done."""
    frame = frame_of(request, product_id, "start")
    values = told(frame)
    if request.headers.get("HX-Request") != "true":
        return page(frame, "show/start.html", values)
    if request.GET.get("known") == values["known"]:
        return HttpResponse(status=204)  # nothing new: what somebody is reading or copying stays as it is
    return page(frame, "show/start_steps.html", values)


def told(frame: Frame) -> dict[str, Any]:
    """What arrived so far. `next` is the first step that is not done; "" when all are."""
    arrived = health(frame.product.pk)
    done = {
        "event": bool(arrived["events"]),
        "account": bool(arrived["accounts"]),
        "profile": bool(frame.profiles),
    }
    return {
        "known": f"{arrived['events']}-{arrived['accounts']}-{len(frame.profiles)}",
        "arrived": arrived,
        "done": done,
        "next": next((step for step, is_done in done.items() if not is_done), ""),
        "snippets": snippets_of(frame),
    }

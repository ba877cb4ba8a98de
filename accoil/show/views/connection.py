"""Settings > Connections > a tool: how the connection does, what is written of which profile, runs, and its end."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from accoil.connect import ending, sync
from accoil.connect.connection import Tool
from accoil.connect.models import Connection, live
from accoil.connect.tools import TOOLS
from accoil.refused import Refused
from accoil.show import connection_words as words
from accoil.show import following, troubleshooting
from accoil.show.connection_figures import attribute_problems, figures, hidden_attributes
from accoil.show.connection_overview import around, matches, products, runs
from accoil.show.connection_overview import ending as ending_of
from accoil.show.connection_sends import sends
from accoil.show.frame import Frame, frame_of, page
from accoil.show.views.connecting import connect_page

EVERY = ((300, "5 minutes"), (900, "15 minutes"), (3600, "hour"), (3 * 3600, "3 hours"), (6 * 3600, "6 hours"),
         (12 * 3600, "12 hours"), (24 * 3600, "24 hours"))  # fmt: skip


def connection(request: HttpRequest, product_id: int, tool: str) -> HttpResponse:
    """How it does; how to connect it while it is not. htmx asks for the runs alone: 204 while nothing changed."""
    frame, found = framed(request, product_id, tool, syncs=False)
    joined = live(frame.product.team, tool)
    if joined is None and request.headers.get("HX-Request") == "true":  # it ended while somebody looked on
        return HttpResponse(headers={"HX-Redirect": frame.link("connections")})
    if joined is None or (request.GET.get("again") and frame.may_change):
        return connect_page(frame, found)
    if not found.syncs:
        return page(frame, "show/connection_sends.html", {**around(frame, found, joined, ""), **sends(frame, joined)})
    if request.headers.get("HX-Request") != "true":
        return shown(frame, found, joined)
    told = runs(frame, joined, figures(joined))
    if request.GET.get("known") == told["known"]:
        return HttpResponse(status=204)
    hidden = hidden_attributes(joined, request.user)
    more = {"tool": found, "connection": joined, "swapped": True, "ending": ending_of(joined)}
    state = words.state(joined, timezone.now(), hidden)
    return page(frame, "show/connection_runs.html", {**told, **more, "state": state})


def check(request: HttpRequest, product_id: int, tool: str) -> HttpResponse:
    """Troubleshooting: each point looked at by itself, and one person or account followed all the way."""
    frame, found, joined = opened(request, product_id, tool)
    who = request.GET.get("who", "").strip()[:200]
    points = troubleshooting.points(frame, joined)
    marks = [each.mark for each in points]
    return page(
        frame,
        "show/connection_check.html",
        {
            **around(frame, found, joined, "check"),
            "points": points,
            "wrong": marks.count("bad"),
            "doubtful": marks.count("fair"),
            "who": who,
            "followed": following.followed(frame, joined, who) if who else None,
        },
    )


def sync_now(request: HttpRequest, product_id: int, tool: str) -> HttpResponse:
    frame, found, joined = opened(request, product_id, tool)
    try:
        sync.sync_now(joined)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, f"Everything is compared with {found.name} now, from matching on.")
    return redirect(frame.link("connection", tool))


def interval(request: HttpRequest, product_id: int, tool: str) -> HttpResponse:
    frame, found, joined = opened(request, product_id, tool)
    wanted = request.POST.get("every", "")
    if wanted not in {str(seconds) for seconds, _ in EVERY}:
        return shown(frame, found, joined, "Full pass every: choose one of the list, from 5 minutes to 24 hours.", 422)
    sync.set_full_every(joined, int(wanted))
    messages.success(request, f"A full pass now comes every {dict(EVERY)[joined.full_every]}.")
    return redirect(frame.link("connection", tool))


def disconnect(request: HttpRequest, product_id: int, tool: str) -> HttpResponse:
    """What will happen, and then that it does."""
    frame, found, joined = opened(request, product_id, tool, syncs=False)
    if request.method != "POST":
        told = {**around(frame, found, joined, ""), "in_use": joined.attributes.filter(state="active").count()}
        return page(frame, "show/connection_end.html", told)
    if request.POST.get("do") == "end now":
        if not ending.end_now(joined):
            messages.error(request, f"{found.name} is not being disconnected, so there is nothing to end now.")
            return redirect(frame.link("connection", tool))
        messages.success(request, f"{found.name} is disconnected.")
    else:
        ending.begin(joined)
        then = "nothing more is written. What stands there is being archived" if found.syncs else "nothing more is sent"
        messages.success(request, f"{found.name} is disconnected: {then}.")
    return redirect(frame.link("connections"))


def framed(request: HttpRequest, product_id: int, tool: str, syncs: bool = True) -> tuple[Frame, Tool]:
    """`syncs`: the page is for tools whose records are written to alone."""
    frame = frame_of(request, product_id, "settings")
    found = TOOLS.get(tool)
    if found is None or found.joining is None or (syncs and not found.syncs):
        raise Http404("There is no such tool.")
    return frame, found


def opened(request: HttpRequest, product_id: int, tool: str, syncs: bool = True) -> tuple[Frame, Tool, Connection]:
    """Of the team whose product it is. Raises Http404 while it is not connected."""
    frame, found = framed(request, product_id, tool, syncs)
    joined = live(frame.product.team, tool)
    if joined is None:
        raise Http404(f"{found.name} is not connected.")
    return frame, found, joined


def shown(frame: Frame, tool: Tool, joined: Connection, wrong: str = "", status: int = 200) -> HttpResponse:
    numbers = figures(joined)
    told = {
        **around(frame, tool, joined, "connection"),
        **runs(frame, joined, numbers),
        "matches": matches(frame, joined, numbers),
        "products": products(frame, joined),
        "attribute_problems": attribute_problems(joined, frame.request.user),
        "every": [{"seconds": each, "words": said, "here": each == joined.full_every} for each, said in EVERY],
        "wrong": wrong,
    }
    return page(frame, "show/connection.html", told, status)

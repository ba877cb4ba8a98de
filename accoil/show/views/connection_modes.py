"""Settings > Connections > a tool: what is written of a profile, looked at before it is switched."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect

from accoil.act.dry_runs import dry_run
from accoil.connect import sync
from accoil.connect.models import Connection, Mode
from accoil.refused import Refused
from accoil.score.book import look_at
from accoil.score.models import Profile
from accoil.show import plan_words
from accoil.show.connection_figures import modes
from accoil.show.connection_overview import around, mode_row
from accoil.show.frame import page
from accoil.show.views.connection import opened


def mode(request: HttpRequest, product_id: int, tool: str, profile_id: int) -> HttpResponse:
    """What a mode would write and take away, as a part for htmx or as a page; then that it is so."""
    frame, found, joined = opened(request, product_id, tool)
    profile = get_object_or_404(Profile.objects.select_related("product"), pk=profile_id, product__team=joined.team)
    before = Mode(modes(joined).get(profile.pk, Mode.OFF))
    asked = (request.POST if request.method == "POST" else request.GET).get("mode", "")
    after = Mode(asked) if asked in Mode.values else before
    link = frame.link("connection", tool)
    if request.method == "POST":
        try:
            sync.set_mode(joined, profile, after)
        except Refused as refused:
            messages.error(request, str(refused))
            return redirect(link)
        messages.success(request, plan_words.switched(profile, after, found.name))
        return redirect(link)
    values: dict[str, Any] = {
        "profile": profile,
        "before": before,
        "after": after,
        "changes": before != after,
        "row": mode_row(frame, joined, profile, before),
        "leave_link": link,
        "tool": found,
    }
    if before != after:
        values |= {"address": request.get_full_path(), **_planned(joined, profile, before, after, found.name)}
    if request.headers.get("HX-Request") == "true":
        return page(frame, "show/parts/plan.html", values)
    return page(frame, "show/connection_mode.html", {**around(frame, found, joined, ""), **values})


def _planned(joined: Connection, profile: Profile, before: Mode, after: Mode, tool: str) -> dict[str, Any]:
    """What was found out; until then how far it is."""
    try:
        run = dry_run(joined, profile, after)
    except Refused as refused:
        return {"refused": str(refused)}
    if run.is_replaced:
        return {"refused": run.failed}
    if not run.wait():
        return {"running": run}
    if run.found is None:
        return {"refused": run.failed}
    return {"plan": plan_words.told(run.found, profile, users_of(profile), before, after, tool)}


def users_of(profile: Profile) -> int:
    book = look_at(profile.product_id, profile.current.parsed, profile.product.today())
    return int(book.summary()["users"])

"""Settings > Connections > a tool: lists there of whoever is in a segment."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect

from accoil.connect.connection import ToolError
from accoil.connect.desired import named_segments
from accoil.connect.models import Connection, Mode, ProfileSync
from accoil.connect.names import KINDS, SEGMENTS, wanted
from accoil.connect.soon import soon
from accoil.score.models import Profile
from accoil.show.connection_overview import around
from accoil.show.connection_words import MANY
from accoil.show.frame import page
from accoil.show.views.connection import opened


def segment_lists(request: HttpRequest, product_id: int, tool: str, profile_id: int) -> HttpResponse:
    frame, found, joined = opened(request, product_id, tool)
    if found.segment_list is None:
        raise Http404(f"{found.name} has no lists of segments.")
    profile = get_object_or_404(Profile.objects.select_related("product"), pk=profile_id, product__team=joined.team)
    attributes = _attributes(joined, profile)
    groups = [_group(profile, kind) for kind in KINDS if kind in attributes]
    if request.method == "POST":
        kind, _, segment = request.POST.get("segment", "").partition("-")
        name = next((name for each in groups for name, key in each["rows"] if key == f"{kind}-{segment}"), None)
        if name is None:
            messages.error(request, "This segment is not written there, so there can be no list of it.")
        else:
            try:
                with soon(joined.team_id, joined):
                    messages.success(request, found.segment_list(joined, attributes[kind], name))
            except ToolError as why:
                messages.error(request, f"The list was not made. {why.reason}")
        return redirect(frame.link("connection-segment-lists", tool, profile.pk))
    told = {"profile": profile, "groups": groups, "leave_link": frame.link("connection", tool)}
    return page(frame, "show/connection_segment_lists.html", {**around(frame, found, joined, ""), **told})


def _attributes(joined: Connection, profile: Profile) -> dict[str, Any]:
    """Kind → the attribute with the names of segments, of a profile that is written."""
    on = ProfileSync.objects.filter(connection=joined, profile=profile).exclude(mode=Mode.OFF).select_related("profile")
    return {each.attribute.kind: each.attribute for each in wanted(on) if each.trait == SEGMENTS}


def _group(profile: Profile, kind: Any) -> dict[str, Any]:
    """Its rows: name, and what is sent of it."""
    named = sorted(named_segments(profile, kind).items(), key=lambda each: each[1].lower())
    return {"words": MANY[kind].capitalize(), "rows": [(name, f"{kind}-{pk}") for pk, name in named]}

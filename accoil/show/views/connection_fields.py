"""Settings > Connections > a tool: into which fields of the tool's each trait of a profile goes."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect

from accoil.connect import chosen_fields
from accoil.connect.connection import Offer, ToolError
from accoil.connect.models import Connection
from accoil.connect.names import KINDS, NOWHERE
from accoil.refused import Refused
from accoil.score.models import Profile
from accoil.show.connection_overview import around
from accoil.show.frame import page
from accoil.show.views.connection import opened

SKIPPED = (NOWHERE, "Not written")


def fields(request: HttpRequest, product_id: int, tool: str, profile_id: int) -> HttpResponse:
    frame, found, joined = opened(request, product_id, tool)
    if found.offers_fields is None:
        raise Http404(f"{found.name} keeps what Accoil writes in attributes of its own.")
    profile = get_object_or_404(Profile.objects.select_related("product"), pk=profile_id, product__team=joined.team)
    chosen, wrong = chosen_fields.fields_of(joined, profile), ""
    if request.method == "POST":
        chosen = {kind: _sent(request, kind) for kind in KINDS}
        try:
            chosen_fields.choose(joined, profile, chosen)
        except Refused as refused:
            wrong = str(refused)
        else:
            then = "What stood in others is emptied, and these are filled, within moments."
            messages.success(request, f"The fields of “{profile.name}” are saved. {then}")
            return redirect(frame.link("connection", tool))
    told = {
        **around(frame, found, joined, ""),
        "profile": profile,
        "leave_link": frame.link("connection", tool),
        "wrong": wrong,
        **_asked(joined, profile, chosen),
    }
    return page(frame, "show/connection_fields.html", told, 422 if wrong else 200)


def _sent(request: HttpRequest, kind: str) -> dict[str, str]:
    begins = f"{kind}-"
    own = [name for name in request.POST if name.startswith(begins)]
    return {name.removeprefix(begins): request.POST[name][:100] for name in own}


def _asked(joined: Connection, profile: Profile, chosen: chosen_fields.Fields) -> dict[str, Any]:
    try:
        offered = chosen_fields.offers(joined, profile)
    except ToolError as why:
        return {"unknown": why.reason}
    called = {"user": "Users", "account": "Accounts"}
    groups = [
        {"words": called[kind], "rows": [_row(kind, trait, some, chosen[kind].get(trait, ""))
                                                   for trait, some in offered[kind].items()]}
        for kind in KINDS
    ]  # fmt: skip
    return {"groups": groups}


def _row(kind: str, trait: str, offered: list[Offer], chosen: str) -> dict[str, Any]:
    """One that is not there any more stands in the list until another one is chosen."""
    gone = [] if chosen in (NOWHERE, *dict(offered)) else [(chosen, f"{chosen} (not there any more)")]
    return {
        "name": f"{kind}-{trait}",
        "words": trait,
        "choices": [
            {"value": value, "words": said, "here": value == chosen} for value, said in (*offered, *gone, SKIPPED)
        ],
    }

"""Connecting a tool: by signing in there, or with a token that is pasted."""

import secrets
from typing import Any
from urllib.parse import urlencode

from allauth.account.adapter import get_adapter
from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_safe

from accoil.connect import oauth
from accoil.connect.connection import Field, Joining, Tool
from accoil.connect.models import Connection, live
from accoil.connect.tools import TOOLS
from accoil.refused import Refused
from accoil.show.frame import Frame, frame_of, page, signed_in
from accoil.show.views.product_settings import address_of
from accoil.show.whole import whole
from accoil.team import audit
from accoil.team.models import User
from accoil.team.scope import products_of

LONGEST = 500  # characters of a secret


class Secrets(forms.Form):
    """The fields that a tool asks for when it is connected by hand. A refusal goes to the field that it names first."""

    def __init__(self, tool: Tool, data: Any = None) -> None:
        super().__init__(data)
        for each in tool.fields:
            if each.type == "choice":
                self.fields[each.name] = forms.ChoiceField(label=each.label, help_text=each.help, choices=each.choices)
                continue
            kind = forms.PasswordInput(attrs={"autocomplete": "off", "spellcheck": "false"})
            self.fields[each.name] = forms.CharField(
                label=_label(tool, each),
                help_text=each.help,
                required=each.required,
                max_length=LONGEST,
                widget=kind if each.type == "secret" else forms.TextInput(attrs={"autocomplete": "off"}),
                error_messages={
                    "required": f"{each.label}: paste it here.",
                    "max_length": f"{each.label}: this is longer than {LONGEST} characters, so it is not one.",
                },
            )

    def refuse(self, tool: Tool, why: str) -> None:
        """Beside the field whose label stands first in the sentence; the token's when none does."""
        places = {each.name: why.lower().find(each.label.lower()) for each in tool.fields}
        named = sorted((place, name) for name, place in places.items() if place >= 0)
        self.add_error(named[0][1] if named else tool.fields[0].name, why)


def _label(tool: Tool, field: Field) -> str:
    """Where none is required, one of several is: the tool says which."""
    if field.required or not any(each.required for each in tool.fields):
        return field.label
    return f"{field.label} ({'can come later' if field.type == 'secret' else 'optional'})"


def connect(request: HttpRequest, product_id: int, tool: str) -> HttpResponse:
    """With what was pasted."""
    frame = frame_of(request, product_id, "settings")
    joining = joining_of(tool)
    if not TOOLS[tool].fields:
        raise Http404(f"{TOOLS[tool].name} is connected by signing in there.")
    form = Secrets(TOOLS[tool], request.POST)
    if not form.is_valid():
        return connect_page(frame, TOOLS[tool], form, 422)
    given = form.cleaned_data
    try:
        joined = joining.by_token(frame.product.team, author(frame), given)
    except Refused as refused:
        form.refuse(TOOLS[tool], str(refused))
        return connect_page(frame, TOOLS[tool], form, 422)
    return connected(frame, joined)


def begin(request: HttpRequest, tool: str) -> HttpResponse:
    """Off to the tool, to be asked there whether Accoil may. Intercom's App Store sends people here without a product:
    then it is for the person's team."""
    joining = joining_of(tool)
    if "product" not in request.GET:
        product = _only_team(request)
        if product is not None:
            return redirect(f"{request.path}?{urlencode({**request.GET.dict(), 'product': product})}")
        messages.info(
            request, f"{TOOLS[tool].name} can be connected to each of your teams: open Settings > Connections of one."
        )
        return redirect("home")
    frame = frame_of(request, whole(request.GET["product"]), "settings")
    place = request.GET.get("region", joining.places[0][0])
    typed = joining.other_place is not None and place not in dict(joining.places)
    if not joining.offers_sign_in() or (place not in dict(joining.places) and not typed):
        raise Http404(f"Nobody can sign in to {TOOLS[tool].name} from here.")
    try:
        place = joining.read_place(place) if typed else place
    except Refused as refused:
        return connect_page(frame, TOOLS[tool], status=422, wrong=str(refused))
    verifier = secrets.token_urlsafe(48) if joining.with_pkce else ""
    state = oauth.begin(
        request.session, tool=tool, team=frame.product.team_id, product=frame.product.pk, place=place, verifier=verifier
    )
    address = joining.sign_in(place, state, back_address(request, tool))
    return redirect(oauth.with_challenge(address, verifier) if verifier else address)


@signed_in
@require_safe
def done(request: HttpRequest, tool: str) -> HttpResponse:
    """Back from the tool, with a code or with a no."""
    joining = joining_of(tool)
    try:
        begun = oauth.finish(request.session, request.GET.get("state", ""), tool=tool)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("home")
    frame = frame_of(request, begun["product"], "settings")
    frame.only_managers("connect tools")
    if frame.product.team_id != begun["team"]:
        raise Http404("There is no such product in your teams.")
    name, code = TOOLS[tool].name, request.GET.get("code")
    if not code or joining.by_code is None:
        messages.error(request, f"{name} was not connected: access was not given there. Nothing has changed.")
        return redirect(frame.link("connection", tool))
    more = {"verifier": begun["verifier"]} if joining.with_pkce else {}
    try:
        joined = joining.by_code(
            frame.product.team, author(frame), code, begun["place"], back_address(request, tool), **more
        )
    except Refused as refused:
        return connect_page(frame, TOOLS[tool], status=422, wrong=str(refused))
    who, address = author(frame), get_adapter().get_client_ip(request)
    audit.write([frame.product.team], who, "connect-tool", f"{name} is connected.", address)
    return connected(frame, joined)


def connected(frame: Frame, joined: Connection) -> HttpResponse:
    name = TOOLS[joined.tool].name
    called = f" “{joined.workspace_name}”" if joined.workspace_name else ""
    then = (
        "Now choose what is written of each profile" if TOOLS[joined.tool].syncs else "Automations can send to it now"
    )
    messages.success(frame.request, f"{name}{called} is connected. {then}.")
    return redirect(frame.link("connection", joined.tool))


def connect_page(
    frame: Frame, tool: Tool, form: Secrets | None = None, status: int = 200, wrong: str = ""
) -> HttpResponse:
    """The ways to connect it; of one that is connected, to connect it again."""
    joining = joining_of(tool.key)
    begin_address = reverse("begin-tool", args=[tool.key]) + f"?product={frame.product.pk}"
    values = {
        "tool": tool,
        "joining": joining,
        "form": form or Secrets(tool),
        "typed": form is not None,
        "wrong": wrong,
        "connection": live(frame.product.team, tool.key),
        "connections_link": frame.link("connections"),
        "regions": [{"name": said, "link": f"{begin_address}&region={key}"} for key, said in joining.places]
        if joining.offers_sign_in()
        else [],
        "begin": begin_address.partition("?")[0],
        "to_copy": joining.to_copy(address_of(frame.request)) if joining.to_copy else "",
        "addresses": [(address_of(frame.request) + path, said) for path, said in joining.addresses],
    }
    return page(frame, "show/connection_new.html", values, status)


def author(frame: Frame) -> User:
    if frame.author is None:
        raise PermissionDenied("Sign in to connect tools.")
    return frame.author


def joining_of(tool: str) -> Joining:
    """Raises Http404 for a tool that is not connected here."""
    joining = TOOLS[tool].joining if tool in TOOLS else None
    if joining is None:
        raise Http404("There is no such tool.")
    return joining


def back_address(request: HttpRequest, tool: str) -> str:
    """Where the tool sends people back to; it must be one of the app's redirect addresses there."""
    return address_of(request) + reverse("tool-done", args=[tool])


def _only_team(request: HttpRequest) -> int | None:
    """The first product of the person's team; None when there are several teams, or no product."""
    products = list(products_of(request.user).filter(staging_of=None))
    return products[0].pk if len({product.team_id for product in products}) == 1 else None

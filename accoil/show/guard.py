"""Lets people do what the table of permissions says, and has written down what they changed."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import structlog
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotAllowed
from django.shortcuts import redirect, resolve_url

from accoil.score.access import may_edit
from accoil.score.models import Profile
from accoil.show import sign_ins  # noqa: F401  it listens to who signs in
from accoil.show.permissions import BY_THEMSELVES, OF_THE_API, Action, Who, action_at, hows
from accoil.show.visit import Visit
from accoil.show.whole import whole
from accoil.team.models import Product
from accoil.team.roles import Role, role_in

log = structlog.get_logger()

RANK = {Role.OWNER: Who.OWNER, Role.MANAGER: Who.MANAGER, Role.MEMBER: Who.MEMBER}
# Their answers show a secret that nobody is to find in the browser later.
SHOW_SECRETS = ("automation-address", "code-on", "ingest-key", "invite", "new-key", "new-token", "recovery-codes",
                "reset-member")  # fmt: skip


class Elsewhere(Exception):
    """Raised where a page cannot be shown, with the address to go to instead."""


class Guard:
    """Middleware, the last of all: it sees who is signed in, and what the view told the person."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        visit: Visit | None = getattr(request, "visit", None)
        if visit is not None:
            try:
                visit.write_down()
            except DatabaseError:  # what was changed stands: to say that it failed would be wrong
                log.exception("a line of the audit log could not be written", action=visit.action.name)
            if visit.action.name in SHOW_SECRETS:
                response.headers["Cache-Control"] = "no-store"
        return response

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: dict[str, Any]
    ) -> HttpResponseBase | None:
        match = request.resolver_match
        assert match is not None
        name = match.url_name or ""
        if name in BY_THEMSELVES or set(match.namespaces) & set(OF_THE_API):
            return None
        action = asked(request, name)
        if isinstance(action, HttpResponse):
            return action
        if action.who >= Who.PERSON and not request.user.is_authenticated:
            return to_sign_in(request)
        request.visit = Visit(request, action, check(request, action, kwargs))  # type: ignore[attr-defined]
        return None

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return redirect(str(exception)) if isinstance(exception, Elsewhere) else None


def asked(request: HttpRequest, name: str) -> Action | HttpResponse:
    """What is wanted at the address; the answer for a method that does nothing there."""
    possible = hows(name)
    if not possible:
        log.error("an address is not in the table of permissions, so nobody may use it", address=name)
        raise PermissionDenied("Nobody may do that: the address is not in the table of permissions.")
    if request.method in ("GET", "HEAD") and "see" in possible:
        return action_at(name, "see")
    if request.method == "POST" and possible != ["see"]:
        if "save" in possible and request.POST.get("do") == "save":
            return action_at(name, "save")
        return action_at(name, "change" if "change" in possible else "ask")
    return HttpResponseNotAllowed((["GET"] if "see" in possible else []) + (["POST"] if possible != ["see"] else []))


def check(request: HttpRequest, action: Action, kwargs: dict[str, Any]) -> Product | None:
    """The product that the address names, if it does. Raises Http404 for whoever is not in it, and
    PermissionDenied for a member who may not."""
    product_id = kwargs.get("product_id")
    if product_id is None and action.name == "begin-tool":
        product_id = request.GET.get("product") or None
    if product_id is None:
        return None
    product = Product.objects.select_related("team").filter(pk=whole(str(product_id))).first()
    role = role_in(request.user, product) if product else None
    if product is None or role is None:
        raise Http404("There is no such product in your teams.")
    if RANK[role] < action.who and not (action.who is Who.EDITOR and _may_edit(request, kwargs["profile_id"])):
        raise PermissionDenied(action.refusal)
    return product


def _may_edit(request: HttpRequest, profile_id: int) -> bool:
    profile = Profile.objects.select_related("product").filter(pk=profile_id).first()
    return profile is not None and may_edit(request.user, profile)


def to_sign_in(request: HttpRequest) -> HttpResponse:
    """A part of a page cannot show that, so htmx is told to go there itself."""
    asked_by_htmx = request.headers.get("HX-Request") == "true"
    back = request.headers.get("HX-Current-URL", "") if asked_by_htmx else request.get_full_path()
    target = f"{resolve_url(settings.LOGIN_URL)}?{urlencode({'next': back})}"
    return HttpResponse(headers={"HX-Redirect": target}) if asked_by_htmx else redirect(target)

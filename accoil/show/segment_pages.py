"""What the pages of segments and of journeys have in common: whose they are, who may change them, where they lead."""

from collections.abc import Callable
from typing import Any, Literal, TypeVar

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from accoil.count.ids import Kind
from accoil.refused import Refused
from accoil.segment.models import Journey, Segment
from accoil.show.frame import Frame, frame_of

What = Literal["segment", "journey"]  # as the addresses of their pages are called
Found = TypeVar("Found", Segment, Journey)

FILLED = 90  # days worked out for a new one

Values = dict[str, Any]


def framed(request: HttpRequest, product_id: int, kind: type[Found], id: int) -> tuple[Frame, Found]:
    """The segment or journey, seen through its own profile. Raises Http404 for one of another product."""
    what = what_of(kind)
    frame = frame_of(request, product_id, f"{what}s")
    found = kind.objects.filter(pk=id, profile__product=frame.product).first()
    if found is None:
        raise Http404(f"There is no such {what} in this product.")
    frame.profile = frame.own(found.profile_id)
    found.profile = frame.profile
    return frame, found


def what_of(kind: type[Segment] | type[Journey]) -> What:
    return "segment" if kind is Segment else "journey"


def deleted(frame: Frame, found: Found, delete: Callable[[Found], None]) -> HttpResponse:
    """Back to the list; to its own page where it can't be deleted."""
    what = what_of(type(found))
    try:
        delete(found)
    except Refused as wrong:
        messages.error(frame.request, str(wrong))
        return redirect(frame.link(what, found.pk))
    messages.success(frame.request, f"“{found.name}” is deleted.")
    return redirect(list_link(frame, what, found.scope))


def editing(frame: Frame, what: What, scope: Kind, found: Segment | Journey | None, refusal: str) -> Values:
    """What stands round either editor."""
    first = frame.request.method != "POST"
    return {
        "what": what,
        "kind": scope,
        "found": found,
        "refusal": refusal,
        "name": (found.name if found else "") if first else frame.request.POST.get("name", ""),
        "back": list_link(frame, what, scope),
        "here": frame.link(what, found.pk) if found else "",
    }


def list_link(frame: Frame, what: What, scope: str) -> str:
    """The list of accounts, unless users are meant."""
    return frame.link(f"{what}s", scope=scope if scope == "user" else "")


def tabs(frame: Frame, what: What, scope: Kind) -> list[Values]:
    return [
        {"title": "Accounts", "link": list_link(frame, what, "account"), "here": scope == "account"},
        {"title": "Users", "link": list_link(frame, what, "user"), "here": scope == "user"},
    ]


def scope_of(request: HttpRequest) -> Kind:
    return "user" if request.GET.get("scope") == "user" else "account"

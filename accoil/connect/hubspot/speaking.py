"""How HubSpot is spoken to: where it lives, how much it may be asked, and what its refusals mean."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings

from accoil.connect import speaking
from accoil.connect.connection import Gone, Rejected, SignInAgain, ToolError, TryLater
from accoil.connect.granting import App
from accoil.connect.http import Answer, Client
from accoil.connect.now import now
from accoil.connect.rate import Lane, Pace
from accoil.connect.renewing import Tokens
from accoil.count.ids import Kind

HUBSPOT = "hubspot"
SCOPES = (  # what the app must be allowed
    "crm.objects.contacts.read", "crm.objects.contacts.write", "crm.objects.companies.read",
    "crm.objects.companies.write", "crm.schemas.contacts.read", "crm.schemas.contacts.write",
    "crm.schemas.companies.read", "crm.schemas.companies.write", "crm.lists.read", "crm.lists.write",
)  # fmt: skip
VERSION = "2026-03"  # of every address that has one
OBJECTS: dict[Kind, str] = {"user": "contacts", "account": "companies"}
TYPE_IDS: dict[Kind, str] = {"user": "0-1", "account": "0-2"}
AT_ONCE = 100  # records in one call
SEARCHES, SECONDS = 4, 1.0  # HubSpot takes five a second, and tells of no limit in its answers
HOLDS = 1800.0  # seconds: a token, where it is not told
A_DAY_IS_USED_UP = 3600.0  # seconds until it is asked again
_LOCKED = (423, 477)  # a record that is being changed; an account that is being moved
_EXPIRED = "EXPIRED_AUTHENTICATION"


def api_address() -> str:
    return settings.HUBSPOT_URL or "https://api.hubapi.com"


def pages_address() -> str:
    """Where people sign in."""
    return settings.HUBSPOT_URL or "https://app.hubspot.com"


def app() -> App:
    return App(
        tool="HubSpot", address=api_address(), path=f"/oauth/{VERSION}/token", revokes=f"/oauth/{VERSION}/token/revoke",
        id=settings.HUBSPOT_CLIENT_ID, secret=settings.HUBSPOT_CLIENT_SECRET,
    )  # fmt: skip


def objects(kind: Kind, rest: str = "") -> str:
    return f"/crm/objects/{VERSION}/{OBJECTS[kind]}{rest}"


class Limits(Lane):
    """HubSpot tells how many calls are left of a window that rolls and how long that is, not when it ends: so a window
    begins with the first answer after the last one."""

    _ends = 0.0

    def heard(self, status: int, headers: Mapping[str, str]) -> None:
        told = dict(headers)
        most, left, long = (
            told.get(f"x-hubspot-ratelimit-{name}") for name in ("max", "remaining", "interval-milliseconds")
        )
        if most and left and long and long.isdecimal():
            if now() >= self._ends:
                self._ends = now() + int(long) / 1000
            told |= {"x-ratelimit-limit": most, "x-ratelimit-remaining": left, "x-ratelimit-reset": str(self._ends)}
        if status == 429 and told.get("x-hubspot-ratelimit-daily-remaining") == "0":
            told.setdefault("retry-after", str(A_DAY_IS_USED_UP))
        super().heard(status, told)


class Speaker(speaking.SignedIn):
    def __init__(self, tokens: Tokens, limits: Lane) -> None:
        client = Client(api_address(), {"Accept": "application/json"}, limits=limits, refused=refused)
        super().__init__(client, tokens, _EXPIRED)
        self._searches = Pace(SEARCHES, SECONDS)

    def say(self, method: str, path: str, **what: Any) -> Any:
        if path.endswith("/search"):
            self._searches.take()
        return super().say(method, path, **what)


def refused(answer: Answer) -> ToolError:
    """The error that says who must act, of an answer that is not 2xx."""
    told: dict[str, Any] = answer.json if isinstance(answer.json, dict) else {}
    status, code = answer.status, str(told.get("category") or "")
    said = f" It said: {_message(told)}" if _message(told) else ""
    request_id = str(told.get("correlationId") or answer.request_id)[:100]
    more: dict[str, Any] = {"code": code, "status": status, "request_id": request_id}
    if status == 401:
        return SignInAgain(f"HubSpot no longer accepts the access token; connect again.{said}", **more)
    if status == 403:
        return SignInAgain(f"The HubSpot app lacks a permission; allow it there and connect again.{said}", **more)
    if status in _LOCKED:
        return TryLater(f"HubSpot has locked it for a moment (status {status}).{said}", after=2.0, **more)
    if status in (404, 410):
        return Gone(f"HubSpot does not have it any more.{said}", **more)
    return Rejected(f"HubSpot refused it (status {status}).{said}", **more)


def refusal(told: Mapping[str, Any]) -> ToolError:
    """Of an error within an answer that is not all one: every field of it may be missing."""
    code = str(told.get("category") or "")
    if code == "OBJECT_NOT_FOUND":
        return Gone(f"HubSpot does not have it any more. It said: {_message(told)}", code=code)
    return Rejected(f"HubSpot refused it. It said: {_message(told) or 'nothing'}", code=code)


def _message(told: Mapping[str, Any]) -> str:
    """What is wrong, with what it says of single values, which is more telling."""
    parts = [str(told.get("message") or "")]
    errors = told.get("errors")
    for each in errors[:3] if isinstance(errors, list) else ():
        if isinstance(each, dict) and str(each.get("message") or "") not in parts[0]:
            parts.append(str(each.get("message")))
    return " ".join(part for part in parts if part)[:300]

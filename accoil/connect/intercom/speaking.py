"""How Intercom is spoken to: where it lives, what every call carries, and what its refusals mean."""

import re
from collections.abc import Mapping
from typing import Any

from django.conf import settings

from accoil.connect import speaking
from accoil.connect.connection import Gone, Rejected, SignInAgain, ToolError, TryLater
from accoil.connect.http import Answer, Client
from accoil.connect.models import Connection
from accoil.connect.rate import Lane

VERSION = "2.16"  # without it, the version that somebody chose for the app would decide how answers look
REGIONS = {"us": "United States", "eu": "Europe", "au": "Australia"}
_HOSTS = {"us": "intercom.io", "eu": "eu.intercom.io", "au": "au.intercom.io"}
_PAGES = {"us": "intercom.com", "eu": "eu.intercom.com", "au": "au.intercom.com"}

_STOPPING = {"unauthorized", "missing_authorization", "api_plan_restricted", "action_forbidden"}
_PASSING = {"service_unavailable", "server_error", "request_timeout"}
_LIMITED = {"rate_limit_exceeded", "too_many_requests"}
_MISSING = {"not_found", "company_not_found", "field_not_found", "contact_merged", "conflict"}


def api_address(region: str) -> str:
    return settings.INTERCOM_URL or f"https://api.{_HOSTS[region]}"


def pages_address(region: str) -> str:
    """Where people sign in and look at contacts."""
    return settings.INTERCOM_URL or f"https://app.{_PAGES[region]}"


def speaker_of(connection: Connection, limits: Lane) -> "Speaker":
    """Raises SignInAgain."""
    token = connection.secrets.get("token")
    if not token:
        raise SignInAgain("No access token of Intercom is kept; connect it again.")
    speaking.check_where(connection, "Intercom", settings.INTERCOM_URL)
    return Speaker(token, connection.options.get("region", "us"), limits)


class Speaker(speaking.Speaker):
    """Calls with one token."""

    def __init__(self, token: str, region: str, limits: Lane) -> None:
        told = {"Authorization": f"Bearer {token}", "Intercom-Version": VERSION, "Accept": "application/json"}
        super().__init__(Client(api_address(region), told, limits=limits, refused=refused))


def refused(answer: Answer) -> ToolError:
    """The error that says who must act, of an answer that is not 2xx."""
    code, message = _first_error(answer.json)
    status = answer.status
    told: dict[str, Any] = {"code": code, "status": status, "request_id": answer.request_id}
    said = f" It said: {message}" if message else ""
    if status == 401 or code in _STOPPING or code.startswith("token_"):
        return SignInAgain(_stopped(status, code) + said, **told)
    if status == 429 or code in _LIMITED:
        return TryLater("Intercom was asked too much in a short time.", limited=True, **told)
    if status == 408 or status >= 500 or code in _PASSING:
        return TryLater(f"Intercom has a problem of its own (status {status}).{said}", **told)
    if status in (404, 409, 410) or code in _MISSING:
        return Gone(f"Intercom does not have it any more.{said}", moved_to=_moved_to(answer.headers), **told)
    return Rejected(f"Intercom refused it (status {status}).{said}", **told)


def _stopped(status: int, code: str) -> str:
    if code == "api_plan_restricted":
        return "The plan of the Intercom workspace does not include this."
    if status == 403:
        return "The Intercom app lacks a permission; tick it in the Developer Hub and connect again."
    return "Intercom no longer accepts the access token; connect again."


def _first_error(told: Any) -> tuple[str, str]:
    """Its code and its message, "" for what is not told; from a list of errors, or from the OAuth answers' own form."""
    errors = told.get("errors") if isinstance(told, dict) else None
    first = errors[0] if isinstance(errors, list) and errors else {}
    if not isinstance(first, dict):
        return "", ""
    return str(first.get("code") or ""), str(first.get("message") or "")[:300]


def _moved_to(headers: Mapping[str, str]) -> str | None:
    """The contact that the one asked for was merged into."""
    found = re.search(r"/contacts/([\w-]+)[^>]*>", headers.get("link", ""))
    return found[1] if found else None

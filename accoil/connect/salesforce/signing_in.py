"""Signing in at Salesforce: the code that a person comes back with, and the token that renews the access."""

import re
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings

from accoil.connect.connection import Rejected, SignInAgain, ToolError
from accoil.connect.http import Answer, Client
from accoil.connect.rate import Lane
from accoil.connect.salesforce.tool import SCOPES
from accoil.refused import Refused

HOSTS = {"production": "https://login.salesforce.com", "sandbox": "https://test.salesforce.com"}
_MY_DOMAIN = re.compile(r"[a-z0-9][a-z0-9-]{0,80}(\.[a-z0-9-]{1,40}){0,2}\.my\.salesforce\.com")
_OF_SALESFORCE = (".salesforce.com", ".force.com")


def my_domain(typed: str) -> str:
    """As it is kept. Raises Refused: a person could be sent anywhere else by a link."""
    host = (urlsplit(typed.strip().lower()).hostname if "://" in typed else typed.strip().lower().strip("/")) or ""
    if not _MY_DOMAIN.fullmatch(host):
        raise Refused("My Domain: write the host that you sign in at, such as acme.my.salesforce.com.")
    return host


def host_of(place: str) -> str:
    return settings.SALESFORCE_URL or HOSTS.get(place) or f"https://{my_domain(place)}"


def page(place: str, state: str, back: str) -> str:
    told = {"response_type": "code", "client_id": settings.SALESFORCE_CLIENT_ID, "redirect_uri": back, "state": state}
    return f"{host_of(place)}/services/oauth2/authorize?{urlencode(told | {'scope': ' '.join(SCOPES)})}"


def exchanged(place: str, code: str, back: str, verifier: str) -> dict[str, Any]:
    """What Salesforce tells for the code. Raises Refused, TryLater."""
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": back, "code_verifier": verifier}
    try:
        told = _asked(place, form)
    except (SignInAgain, Rejected) as wrong:
        raise Refused("Salesforce did not take the sign-in, which holds for minutes only. Connect again.") from wrong
    if not told.get("refresh_token"):
        raise Refused("Salesforce gave no refresh token. Add the scope refresh_token to the app, and connect again.")
    return told


def renewed(place: str, refresh: str) -> dict[str, Any]:
    """What Salesforce tells for it; some apps give another one each time. Raises SignInAgain, TryLater."""
    return _asked(place, {"grant_type": "refresh_token", "refresh_token": refresh})


def instance_of(told: dict[str, Any]) -> str:
    """Where the company's records are. Raises Refused for anywhere else than at Salesforce."""
    address = str(told.get("instance_url") or "")
    parts = urlsplit(address)
    if not settings.SALESFORCE_URL and (
        parts.scheme != "https" or not (parts.hostname or "").endswith(_OF_SALESFORCE) or parts.port
    ):
        raise Refused("Salesforce did not say where the records are. Connect again.")
    return f"{parts.scheme}://{parts.netloc}"


def revoke(place: str, token: str) -> None:
    Client(host_of(place), {}, limits=Lane(), reads="anything").call(
        "POST", "/services/oauth2/revoke", form={"token": token}
    )


def _asked(place: str, form: dict[str, str]) -> dict[str, Any]:
    asked = form | {"client_id": settings.SALESFORCE_CLIENT_ID, "client_secret": settings.SALESFORCE_CLIENT_SECRET}
    client = Client(host_of(place), {"Accept": "application/json"}, limits=Lane(), refused=_refused)
    told = client.call("POST", "/services/oauth2/token", form=asked).json
    if not isinstance(told, dict) or not told.get("access_token"):
        raise Rejected("Salesforce answered without an access token.")
    return told


def _refused(answer: Answer) -> ToolError:
    """It was revoked there, or the app's secret is another one now."""
    return SignInAgain("Salesforce no longer accepts the sign-in; connect again.", status=answer.status)

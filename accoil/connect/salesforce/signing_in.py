"""Signing in at Salesforce: where that is, and what a person comes back with."""

import re
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from accoil.connect import oauth
from accoil.connect.granting import App
from accoil.refused import Refused

SCOPES = ("api", "refresh_token")
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


def app(place: str) -> App:
    return App(
        tool="Salesforce", address=host_of(place), path="/services/oauth2/token", revokes="/services/oauth2/revoke",
        id=settings.SALESFORCE_CLIENT_ID, secret=settings.SALESFORCE_CLIENT_SECRET,
    )  # fmt: skip


def sign_in_address(place: str, state: str, back: str) -> str:
    own, more = settings.SALESFORCE_CLIENT_ID, {"response_type": "code", "scope": " ".join(SCOPES)}
    address = f"{host_of(place)}/services/oauth2/authorize"
    return oauth.sign_in_address(address, client_id=own, state=state, back=back, **more)


def exchanged(place: str, code: str, back: str, verifier: str) -> dict[str, Any]:
    """What Salesforce tells for the code. Raises Refused, TryLater."""
    told = app(place).exchanged(code, back, code_verifier=verifier)
    if not told.get("refresh_token"):
        raise Refused("Salesforce gave no refresh token. Add the scope refresh_token to the app, and connect again.")
    return told


def instance_of(told: dict[str, Any]) -> str:
    """Where the company's records are. Raises Refused for anywhere else than at Salesforce."""
    address = str(told.get("instance_url") or "")
    parts = urlsplit(address)
    if not settings.SALESFORCE_URL and (
        parts.scheme != "https" or not (parts.hostname or "").endswith(_OF_SALESFORCE) or parts.port
    ):
        raise Refused("Salesforce did not say where the records are. Connect again.")
    return f"{parts.scheme}://{parts.netloc}"

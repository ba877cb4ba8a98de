"""The access token of a connection to HubSpot: one of a sign-in holds for half an hour, and is renewed before."""

from typing import Any

from django.conf import settings

from accoil.connect.connection import Rejected, SignInAgain, ToolError
from accoil.connect.http import Answer, Client
from accoil.connect.models import Connection
from accoil.connect.now import now
from accoil.connect.rate import Lane
from accoil.connect.tokens import Tokens
from accoil.refused import Refused

PATH = "/oauth/2026-03/token"
RENEWED_AT = 0.8  # of the time that a token holds
HOLDS = 1800.0  # seconds, where it is not told


def tokens_of(connection: Connection, address: str) -> Tokens:
    """Raises SignInAgain without one."""

    def renewing(refresh: str) -> dict[str, str]:
        return secrets_of(_asked(address, {"grant_type": "refresh_token", "refresh_token": refresh}))

    return Tokens(connection, "HubSpot", renewing)


def exchanged(address: str, code: str, back: str) -> dict[str, Any]:
    """What HubSpot tells for the code that it sent a person back with. Raises Refused, TryLater."""
    try:
        return _asked(address, {"grant_type": "authorization_code", "code": code, "redirect_uri": back})
    except (SignInAgain, Rejected) as wrong:
        raise Refused("HubSpot did not take the sign-in, which holds for a few minutes only. Connect again.") from wrong


def secrets_of(told: dict[str, Any]) -> dict[str, str]:
    """The secrets of a connection, of an answer that has tokens."""
    holds = float(told.get("expires_in") or HOLDS)
    found = {"token": str(told["access_token"]), "renew_at": str(now() + holds * RENEWED_AT)}
    return found | ({"refresh_token": str(told["refresh_token"])} if told.get("refresh_token") else {})


def _asked(address: str, form: dict[str, str]) -> dict[str, Any]:
    asked = form | {"client_id": settings.HUBSPOT_CLIENT_ID, "client_secret": settings.HUBSPOT_CLIENT_SECRET}
    told = Client(address, {"Accept": "application/json"}, limits=Lane(), refused=_refused).call(
        "POST", PATH, form=asked
    )
    if not isinstance(told.json, dict) or not told.json.get("access_token"):
        raise Rejected("HubSpot answered without an access token.")
    return told.json


def _refused(answer: Answer) -> ToolError:
    """It was revoked there, or the app's secret is another one now."""
    return SignInAgain("HubSpot no longer accepts the sign-in; connect again.", status=answer.status)

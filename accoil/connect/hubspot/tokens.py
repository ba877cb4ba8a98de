"""What HubSpot tells for codes and for refresh tokens, and that it takes one back."""

from typing import Any

import structlog
from django.conf import settings

from accoil.connect.connection import Rejected, SignInAgain, ToolError
from accoil.connect.http import Answer, Client
from accoil.connect.rate import Lane
from accoil.refused import Refused

PATH, REVOKED = "/oauth/2026-03/token", "/oauth/2026-03/token/revoke"
HOLDS = 1800.0  # seconds, where it is not told

log = structlog.get_logger()


def exchanged(address: str, code: str, back: str) -> dict[str, Any]:
    """What HubSpot tells for the code that it sent a person back with. Raises Refused, TryLater."""
    try:
        return _asked(address, {"grant_type": "authorization_code", "code": code, "redirect_uri": back})
    except (SignInAgain, Rejected) as wrong:
        raise Refused("HubSpot did not take the sign-in, which holds for a few minutes only. Connect again.") from wrong


def renewed(address: str, refresh_token: str) -> dict[str, Any]:
    """Raises TryLater, SignInAgain."""
    return _asked(address, {"grant_type": "refresh_token", "refresh_token": refresh_token})


def revoke(address: str, refresh_token: str) -> None:
    """The app is let in no more. What HubSpot says to that changes nothing: the token is forgotten here anyway."""
    form = {"token": refresh_token, "token_type_hint": "refresh_token"} | _own()
    try:
        Client(address, {}, limits=Lane(), reads="anything", refused=_refused).call("POST", REVOKED, form=form)
    except ToolError as wrong:
        log.warning("HubSpot did not take the grant back; it stands among its connected apps", why=wrong.reason)


def _asked(address: str, form: dict[str, str]) -> dict[str, Any]:
    asked = form | _own()
    told = Client(address, {"Accept": "application/json"}, limits=Lane(), refused=_refused).call(
        "POST", PATH, form=asked
    )
    if not isinstance(told.json, dict) or not told.json.get("access_token"):
        raise Rejected("HubSpot answered without an access token.")
    return told.json


def _refused(answer: Answer) -> ToolError:
    """It was revoked there, or the app's secret is another one now."""
    return SignInAgain("HubSpot no longer accepts the sign-in; connect again.", status=answer.status)


def _own() -> dict[str, str]:
    return {"client_id": settings.HUBSPOT_CLIENT_ID, "client_secret": settings.HUBSPOT_CLIENT_SECRET}

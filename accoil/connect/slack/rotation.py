"""Where an app rotates its tokens, one of a sign-in holds for twelve hours; a refresh token brings the next one."""

import base64
from typing import Any

from django.conf import settings

from accoil.connect.connection import SignInAgain, ToolError, TryLater
from accoil.connect.http import Answer, Client
from accoil.connect.models import Connection
from accoil.connect.rate import Lane
from accoil.connect.renewing import Tokens, secrets_of
from accoil.connect.slack.addresses import AGAIN, api_address

HOLDS = 12 * 3600.0  # seconds, where it is not told
ROTATED = "xoxe.xoxb-"  # what such tokens begin with


def tokens_of(connection: Connection) -> Tokens:
    """Raises SignInAgain without a token."""
    return Tokens(connection, "Slack", _renewed, HOLDS)


def secrets(told: dict[str, Any]) -> dict[str, str]:
    """Of an answer with tokens, whether they end or not."""
    return secrets_of(told, HOLDS) if told.get("refresh_token") else {"token": str(told["access_token"])}


def access(form: dict[str, str]) -> dict[str, Any]:
    """What Slack tells for a code, or for a refresh token. Raises TryLater, SignInAgain."""
    own = base64.b64encode(f"{settings.SLACK_CLIENT_ID}:{settings.SLACK_CLIENT_SECRET}".encode()).decode()
    client = Client(api_address(), {"Authorization": f"Basic {own}"}, limits=Lane(), refused=_refused)
    answer = client.call("POST", "/oauth.v2.access", form=form)
    if not isinstance(answer.json, dict) or not answer.json.get("ok"):
        raise _refused(answer)
    return answer.json


def _refused(answer: Answer) -> ToolError:
    """Slack always says why; what a proxy says does not end a sign-in."""
    code = str(answer.json.get("error") or "")[:100] if isinstance(answer.json, dict) else ""
    if code in ("", "ratelimited", "internal_error", "fatal_error", "service_unavailable"):
        return TryLater(f"Slack has a problem of its own ({code or f'status {answer.status}'}).", code=code)
    return SignInAgain(f"Slack did not take the sign-in ({code}); {AGAIN}", code=code)


def _renewed(refresh_token: str) -> dict[str, Any]:
    return access({"grant_type": "refresh_token", "refresh_token": refresh_token})

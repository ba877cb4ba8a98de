"""What Slack tells by itself, signed: that the app was removed from a workspace, or its token revoked there."""

import hmac
import json
from typing import Any

from django.conf import settings

from accoil.connect import breaker
from accoil.connect.connection import SignInAgain
from accoil.connect.models import Connection, State
from accoil.connect.now import now
from accoil.connect.slack.addresses import AGAIN, GONE

TOLERANCE = 300  # seconds that a call may be old: one that somebody wrote down is worth nothing later


def challenge(raw: bytes) -> str | None:
    """What Slack wants to hear back when somebody writes the address into the app: it tells nothing, so it need not be
    proven."""
    told = _read(raw)
    given = told.get("challenge") if told.get("type") == "url_verification" else None
    return given if isinstance(given, str) else None


def hear(raw: bytes, at: str, signature: str) -> bool:
    """Whether it is proven that Slack sent it. Nothing is done about a workspace that is nobody's here, nor about an
    app that is not the connection's: another one, or the one before, may be removed there."""
    told = _read(raw)
    team = told.get("team_id")
    is_id = isinstance(team, str) and team.isprintable()  # half a character can't be looked for
    known = Connection.objects.filter(tool="slack", workspace=team) if is_id else None
    connection = known.exclude(state__in=(State.DISCONNECTED, State.DISCONNECTING)).first() if known else None
    own = _is_signed(connection.secrets.get("signing", ""), raw, at, signature) if connection else False
    of_server = _is_signed(settings.SLACK_SIGNING_SECRET, raw, at, signature)
    event = told.get("event")
    if connection and isinstance(event, dict) and _ends(event) and _is_its_app(connection, told, own, of_server):
        breaker.lost(connection, SignInAgain(f"{GONE[event['type']]} {AGAIN}"))
    return own or of_server


def _is_its_app(connection: Connection, told: dict[str, Any], own: bool, of_server: bool) -> bool:
    """`own`, `of_server`: signed with the secret of the team's app, of the server's."""
    known, app = connection.options.get("app"), told.get("api_app_id")
    return (of_server if connection.options.get("signed_in") else own) and (not known or not app or known == app)


def _ends(event: dict[str, Any]) -> bool:
    """Tokens of people, which we have none of, are revoked now and then."""
    tokens = event.get("tokens")
    return event.get("type") == "app_uninstalled" or (
        event.get("type") == "tokens_revoked" and isinstance(tokens, dict) and bool(tokens.get("bot"))
    )


def _is_signed(secret: str, raw: bytes, at: str, signature: str) -> bool:
    if not secret or not at.isascii() or not at.isdecimal() or abs(now() - int(at[:15])) > TOLERANCE:
        return False
    right = hmac.digest(secret.encode(), f"v0:{at}:".encode() + raw, "sha256").hex()
    return hmac.compare_digest(signature.encode(), f"v0={right}".encode())


def _read(raw: bytes) -> dict[str, Any]:
    try:
        told = json.loads(raw)
    except (ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}

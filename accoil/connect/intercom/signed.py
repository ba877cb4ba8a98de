"""Who it is that calls: Intercom signs the exact bytes it sends with the client secret of the app."""

import hmac
import json
from collections.abc import Sequence
from typing import Any

from django.conf import settings

from accoil.connect.models import Connection, State
from accoil.connect.now import now

INTERCOM = "intercom"
OLD_HOLDS = 24 * 3600.0  # seconds: how long the client secret before a new one still counts


def is_signed(secrets: Sequence[str], raw: bytes, header: str) -> bool:
    """Whether `X-Body-Signature`, which the inbox widget's calls carry, is right: hex HMAC-SHA256 with one of the
    connection's secrets."""
    return _fits(raw, header, secrets, "sha256")


def is_hub_signed(connection: Connection, raw: bytes, header: str) -> bool:
    """Whether `X-Hub-Signature`, which notifications carry, is right: "sha1=" and hex HMAC-SHA1."""
    kind, _, signature = header.partition("=")
    return kind == "sha1" and _fits(raw, signature, secrets_of(connection), "sha1")


def is_hub_signed_by_app(raw: bytes, header: str) -> bool:
    """The same with the secret of the server's own app, for workspaces that are not connected."""
    kind, _, signature = header.partition("=")
    return kind == "sha1" and _fits(raw, signature, [settings.INTERCOM_CLIENT_SECRET], "sha1")


def workspace(raw: bytes) -> Connection | None:
    """The connection of the workspace that a body names, as `workspace_id` or `app_id`. The body is not yet proven to
    come from there."""
    named = _body(raw)
    given = named.get("workspace_id") or named.get("app_id")
    if not isinstance(given, str) or not given or not given.isprintable():  # half a character can't be looked up
        return None
    connections = Connection.objects.filter(tool=INTERCOM, workspace=given).exclude(
        state__in=(State.DISCONNECTED, State.DISCONNECTING)
    )
    return connections.select_related("team").first()


def secrets_of(connection: Connection) -> list[str]:
    """The client secrets that may sign for it: its own, for a day the one before, and the server's if its app connected
    it."""
    kept = connection.secrets
    old = kept.get("old_client_secret") if now() < float(kept.get("old_until", "0")) else None
    by_app = settings.INTERCOM_CLIENT_SECRET if connection.options.get("by") == "code" else None
    return [secret for secret in (kept.get("client_secret"), old, by_app) if secret]


def _fits(raw: bytes, header: str, secrets: Sequence[str], how: str) -> bool:
    given = header.strip().lower().encode()
    rights = [hmac.digest(secret.encode(), raw, how).hex().encode() for secret in secrets if secret]
    return any(hmac.compare_digest(given, right) for right in rights)


def _body(raw: bytes) -> dict[str, Any]:
    try:
        told = json.loads(raw)
    except (ValueError, RecursionError):  # neither JSON nor UTF-8, or nested without end
        return {}
    return told if isinstance(told, dict) else {}

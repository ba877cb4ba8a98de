"""The addresses that a team's webhooks go to. Each is a connection of its own, with a secret of its own."""

import hashlib
import json
from urllib.parse import urlsplit

from django.db import transaction
from django.db.models import QuerySet

from accoil.connect.models import Connection, State
from accoil.connect.now import now
from accoil.connect.webhook.signing import new_secret
from accoil.team.models import NAME_LENGTH, Team

TOOL = "webhook"
BOTH = 24 * 3600  # seconds that the secret which was replaced is signed with too


def endpoint(team: Team, url: str) -> Connection:
    """The team's connection to an address, made with a new secret when it is the first time."""
    made, _ = Connection.objects.exclude(state=State.DISCONNECTED).get_or_create(
        tool=TOOL,
        workspace=_key(team, url),
        defaults={
            "team": team,
            "workspace_name": (urlsplit(url).hostname or "")[:NAME_LENGTH],
            "options": {"url": url},
            "secret": json.dumps({"secret": new_secret()}),
        },
    )
    return made


def endpoints(team: Team) -> QuerySet[Connection]:
    return team.connections.filter(tool=TOOL).exclude(state=State.DISCONNECTED)


def keys(connection: Connection) -> list[str]:
    """The secrets to sign with now, the current one first; none after the server's secret key was lost."""
    kept = connection.secrets
    old = kept.get("old", "") if float(kept.get("old_until", 0)) > now() else ""
    return [key for key in (kept.get("secret", ""), old) if key]


def replace_secret(connection: Connection) -> str:
    """A new secret; for a day what is sent is signed with the one before as well."""
    new = new_secret()
    with transaction.atomic():
        kept = Connection.objects.select_for_update().get(pk=connection.pk).secrets
        old = {"old": kept["secret"], "old_until": str(now() + BOTH)} if kept.get("secret") else {}
        connection.secrets = {"secret": new, **old}
        connection.save(update_fields=["secret"])
    return new


def enable(connection: Connection) -> None:
    """Sends to an address again that was switched off, or that failed too often."""
    connection.state, connection.problem = State.CONNECTED, ""
    connection.failures, connection.failing_since, connection.waits_until = 0, None, None
    connection.save(update_fields=["state", "problem", "failures", "failing_since", "waits_until"])


def _key(team: Team, url: str) -> str:
    # A connection is unique by tool and workspace, and two teams may send to one address.
    return f"{team.pk}:{hashlib.sha256(url.encode()).hexdigest()[:40]}"

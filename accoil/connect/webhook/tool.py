"""Webhooks: a signed POST to an address of one's own."""

import json
from collections.abc import Sequence
from functools import cache
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from accoil.connect.connection import Action, Field, Message, SignInAgain, Tool, ToolError, TryLater
from accoil.connect.http import Answer, Client, lane
from accoil.connect.models import Connection
from accoil.connect.now import now
from accoil.connect.rate import Pace
from accoil.connect.webhook import endpoints
from accoil.connect.webhook.signing import signatures

MINUTE, HOUR = 60.0, 3600.0
RETRIES = (5.0, 5 * MINUTE, 30 * MINUTE, *(n * HOUR for n in (2, 5, 10, 14, 20, 24)))  # as Standard Webhooks suggests
LARGEST = 64_000  # bytes of an answer that are looked at
MOST_A_MINUTE = 600
EXCERPT = 200  # characters of it that are shown
SHORTEST = 5  # characters of a secret: shorter parts of an address are words such as api


@cache
def pace(team: int) -> Pace:
    """Of all addresses of a team together, in this process: nobody floods others with us."""
    return Pace(MOST_A_MINUTE, 60)


class Webhook:
    """Sends to one address."""

    def __init__(self, connection: Connection) -> None:
        self._team = connection.team_id
        self._keys = endpoints.keys(connection)
        if not self._keys:
            raise SignInAgain(
                "The signing secret of this address is lost. Replace it, and tell the receiver the new one."
            )
        url = connection.options["url"]
        self._hidden = _secrets_of(url)
        self._client = Client(
            url,
            {},
            limits=lane(connection.pk),
            guarded=True,
            reads="anything",
            largest=LARGEST,
            refused=lambda answer: _refused(answer, self._hidden),
            tries=1,  # each try says when it was made; the next one is the queue's
        )

    def send(self, action: str, values: dict[str, str], message: Message) -> str:
        pace(self._team).take()
        told = {"type": message.type, "timestamp": message.at.isoformat(), "data": message.data}
        body = json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
        at = int(now())
        headers = {
            "webhook-id": message.key,
            "webhook-timestamp": str(at),
            "webhook-signature": signatures(self._keys, message.key, at, body),
        }
        answer = self._client.call("POST", "", content=body, headers=headers)
        return f"Sent; the answer was {answer.status}{_excerpt(answer, self._hidden)}."


def _refused(answer: Answer, hidden: Sequence[str]) -> ToolError:
    told: dict[str, Any] = {"status": answer.status}
    if answer.status == 410:
        return SignInAgain(
            "The receiver says that this address is gone (status 410), so nothing more is sent to it.", **told
        )
    # Only 2xx is taken: anything else may be a receiver that is being changed just now.
    return TryLater(f"The receiver answered {answer.status}{_excerpt(answer, hidden)}.", **told)


def _excerpt(answer: Answer, hidden: Sequence[str]) -> str:
    """Everybody reads it, and receivers like to repeat what they were asked: “Cannot POST /hook/s3cret”."""
    text = " ".join("".join(c if c.isprintable() else " " for c in answer.body.decode("utf-8", "replace")).split())
    for secret in hidden:
        text = text.replace(secret, "…")
    return f": {text[:EXCERPT]}{'…' if len(text) > EXCERPT else ''}" if text else ""


def _secrets_of(url: str) -> list[str]:
    """What of an address may let somebody in, as it is written and as it is meant; the longest first."""
    parts = urlsplit(url)
    query = [value for _, value in parse_qsl(parts.query)]
    told = {f"{parts.path}?{parts.query}", parts.path, parts.query, *parts.path.split("/"), *query}
    return sorted({form for text in told for form in (text, unquote(text)) if len(form) >= SHORTEST}, key=len)[::-1]


TOOL = Tool(
    key=endpoints.TOOL,
    name="Webhooks",
    fields=(),
    syncs=False,
    retries=RETRIES,
    sending=Webhook,
    connection_of=lambda team, values: endpoints.endpoint(team, values["url"]),
    actions=(
        Action(
            key="webhook",
            label="Send a webhook",
            fields=(
                Field(
                    name="url", label="Address", type="address", help="Gets a signed POST; https://example.com/hook."
                ),
            ),
            needs_match=False,
        ),
    ),
)

"""Somebody's own server that webhooks are sent to: it checks who signed them, and has a page of what came."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import escape
from typing import Any

from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from tests.shown import Said, page, serving


@dataclass
class Receiver:
    """`secret`: of the endpoint, as its owner has copied it; `came`: the newest last, and whether each was signed."""

    secret: str = ""
    came: list[tuple[dict[str, Any], bool]] = field(default_factory=list)
    address: str = ""

    @property
    def hook(self) -> str:
        return f"{self.address}/hook"

    def take(self, headers: Mapping[str, str], body: bytes) -> int:
        try:
            Webhook(self.secret).verify(body, dict(headers))
        except (WebhookVerificationError, ValueError):
            is_signed = False
        else:
            is_signed = True
        self.came.append((json.loads(body), is_signed))
        return 204 if is_signed else 401


def listed(receiver: Receiver) -> str:
    told = [
        f"<h2>{escape(str(body.get('type')))}{'' if is_signed else ' · not signed as it must be'}</h2>"
        f"<pre>{escape(json.dumps(body, indent=1, ensure_ascii=False))}</pre>"
        for body, is_signed in receiver.came[::-1]
    ]
    return page("A server of your own (stand-in)", "".join(told) or "<p>No webhook came yet.</p>")


@contextmanager
def open_receiver(port: int = 0) -> Iterator[Receiver]:
    here = Receiver()

    def answering(method: str, path: str, headers: Mapping[str, str], body: bytes) -> Said:
        if method == "POST" and path == "/hook":
            return here.take(headers, body), "text/plain", b""
        return 200 if path == "/" else 404, "text/html; charset=utf-8", listed(here).encode()

    with serving(answering, port) as here.address:
        yield here

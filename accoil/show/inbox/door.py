"""The addresses that Intercom calls. Not Django's: what is signed are bytes, and nobody waits behind a page."""

from typing import Any

import msgspec
from django.conf import settings
from django.http.request import split_domain_port, validate_host

from accoil.receive import answers, bodies
from accoil.receive.answers import Receive, Send, refusal, respond
from accoil.receive.app import JSON
from accoil.show.inbox.answering import Call
from accoil.show.inbox.desk import Desk

PATHS = ("/intercom/initialize", "/intercom/submit")

UNPROVEN = refusal("unauthorized", "X-Body-Signature does not fit this body and workspace.")
NOT_POSTED = refusal("method_not_allowed", "Send a POST.")

Scope = Any


async def answer(desk: Desk, scope: Scope, receive: Receive, send: Send) -> None:
    """200 with a canvas, whatever there is to say; 401 for a call that is not proven to come from Intercom."""
    if scope["method"] != "POST":
        return await respond(send, 405, NOT_POSTED, [JSON, (b"allow", b"POST")])
    headers = {name.lower(): value for name, value in scope["headers"]}
    try:
        async with bodies.form(receive, headers) as raw:
            signature = headers.get(b"x-body-signature", b"").decode("latin-1")
            told = await desk.ask(Call(raw, signature, _origin(scope, headers)))
    except bodies.Gone:
        return
    except answers.Refused as refused:
        return await respond(send, refused.status, refusal(refused.code, str(refused)), [JSON, *refused.headers])
    if told.canvas is None:
        return await respond(send, 401, UNPROVEN, [JSON])
    await respond(send, 200, msgspec.json.encode(told.canvas), [JSON])


def _origin(scope: Scope, headers: dict[bytes, bytes]) -> str:
    """How people reach the pages: as configured, else as this call reached us, if that is a name of ours."""
    if settings.PUBLIC_URL:
        return str(settings.PUBLIC_URL)
    host = headers.get(b"host", b"").decode("latin-1")
    domain, _ = split_domain_port(host)
    return f"{scope['scheme']}://{host}" if domain and validate_host(domain, settings.ALLOWED_HOSTS) else ""

"""The stand-in: several accounts behind one address, told apart by their tokens."""

from __future__ import annotations

import secrets
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from html import escape
from typing import Any
from urllib.parse import urlencode

from tests.hubspot import definitions, objects
from tests.hubspot.portal import Portal, Refused
from tests.hubspot.shown import shown
from tests.intercom import server
from tests.intercom.calls import Answer, Call, Refusal
from tests.intercom.routing import Routes
from tests.intercom.stand_in import StandIn

PER_WINDOW, WINDOW = 190, 10.0  # calls, seconds: a window rolls
SEARCHES = 5  # a second
HOLDS = 1800  # seconds, of an access token that comes of a sign-in

routes = Routes().add(objects.routes, definitions.routes)
pages = Routes()


@dataclass
class Token:
    portal: Portal
    until: float = float("inf")


class Hubspot(StandIn):
    def __init__(self, clock: Callable[[], float] | None = None, per_window: int = PER_WINDOW) -> None:
        super().__init__(clock)
        self.per_window = per_window
        self.client_id, self.client_secret = "stand-in-client", "stand-in-secret"
        self.portals: list[Portal] = []
        self.portal = self.add_portal()
        self.tokens: dict[str, Token] = {}
        self.refreshes: dict[str, Portal] = {}  # refresh token → account
        self.codes: dict[str, Portal] = {}
        self.refused = 0  # for being too many
        self._calls: deque[float] = deque()
        self._searches: deque[float] = deque()

    def add_portal(self) -> Portal:
        self.portals.append(made := Portal(4_001 + len(self.portals), self.clock))
        return made

    def token(self, portal: Portal | None = None, holds: float = float("inf")) -> str:
        """A new one, as of a private app."""
        token = f"pat-{secrets.token_hex(12)}"
        self.tokens[token] = Token(portal or self.portal, self.clock() + holds)
        return token

    def code(self, portal: Portal | None = None) -> str:
        code = secrets.token_hex(8)
        self.codes[code] = portal or self.portal
        return code

    def act(self, call: Call, headers: dict[str, str], refusal: Refusal | None) -> Answer:
        if page := pages.find(call.method, call.path):
            if refusal:
                raise Refused(refusal.status, refusal.message)
            return page[0](self, call, **page[1])
        portal = self._portal_of(call)
        self._limit(call, headers)
        if refusal:
            raise Refused(refusal.status, refusal.message, refusal.code if refusal.code.isupper() else "")
        found = routes.find(call.method, call.path)
        if not found:
            raise Refused(404, "The requested resource was not found", "RESOURCE_NOT_FOUND")
        return found[0](portal, call, **found[1])

    def _portal_of(self, call: Call) -> Portal:
        known = self.tokens.get(call.token)
        if not known:
            raise Refused(401, "Authentication credentials not found or not valid")
        if known.until <= self.clock():
            raise Refused(401, "The OAuth token used to make this call expired", "EXPIRED_AUTHENTICATION")
        return known.portal

    def _limit(self, call: Call, headers: dict[str, str]) -> None:
        """Searches count by themselves, and tell nothing."""
        now, searches = self.clock(), call.path.endswith("/search")
        calls, most, window = (self._searches, SEARCHES, 1.0) if searches else (self._calls, self.per_window, WINDOW)
        while calls and calls[0] <= now - window:
            calls.popleft()
        full = len(calls) >= most
        if not full:
            calls.append(now)
        if not searches:
            headers |= {"X-HubSpot-RateLimit-Max": str(most), "X-HubSpot-RateLimit-Remaining": str(most - len(calls)),
                        "X-HubSpot-RateLimit-Interval-Milliseconds": str(int(window * 1000))}  # fmt: skip
        if full:
            self.refused += 1
            raise Refused(429, "You have reached your ten_secondly_rolling limit.", "RATE_LIMITS")


@pages("GET", "/")
def told_all(hubspot: Hubspot, call: Call) -> Answer:
    return Answer(shown(hubspot.portal))


@pages("GET", "/oauth/authorize")
def asked(hubspot: Hubspot, call: Call) -> Answer:
    back = _back(hubspot, call.query)
    kept = "".join(f'<input type="hidden" name="{name}" value="{escape(call.query.get(name, ""))}">'
                   for name in ("client_id", "state", "redirect_uri"))  # fmt: skip
    options = "".join(f'<option value="{one.id}">Account {one.id}</option>' for one in hubspot.portals)
    return Answer(f"""<!doctype html><html lang="en"><title>Connect · HubSpot stand-in</title>
<meta name="viewport" content="width=device-width"><link rel="icon" href="data:,">
<body style="font:16px system-ui;max-width:26rem;margin:4rem auto"><h1>Accoil wants access to your account</h1>
<p>{escape(call.query.get("scope", ""))}</p><form method="post" action="/oauth/allow">{kept}
<p><label>Account <select name="portal">{options}</select></label></p>
<button>Connect app</button> <a href="{escape(back)}?error=access_denied">Cancel</a></form>""")


@pages("POST", "/oauth/allow")
def allowed(hubspot: Hubspot, call: Call) -> Answer:
    form = call.body or {}
    (portal,) = [one for one in hubspot.portals if str(one.id) == form["portal"]]
    query = urlencode({"code": hubspot.code(portal), "state": form.get("state", "")})
    return Answer("", 302, {"Location": f"{_back(hubspot, form)}?{query}"})


@pages("POST", "/oauth/2026-03/token/revoke")
def revoked(hubspot: Hubspot, call: Call) -> Answer:
    """With the refresh token goes what came of it."""
    form: dict[str, Any] = call.body if isinstance(call.body, dict) else {}
    if (form.get("client_id"), form.get("client_secret")) != (hubspot.client_id, hubspot.client_secret):
        raise Refused(401, "Unknown client", "INVALID_CLIENT")
    portal = hubspot.refreshes.pop(form.get("token", ""), None)
    for token in [key for key, each in hubspot.tokens.items() if each.portal is portal]:
        del hubspot.tokens[token]
    return Answer({})


@pages("POST", "/oauth/2026-03/token")
def told_a_token(hubspot: Hubspot, call: Call) -> Answer:
    """Refresh tokens stay as they are until they are revoked."""
    form: dict[str, Any] = call.body if isinstance(call.body, dict) else {}
    if call.query or (form.get("client_id"), form.get("client_secret")) != (hubspot.client_id, hubspot.client_secret):
        raise Refused(400, "missing or invalid client id or secret", "BAD_CLIENT_ID")
    if form.get("grant_type") == "refresh_token":
        refresh = form.get("refresh_token", "")
        portal = hubspot.refreshes.get(refresh)
    else:
        portal, refresh = hubspot.codes.pop(form.get("code", ""), None), secrets.token_hex(16)
    if portal is None or (form["grant_type"] == "authorization_code" and not form.get("redirect_uri")):
        raise Refused(400, "missing or invalid refresh token or code", "BAD_REFRESH_TOKEN")
    hubspot.refreshes[refresh] = portal
    token = hubspot.token(portal, HOLDS)
    return Answer({"access_token": token, "refresh_token": refresh, "expires_in": HOLDS, "token_type": "bearer"})


def _back(hubspot: Hubspot, given: dict[str, str]) -> str:
    back = given.get("redirect_uri", "")
    if given.get("client_id") != hubspot.client_id or not back.startswith(("http://127.0.0.1", "http://localhost")):
        raise Refused(400, "This stand-in knows one app, and goes back to this machine only")
    return back


@contextmanager
def running(hubspot: Hubspot | None = None, port: int = 0) -> Iterator[Hubspot]:
    """`hubspot.address` is where it listens, while inside."""
    here = hubspot or Hubspot()
    with server.running(here, port):
        yield here

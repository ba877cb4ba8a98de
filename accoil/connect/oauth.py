"""Asking somebody elsewhere: what is remembered between sending a person off to sign in there and their coming back.

The state that travels along can be used once, for ten minutes, in the session that it was made in and for what it was
made for (a tool of a team and product, or signing in here): a link that somebody else prepared does nothing.
"""

import base64
import hashlib
import secrets
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.contrib.sessions.backends.base import SessionBase

from accoil.connect.now import now
from accoil.refused import Refused

KEPT = "connecting"  # in the session: digest of the state → what it is for
LASTS = 600.0  # seconds
MOST = 5  # begun at once, in as many tabs


def begin(session: SessionBase, *, tool: str, **more: str | int) -> str:
    """A new state. `more` is kept for the way back: the team and the product, the region, where to go then."""
    state = secrets.token_urlsafe(32)
    begun = {digest: told for digest, told in session.get(KEPT, {}).items() if told["until"] > now()}
    begun[_digest(state)] = {**more, "tool": tool, "until": now() + LASTS}
    session[KEPT] = dict(list(begun.items())[-MOST:])
    return state


def finish(session: SessionBase, state: str, *, tool: str) -> dict[str, Any]:
    """What was begun with this state: `team`, `product` and the rest; it cannot be used again. Raises Refused."""
    begun = dict(session.get(KEPT, {}))
    told = begun.pop(_digest(state), None)
    session[KEPT] = begun
    session.save()  # before anything is asked of the tool: whatever happens then, the state is used up
    if told is None or told["tool"] != tool:
        raise Refused("This way back was not begun here, or was taken already. Begin again.")
    if told["until"] <= now():
        raise Refused("That took more than ten minutes. Begin again.")
    return {name: value for name, value in told.items() if name != "until"}


def sign_in_address(page: str, *, client_id: str, state: str, back: str = "", **more: str) -> str:
    """Where to send somebody who wants to connect. `back`: where to return to, "" for what the tool has on file."""
    asked = {"client_id": client_id, "state": state} | ({"redirect_uri": back} if back else {}) | more
    return f"{page}{'&' if urlsplit(page).query else '?'}{urlencode(asked)}"


def with_challenge(page: str, verifier: str) -> str:
    """The same, for a tool that gives the access only to whoever shows the verifier afterwards (PKCE)."""
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    return f"{page}&{urlencode({'code_challenge': challenge, 'code_challenge_method': 'S256'})}"


def _digest(state: str) -> str:
    return hashlib.sha256(state.encode()).hexdigest()

"""The page where an admin lets an app in, and the exchange of the code that follows for a token."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable
from html import escape
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from tests.intercom.calls import Answer, Call, Refusal
from tests.intercom.routing import Routes

if TYPE_CHECKING:
    from tests.intercom.intercom import Intercom

CODE_LIVES = 600  # seconds

routes = Routes()


class Grants:
    """Codes that wait to be exchanged, each once. `addresses` are those registered to return to; the first is the
    default."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._codes: dict[str, tuple[str, float]] = {}  # code → workspace, made at
        self.addresses: list[str] = []

    def code(self, workspace: str) -> str:
        code = secrets.token_hex(8)
        self._codes[code] = (workspace, self._clock())
        return code

    def take(self, code: str) -> str | None:
        workspace, made_at = self._codes.pop(code, (None, 0.0))
        return workspace if self._clock() - made_at < CODE_LIVES else None


@routes("GET", "/oauth")
def asked(intercom: Intercom, call: Call) -> Answer:
    _check(intercom, call.query)
    kept = "".join(
        f'<input type="hidden" name="{name}" value="{escape(call.query.get(name, ""))}">'
        for name in ("client_id", "state", "redirect_uri")
    )
    options = "".join(
        f'<option value="{escape(one.id_code)}">{escape(one.name)}</option>' for one in intercom.workspaces.values()
    )
    return Answer(f"""<!doctype html><html lang="en"><title>Authorize access · Intercom stand-in</title>
<meta name="viewport" content="width=device-width"><link rel="icon" href="data:,">
<body style="font:16px system-ui;max-width:26rem;margin:4rem auto">
<h1>Accoil wants access to your workspace</h1><form method="post" action="/oauth/allow">{kept}
<p><label>Workspace <select name="workspace">{options}</select></label></p>
<button name="said" value="allow">Allow</button> <button name="said" value="deny">Deny</button></form>""")


@routes("POST", "/oauth/allow")
def allowed(intercom: Intercom, call: Call) -> Answer:
    form = call.body or {}
    back = _check(intercom, form)
    told = {"error": "access_denied"}
    if form.get("said") == "allow":
        told = {"code": intercom.grants.code(form["workspace"])}
    query = urlencode(told | {"state": form.get("state", "")})
    return Answer("", 302, {"Location": f"{back}{'&' if '?' in back else '?'}{query}"})


def _check(intercom: Intercom, given: dict[str, str]) -> str:
    """Where to go back to."""
    if given.get("client_id") != intercom.client_id:
        raise Refusal(400, "bad_request", "Unknown client_id", "client_id")
    back = given.get("redirect_uri") or next(iter(intercom.grants.addresses), "")
    if intercom.grants.addresses and back not in intercom.grants.addresses:
        raise Refusal(400, "bad_request", "redirect_uri is not one of those registered", "redirect_uri")
    if not back.startswith(("http://127.0.0.1", "http://localhost")):
        raise Refusal(400, "bad_request", "This stand-in only goes back to this machine", "redirect_uri")
    return back


@routes("POST", "/auth/eagle/token")
def exchanged(intercom: Intercom, call: Call) -> Answer:
    """JSON or a form. The token never expires."""
    given = call.body if isinstance(call.body, dict) else {}
    same = given.get("client_id") == intercom.client_id
    if not same or not hmac.compare_digest(str(given.get("client_secret")), intercom.client_secret):
        raise Refusal(401, "unauthorized", "Unknown client_id or client_secret")
    workspace = intercom.grants.take(str(given.get("code")))
    if workspace is None:
        raise Refusal(401, "invalid_code", "The code was used, is too old or never was")
    token = intercom.token(intercom.workspaces[workspace])
    return Answer({"token_type": "Bearer", "token": token, "access_token": token})

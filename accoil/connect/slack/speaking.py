"""How Slack is spoken to. It answers 200 even when it refuses: each of its words for that says who must act."""

from typing import Any

from django.conf import settings

from accoil.connect.connection import Rejected, SignInAgain, ToolError, TryLater
from accoil.connect.http import Answer, Client
from accoil.connect.models import Connection
from accoil.connect.rate import UNTOLD, Lane
from accoil.connect.renewing import Tokens, bearer
from accoil.connect.slack.addresses import AGAIN, api_address, hooks_address
from accoil.connect.slack.rotation import tokens_of
from accoil.connect.speaking import check_where

NEEDED = ("chat:write", "channels:read")
SCOPES = (*NEEDED, "chat:write.public", "groups:read")
EXPIRED = "token_expired"
_STOPS = {
    "invalid_auth": "Slack no longer accepts the token;",
    "not_authed": "Slack was asked without a token;",
    "token_revoked": "The token was revoked in Slack, or the app was removed there;",
    EXPIRED: "The token has expired;",
    "account_inactive": "The workspace or the app's user is switched off in Slack;",
    "team_access_not_granted": "The app was taken out of the workspace;",
}
_LIMITED = {"ratelimited", "rate_limited", "message_limit_exceeded"}
_PASSES = {"internal_error", "fatal_error", "service_unavailable", "request_timeout", "team_added_to_org"}
_CHANNEL = {
    "channel_not_found": "Slack knows no channel {channel}, or it is private and the app is not in it: write "
    "/invite @Accoil there, or choose another one.",
    "not_in_channel": "The app is not in {channel}: write /invite @Accoil there, then try again.",
    "is_archived": "{channel} is archived in Slack; choose another channel.",
    "restricted_action": "An admin of the workspace does not let apps write in {channel}; choose another channel.",
    "restricted_action_read_only_channel": "{channel} is for reading only; choose another channel.",
    "restricted_action_thread_only_channel": "{channel} takes answers only; choose another channel.",
    "msg_too_long": "The message is too long for Slack; shorten its text.",
    "msg_blocks_too_long": "The message is too long for Slack; shorten its text.",
    "no_text": "The message was empty.",
    "invalid_blocks": "Slack can't show the message; change its text.",
}
_HOOK = {  # what incoming webhooks call the same
    "no_service": "invalid_hook",
    "no_team": "invalid_hook",
    "channel_is_archived": "is_archived",
    "action_prohibited": "restricted_action",
    "posting_to_general_channel_denied": "restricted_action",
}
GONE = "The incoming webhook is switched off in Slack;"


def speaker_of(connection: Connection, limits: Lane, tries: int = 3) -> "Speaker":
    """`tries`: a message that may have arrived is not sent again at once; the queue has more patience. Raises
    SignInAgain."""
    if not connection.secrets.get("token"):
        raise SignInAgain(f"No token of Slack is kept; {AGAIN}")
    check_where(connection, "Slack", settings.SLACK_URL)
    return Speaker(tokens_of(connection), limits, tries)


class Speaker:
    """Calls with one token, or with those of a connection, which may end."""

    def __init__(self, token: str | Tokens, limits: Lane, tries: int = 3) -> None:
        self._tokens = token
        self._client = Client(api_address(), {}, limits=limits, refused=refused, tries=tries)
        self.scopes: set[str] = set()  # that the last answer told

    def say(self, method: str, channel: str = "", what: dict[str, Any] | None = None) -> dict[str, Any]:
        """The answer. `channel`: how it is called, for the sentence of a refusal."""
        return self._said("POST", method, channel, json=what or {})

    def ask(self, method: str, **what: Any) -> dict[str, Any]:
        """The same for what reads: its parameters stand in the address."""
        return self._said("GET", method, "", params=what)

    def _said(self, how: str, method: str, channel: str, **what: Any) -> dict[str, Any]:
        def ask(headers: dict[str, str]) -> dict[str, Any]:
            return self._heard(self._client.call(how, f"/{method}", headers=headers, **what), channel)

        return ask(bearer(self._tokens)) if isinstance(self._tokens, str) else self._tokens.used(ask, EXPIRED)

    def _heard(self, answer: Answer, channel: str) -> dict[str, Any]:
        self.scopes = {each.strip() for each in answer.headers.get("x-oauth-scopes", "").split(",") if each.strip()}
        told = answer.json
        if not isinstance(told, dict) or "ok" not in told:
            raise TryLater("Slack answered something that is not its own.", status=answer.status)
        if not told["ok"]:
            raise meaning(str(told.get("error") or "unknown_error"), channel, told)
        return told


def refused(answer: Answer) -> ToolError:
    told = answer.json if isinstance(answer.json, dict) else {}
    if told.get("error"):
        return meaning(str(told["error"]), "", told)
    return Rejected(f"Slack refused it with status {answer.status}.", status=answer.status)


def meaning(code: str, channel: str, told: dict[str, Any]) -> ToolError:
    """The error that says who must act."""
    where = channel or "the channel"
    if code in _STOPS:
        return SignInAgain(f"{_STOPS[code]} {AGAIN}", code=code)
    if code == "missing_scope":
        needed = str(told.get("needed") or "")[:100]
        why = f"The Slack app lacks the permission {needed}".rstrip()
        return SignInAgain(f"{why}: add it under OAuth & Permissions, install the app anew, and {AGAIN}", code=code)
    if code in _LIMITED:
        return TryLater("Slack was asked too much in a short time.", after=UNTOLD, limited=True, code=code)
    if code in _PASSES:
        return TryLater(f"Slack has a problem of its own ({code}).", code=code)
    if code in _CHANNEL:
        said = _CHANNEL[code].format(channel=where)
        return Rejected(said[:1].upper() + said[1:], code=code)
    return Rejected(f"Slack refused it: {code[:100]}.", code=code)


def through_hook(url: str, body: dict[str, Any], channel: str, limits: Lane) -> None:
    """Posts to an incoming webhook, which speaks plain text."""
    if not url.startswith(hooks_address()):
        raise SignInAgain(f"The incoming webhook is one of another address; {AGAIN}")
    Client(url, {}, limits=limits, reads="words", largest=10_000, refused=lambda no: _hook_refused(no, channel),
           tries=1).call("POST", "", json=body)  # fmt: skip


def _hook_refused(answer: Answer, channel: str) -> ToolError:
    code = answer.body.decode("utf-8", "replace").strip()[:100]
    code = _HOOK.get(code, code)
    if code == "invalid_hook" or (answer.status in (404, 410) and code not in _CHANNEL):
        return SignInAgain(f"{GONE} {AGAIN}", code=code, status=answer.status)
    return meaning(code or f"status {answer.status}", channel, {})

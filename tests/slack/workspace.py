"""What the stand-in keeps, and what it answers. Slack says 200 and `ok: false` to most of what it refuses."""

from __future__ import annotations

import base64
import secrets
import threading
from dataclasses import dataclass, field
from typing import Any

SCOPES = ("chat:write", "channels:read", "chat:write.public", "groups:read")
SECTION, BLOCKS, ALL = 3_000, 50, 13_000  # characters of a section, blocks of a message, characters of all of them


class No(Exception):
    """Refused, in Slack's words; `more` stands beside them."""

    def __init__(self, error: str, status: int = 200, headers: dict[str, str] | None = None, **more: Any) -> None:
        super().__init__(error)
        self.error, self.status, self.headers, self.more = error, status, headers or {}, more


@dataclass
class Channel:
    id: str
    name: str
    is_private: bool = False
    is_archived: bool = False
    has_app: bool = False
    messages: list[dict[str, Any]] = field(default_factory=list)

    @property
    def texts(self) -> list[str]:
        """Of each message all that is seen."""
        return ["\n".join(_seen(block) for block in each["blocks"]) for each in self.messages]


def _seen(block: dict[str, Any]) -> str:
    parts = block["elements"] if block["type"] == "context" else [block["text"]]
    return "\n".join(part["text"] for part in parts)


@dataclass
class Slack:
    """One workspace. `says`: errors of the next calls of a method, instead of doing anything; None for none."""

    team_id: str = "T0ACME"
    name: str = "Acme"
    app_id: str = "A0ACCOIL"
    client_id: str = "slack-client"
    client_secret: str = "slack-secret"
    channels: list[Channel] = field(default_factory=list)
    tokens: dict[str, tuple[str, ...]] = field(default_factory=dict)  # token → scopes
    hooks: dict[str, Channel] = field(default_factory=dict)  # path → where it goes
    codes: dict[str, str] = field(default_factory=dict)  # code → where somebody was sent back to
    rotates: bool = False  # whether tokens of a sign-in end
    refreshes: dict[str, str] = field(default_factory=dict)  # refresh token → the token that ends; good once
    ended: set[str] = field(default_factory=set)  # tokens
    late: dict[str, list[float | None]] = field(default_factory=dict)  # done, and answered so late, or never
    says: dict[str, list[No | None]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)  # methods, in the order they came
    is_down: bool = False
    page: int = 200
    address: str = ""
    lock: threading.RLock = field(default_factory=threading.RLock)

    def channel(self, name: str, **more: Any) -> Channel:
        made = Channel(f"C{len(self.channels):08d}", name, **more)
        self.channels.append(made)
        return made

    def token(self, scopes: tuple[str, ...] = SCOPES) -> str:
        token = f"xoxb-{secrets.token_hex(12)}"
        self.tokens[token] = scopes
        return token

    def hook(self, channel: Channel) -> str:
        """The whole address of an incoming webhook."""
        path = f"/services/{self.team_id}/B{len(self.hooks):06d}/{secrets.token_hex(12)}"
        self.hooks[path] = channel
        return self.address + path

    def call(self, method: str, token: str, told: dict[str, Any]) -> tuple[dict[str, Any], tuple[str, ...]]:
        """The answer of a method, and the scopes of who asks."""
        with self.lock:
            self.asked.append(method)
            if self.says.get(method) and (no := self.says[method].pop(0)):
                raise no
            if token in self.ended:
                raise No("token_expired")
            if token not in self.tokens:
                raise No("invalid_auth")
            scopes = self.tokens[token]
            return {"ok": True, **METHODS[method](self, scopes, told)}, scopes

    def post(self, path: str, told: dict[str, Any]) -> None:
        """Through an incoming webhook."""
        with self.lock:
            self.asked.append("hook")
            if self.says.get("hook"):
                raise self.says["hook"].pop(0)
            if path not in self.hooks:
                raise No("no_service", 404)
            if self.hooks[path].is_archived:
                raise No("channel_is_archived", 410)
            self._put(self.hooks[path], told)

    def exchange(self, basic: str, told: dict[str, str]) -> dict[str, Any]:
        """A code for a token, once; or a refresh token for the next."""
        with self.lock:
            if self.says.get("oauth.v2.access"):
                raise self.says["oauth.v2.access"].pop(0)
            own = base64.b64encode(f"{self.client_id}:{self.client_secret}".encode()).decode()
            if basic != own:
                raise No("bad_client_secret")
            if told.get("grant_type") == "refresh_token":
                self.asked.append("refresh")
                if told.get("refresh_token") not in self.refreshes:
                    raise No("invalid_refresh_token")
                self.ended.add(self.refreshes.pop(told["refresh_token"]))
                return {"ok": True, **self._access()}
            back = self.codes.pop(told.get("code", ""), None)
            if back is None:
                raise No("invalid_code")
            if back != told.get("redirect_uri"):
                raise No("bad_redirect_uri")
            team = {"id": self.team_id, "name": self.name}
            app = {"app_id": self.app_id, "token_type": "bot", "bot_user_id": "U0BOT"}
            return {"ok": True, **self._access(), **app, "team": team}

    def _access(self) -> dict[str, Any]:
        if not self.rotates:
            return {"access_token": self.token()}
        token, refresh = f"xoxe.{self.token()}", f"xoxe-1-{secrets.token_hex(12)}"
        self.tokens[token] = SCOPES
        self.refreshes[refresh] = token
        return {"access_token": token, "refresh_token": refresh, "expires_in": 43_200}

    def _put(self, channel: Channel, told: dict[str, Any]) -> None:
        _check(told)
        channel.messages.append(told)

    def _found(self, asked: str) -> Channel:
        for each in self.channels:
            if asked in (each.id, f"#{each.name}", each.name) and (each.has_app or not each.is_private):
                return each
        raise No("channel_not_found")


def _check(told: dict[str, Any]) -> None:
    """Of what Slack holds messages to."""
    if not told.get("text"):
        raise No("no_text")
    sizes = [len(_seen(block)) for block in told.get("blocks", [])]
    if len(sizes) > BLOCKS or any(size > SECTION or size == 0 for size in sizes):
        raise No("invalid_blocks")
    if sum(sizes) > ALL:
        raise No("msg_blocks_too_long")


def _needs(scopes: tuple[str, ...], needed: str) -> None:
    if needed not in scopes:
        raise No("missing_scope", needed=needed, provided=",".join(scopes))


def test(slack: Slack, scopes: tuple[str, ...], told: dict[str, Any]) -> dict[str, Any]:
    return {"team": slack.name, "team_id": slack.team_id, "user": "accoil", "user_id": "U0BOT", "bot_id": "B0BOT"}


def listed(slack: Slack, scopes: tuple[str, ...], told: dict[str, Any]) -> dict[str, Any]:
    kinds = told.get("types", "public_channel").split(",")
    _needs(scopes, "channels:read")
    if "private_channel" in kinds:
        _needs(scopes, "groups:read")
    seen = [
        each
        for each in slack.channels
        if (each.has_app and "private_channel" in kinds if each.is_private else "public_channel" in kinds)
        and not (each.is_archived and told.get("exclude_archived") == "true")
    ]
    at = int(told.get("cursor") or 0)
    until = at + min(int(told.get("limit", 100)), slack.page)
    rows = [
        {"id": each.id, "name": each.name, "is_private": each.is_private, "is_archived": each.is_archived}
        for each in seen[at:until]
    ]
    return {"channels": rows, "response_metadata": {"next_cursor": str(until) if until < len(seen) else ""}}


def posted(slack: Slack, scopes: tuple[str, ...], told: dict[str, Any]) -> dict[str, Any]:
    _needs(scopes, "chat:write")
    channel = slack._found(told.get("channel", ""))
    if channel.is_archived:
        raise No("is_archived")
    if not channel.has_app and "chat:write.public" not in scopes:
        raise No("not_in_channel")
    slack._put(channel, told)
    return {"channel": channel.id, "ts": f"1700000000.{len(channel.messages):06d}"}


METHODS = {"auth.test": test, "conversations.list": listed, "chat.postMessage": posted}

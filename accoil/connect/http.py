"""Calls to connected tools: bounded in time and size, retried shortly, within the tool's limits. It knows no tool."""

import json as _json
import random
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Literal
from urllib.parse import urlencode, urlsplit

import httpcore2
import msgspec

from accoil import __version__
from accoil.connect import guard
from accoil.connect.connection import Closed, OutOfTime, Rejected, ToolError, TryLater
from accoil.connect.given import given, remaining
from accoil.connect.network import CONNECT, TOTAL, Backend, left
from accoil.connect.now import now, sleep
from accoil.connect.rate import Lane as Lane
from accoil.connect.rate import lane as lane

LARGEST = 10_000_000  # bytes of an answer
TRIES = 3
RETRYING = 10.0  # seconds in all, then whoever asked tries later
NOT_LET_IN = (401, 403, 407)  # to be believed of the tool alone, not of a proxy between us

Params = Mapping[str, str | int | bool] | None


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """`json` is None when there is none. `headers`: names in small letters; of several of one name, the last."""

    status: int
    json: Any
    headers: dict[str, str]
    request_id: str = ""
    body: bytes = b""


def refused(answer: Answer) -> ToolError:
    """What a refusal means where the tool does not say it better."""
    return Rejected(f"It was refused with status {answer.status}.", status=answer.status, request_id=answer.request_id)


@cache
def pool() -> httpcore2.ConnectionPool:
    """Sockets to tools, kept open for a little while; nothing of the environment (proxies) is looked at."""
    return httpcore2.ConnectionPool(keepalive_expiry=5.0, max_connections=100, network_backend=Backend())


class Client:
    """Speaks to one address as one connection. Threads may share it. `guarded`: the address is a team's, not
    the operator's. `refused` makes the error of a 3xx or 4xx answer;
    `reads`: an answer with something else in it that is good, or does not let us in, is an error that passes; words are
    all but a page for people. But for JSON answers are read up to `largest` bytes and the rest is left."""

    def __init__(
        self,
        base_url: str,
        headers: Mapping[str, str],
        *,
        limits: Lane,
        refused: Callable[[Answer], ToolError] = refused,
        guarded: bool = False,
        reads: Literal["json", "words", "anything"] = "json",
        largest: int = LARGEST,
        tries: int = TRIES,
    ) -> None:
        self._base, self._limits, self._refused, self._largest = base_url, limits, refused, largest
        self._tries = tries
        self._reads = reads
        self._pool = guard.pool() if guarded else pool()
        told = {"user-agent": f"Accoil/{__version__}", "accept-encoding": "identity"}
        self._headers = told | {name.lower(): value for name, value in headers.items()}
        self._is_closed = False

    def close(self) -> None:
        """Nothing more is asked with it, and the secrets in its headers are gone; a try on its way comes to its end."""
        self._is_closed, self._headers = True, {}

    def call(
        self,
        method: str,
        path: str,
        *,
        json: Any = None,
        params: Params = None,
        form: Mapping[str, str] | None = None,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        background: bool = False,
    ) -> Answer:
        """The answer, when it is 2xx. Raises TryLater: no network, no room in the limits, or an error of theirs that
        outlived our retries; and what `refused` makes of other answers."""
        url, (body, kind) = self._url(path, params), _body(json, form, content)
        sent = self._headers | kind | {name.lower(): value for name, value in (headers or {}).items()}
        if not all(value.isascii() and value.isprintable() for value in sent.values()):
            raise Rejected("The token holds a character that no token has, such as “…”; copy it again.")
        began, lost = now(), False
        for attempt in range(1, self._tries + 1):
            try:
                return self._once(method, url, sent, body, background)
            except ToolError as why:
                why.lost = lost
                if not isinstance(why, TryLater) or why.limited:
                    raise
                pause: float = random.uniform(0.4, 1.2) * attempt if why.after is None else why.after
                if attempt == self._tries or pause > min(began + RETRYING - now(), remaining()):
                    raise
                lost = True
                sleep(pause)
        raise AssertionError("the last try returns or raises")

    def _once(self, method: str, url: str, headers: dict[str, str], body: bytes, background: bool) -> Answer:
        if self._is_closed:
            raise Closed
        self._limits.take(background=background)
        answer = self._asked(method, url, headers, body)
        self._limits.heard(answer.status, answer.headers)
        told: dict[str, Any] = {"status": answer.status, "request_id": answer.request_id}
        if answer.status == 429:
            after = max(0.1, self._limits.wait())
            raise TryLater("It was asked too much in a short time.", after=after, limited=True, **told)
        if answer.status == 408 or answer.status >= 500:
            soon = self._limits.wait() or None
            raise TryLater(f"It has a problem of its own (status {answer.status}).", after=soon, **told)
        is_good = 200 <= answer.status < 300
        if (is_good or answer.status in NOT_LET_IN) and not self._is_of_the_tool(answer):
            what = "that is not JSON" if self._reads == "json" else "that only people can read"
            raise TryLater(f"It answered something {what} (status {answer.status}).", **told)
        if not is_good:
            raise self._refused(answer)
        return answer

    def _is_of_the_tool(self, answer: Answer) -> bool:
        """And not of a proxy, a firewall or the network of a hotel in its place."""
        if self._reads == "json":
            return answer.json is not None or not answer.body.strip()
        return self._reads == "anything" or not answer.body.lstrip().startswith(b"<")

    def _asked(self, method: str, url: str, headers: dict[str, str], body: bytes) -> Answer:
        try:
            with given(TOTAL):
                timeouts = {"connect": CONNECT, "read": TOTAL, "write": TOTAL, "pool": left(CONNECT)}
                with self._pool.stream(
                    method, url, headers=list(headers.items()), content=body, extensions={"timeout": timeouts}
                ) as response:
                    read = self._read(response)
        except httpcore2.TimeoutException as late:
            raise (OutOfTime() if remaining() <= 0 else TryLater("It did not answer in time.")) from late
        except (httpcore2.NetworkError, httpcore2.ProtocolError) as broken:
            raise TryLater("It could not be reached, or broke off.") from broken
        except (httpcore2.UnsupportedProtocol, ValueError) as wrong:
            raise Rejected("Its address is not a web address.") from wrong
        return _answer(response, read)

    def _read(self, response: httpcore2.Response) -> bytes:
        parts, size = [], 0
        for part in response.iter_stream():
            parts.append(part)
            size += len(part)
            if size > self._largest and self._reads == "json":
                raise Rejected(f"It answered more than {self._largest:,} bytes.", status=response.status)
            if size > self._largest:
                break
        return b"".join(parts)[: self._largest]

    def _url(self, path: str, params: Params) -> str:
        url = self._base.rstrip("/") + path if path else self._base
        if not params:
            return url
        told = {name: str(value).lower() if isinstance(value, bool) else str(value) for name, value in params.items()}
        return f"{url}{'&' if urlsplit(url).query else '?'}{urlencode(told)}"


def _body(json: Any, form: Mapping[str, str] | None, content: bytes | None) -> tuple[bytes, dict[str, str]]:
    if content is not None:
        return content, {"content-type": "application/json"}
    if json is not None:
        return _json.dumps(json, separators=(",", ":")).encode(), {"content-type": "application/json"}
    if form is not None:
        return urlencode(form).encode(), {"content-type": "application/x-www-form-urlencoded"}
    return b"", {}


def _answer(response: httpcore2.Response, body: bytes) -> Answer:
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in response.headers}
    try:
        read = _json.loads(body) if body.strip() else None
    except (ValueError, RecursionError):
        read = None
    told = headers.get("x-request-id") or (read.get("request_id") if isinstance(read, dict) else None)
    return Answer(status=response.status, json=read, headers=headers, request_id=str(told or "")[:100], body=body)

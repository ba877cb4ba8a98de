"""One call to the stand-in, and what it is answered."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, unquote


@dataclass
class Call:
    """`query` and `headers` hold one text per name (headers in lower case). `body` is decoded JSON, or fields of a
    form as a dict; None without a body."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    raw: bytes
    body: Any = None

    @classmethod
    def read(cls, method: str, path: str, query: str, headers: dict[str, str], raw: bytes) -> Call:
        call = cls(method, unquote(path), {k: v[-1] for k, v in parse_qs(query).items()}, headers, raw)
        if raw and "form" in headers.get("content-type", ""):
            call.body = {k: v[-1] for k, v in parse_qs(raw.decode()).items()}
        elif raw:
            try:
                call.body = json.loads(raw)
            except ValueError:
                raise Refusal(400, "invalid_document", "The body is not JSON") from None
        return call

    @property
    def token(self) -> str:
        kind, _, token = self.headers.get("authorization", "").partition(" ")
        return token.strip() if kind.lower() == "bearer" else ""

    def fields(self, *allowed: str) -> dict[str, Any]:
        """The body, an object with no other keys than these."""
        if not isinstance(self.body, dict):
            raise Refusal(400, "parameter_invalid", "The body must be an object")
        if strange := sorted(set(self.body) - set(allowed)):
            raise Refusal(400, "parameter_invalid", f"{strange[0]} is not a valid parameter", strange[0])
        return self.body

    def number(self, name: str, default: int, most: int) -> int:
        text = self.query.get(name, str(default))
        if not text.isdecimal() or not 1 <= int(text) <= most:
            raise Refusal(400, "parameter_invalid", f"{name} must be a number between 1 and {most}", name)
        return int(text)


@dataclass
class Answer:
    """`body` is told as JSON, unless it is text: then as HTML."""

    body: Any = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)

    def encoded(self) -> tuple[bytes, str]:
        if isinstance(self.body, str):
            return self.body.encode(), "text/html; charset=utf-8"
        return json.dumps(self.body).encode(), "application/json"


class Refusal(Exception):
    """What Intercom answers when it does not do what it was asked."""

    def __init__(self, status: int, code: str, message: str, of: str | None = None, **headers: str) -> None:
        super().__init__(message)
        self.status, self.code, self.message, self.of = status, code, message, of
        self.headers = {name.replace("_", "-"): text for name, text in headers.items()}

    def answer(self) -> Answer:
        error = {"code": self.code, "message": self.message} | ({"field": self.of} if self.of else {})
        body = {"type": "error.list", "request_id": str(uuid.uuid4()), "errors": [error]}
        return Answer(body, self.status, self.headers)

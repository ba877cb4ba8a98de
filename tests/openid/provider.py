"""A stand-in for a provider of OpenID Connect: it keeps who is signed in there, codes and tokens, and signs with keys
of its own. It speaks HTTP on this machine alone, and goes back to this machine alone."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote_plus, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

CLIENT, SECRET = "accoil/1", "s3cret: with +signs"


@cache
def rsa_key(name: str) -> rsa.RSAPrivateKey:
    """Made once a run: it takes a moment."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@dataclass
class Grant:
    """What a code or an access token stands for."""

    email: str
    asked: dict[str, str]
    is_used: bool = False


@dataclass
class Provider:
    address: str = ""
    name: str = "first"  # of the key it signs with
    email_verified: Any = True
    claims: dict[str, Any] = field(default_factory=dict)  # put over those of the ID token; None takes one away
    info: dict[str, Any] = field(default_factory=dict)  # put over the answer of userinfo
    signer: Callable[[dict[str, Any]], str] | None = None  # instead of its own key
    document: dict[str, Any] = field(default_factory=dict)  # put over the document
    down: set[str] = field(default_factory=set)  # paths that answer 503
    takes: tuple[str, ...] = ("client_secret_basic",)
    asked: list[tuple[str, str]] = field(default_factory=list)  # method and path
    codes: dict[str, Grant] = field(default_factory=dict)
    tokens: dict[str, Grant] = field(default_factory=dict)

    def told(self) -> dict[str, Any]:
        return {
            "issuer": self.address,
            "authorization_endpoint": f"{self.address}/authorize?tenant=1",
            "token_endpoint": f"{self.address}/token/",
            "jwks_uri": f"{self.address}/keys",
            "userinfo_endpoint": f"{self.address}/me",
            "token_endpoint_auth_methods_supported": list(self.takes),
            **self.document,
        }

    def keys(self) -> dict[str, Any]:
        key = RSAAlgorithm.to_jwk(rsa_key(self.name).public_key(), as_dict=True)
        other = ECAlgorithm.to_jwk(ec.generate_private_key(ec.SECP256R1()).public_key(), as_dict=True)
        return {"keys": [{**other, "kid": "ec"}, {**key, "kid": self.name, "use": "sig", "alg": "RS256"}]}

    def sign(self, claims: dict[str, Any]) -> str:
        if self.signer:
            return self.signer(claims)
        return jwt.encode(claims, rsa_key(self.name), "RS256", headers={"kid": self.name})

    def page(self, asked: dict[str, str]) -> str:
        self._check(asked)
        kept = "".join(f'<input type="hidden" name="{name}" value="{escape(text)}">' for name, text in asked.items())
        return f"""<!doctype html><html lang="en"><title>Stand-in</title><link rel="icon" href="data:,">
<h1>Who are you?</h1><form method="post" action="/authorize">{kept}
<label>E-mail <input name="email"></label>
<button name="said" value="yes">Continue</button> <button name="said" value="no">Cancel</button></form>"""

    def decided(self, form: dict[str, str]) -> str:
        """Where to go back to."""
        back = self._check(form)
        if form["said"] != "yes":
            return f"{back}?{urlencode({'error': 'access_denied', 'state': form['state']})}"
        code = secrets.token_urlsafe(16)
        self.codes[code] = Grant(form["email"], form)
        return f"{back}?{urlencode({'code': code, 'state': form['state']})}"

    def _check(self, asked: dict[str, str]) -> str:
        assert asked["client_id"] == CLIENT and asked["response_type"] == "code"
        assert asked["scope"].split()[0] == "openid" and asked["code_challenge_method"] == "S256"
        assert all(len(asked[name]) >= 43 for name in ("state", "nonce", "code_challenge"))
        back = urlsplit(asked["redirect_uri"])
        assert back.hostname in ("testserver", "127.0.0.1") and back.path == "/sign-in/with/done"
        return asked["redirect_uri"]

    def exchanged(self, form: dict[str, str], authorization: str) -> tuple[int, dict[str, Any]]:
        if self._client(form, authorization) != (CLIENT, SECRET):
            return 401, {"error": "invalid_client"}
        grant = self.codes.get(form.get("code", ""))
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        if (
            grant is None
            or grant.is_used
            or form.get("grant_type") != "authorization_code"
            or form.get("redirect_uri") != grant.asked["redirect_uri"]
            or base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != grant.asked["code_challenge"]
        ):
            return 400, {"error": "invalid_grant"}
        grant.is_used = True
        token = secrets.token_urlsafe(16)
        self.tokens[token] = grant
        return 200, {"access_token": token, "token_type": "Bearer", "id_token": self.sign(self._claims(grant))}

    def _client(self, form: dict[str, str], authorization: str) -> tuple[str, str] | None:
        if "client_secret_basic" in self.takes and authorization.startswith("Basic "):
            name, secret = base64.b64decode(authorization[6:]).decode().split(":")
            return unquote_plus(name), unquote_plus(secret)
        if "client_secret_post" in self.takes:
            return form.get("client_id", ""), form.get("client_secret", "")
        return None

    def _claims(self, grant: Grant) -> dict[str, Any]:
        now = int(time.time())
        claims = {
            "iss": self.address, "aud": CLIENT, "sub": f"id of {grant.email}", "iat": now, "exp": now + 300,
            "nonce": grant.asked["nonce"], "email": grant.email, "email_verified": self.email_verified,
            "name": f"{grant.email.partition('@')[0].title()} Lee",
        }  # fmt: skip
        return {name: value for name, value in (claims | self.claims).items() if value is not None}

    def who(self, authorization: str) -> tuple[int, dict[str, Any]]:
        grant = self.tokens.get(authorization.removeprefix("Bearer "))
        if grant is None:
            return 401, {"error": "invalid_token"}
        told = {"sub": f"id of {grant.email}", "email": grant.email, "email_verified": self.email_verified}
        return 200, told | self.info


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def _answer(self) -> None:
        provider: Provider = self.server.provider  # type: ignore[attr-defined]
        parts = urlsplit(self.path)
        raw = self.rfile.read(int(self.headers.get("content-length") or 0)).decode()
        form = {name: values[0] for name, values in parse_qs(raw or parts.query).items()}
        form.pop("tenant", None)
        provider.asked.append((self.command, parts.path))
        authorization = self.headers.get("authorization", "")
        if parts.path in provider.down:
            self._tell(503, {"error": "temporarily_unavailable"})
        elif (self.command, parts.path) == ("GET", "/.well-known/openid-configuration"):
            self._tell(200, provider.told())
        elif (self.command, parts.path) == ("GET", "/keys"):
            self._tell(200, provider.keys())
        elif (self.command, parts.path) == ("GET", "/authorize"):
            self._tell(200, provider.page(form))
        elif (self.command, parts.path) == ("POST", "/authorize"):
            self._tell(303, "", {"location": provider.decided(form)})
        elif (self.command, parts.path) == ("POST", "/token/"):
            self._tell(*provider.exchanged(form, authorization))
        elif (self.command, parts.path) == ("GET", "/me"):
            self._tell(*provider.who(authorization))
        else:
            self._tell(404, {"error": "not_found"})

    def _tell(self, status: int, answer: Any, headers: dict[str, str] | None = None) -> None:
        kind = "text/html; charset=utf-8" if isinstance(answer, str) else "application/json"
        body = (answer if isinstance(answer, str) else json.dumps(answer)).encode()
        self.send_response(status)
        for name, value in {"content-type": kind, "content-length": str(len(body)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = _answer

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def running() -> Iterator[Provider]:
    """`address` is where it listens, while inside."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    server.provider = Provider(f"http://127.0.0.1:{server.server_address[1]}")  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server.provider  # type: ignore[attr-defined]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()

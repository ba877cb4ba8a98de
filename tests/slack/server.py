"""The stand-in over HTTP, in threads of the test's process."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

from tests.slack.workspace import No, Slack


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    @property
    def slack(self) -> Slack:
        return self.server.slack  # type: ignore[attr-defined,no-any-return]

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        if parts.path == "/":
            return self._page(channels(self.slack))
        if parts.path == "/oauth/v2/authorize":
            return self._authorize(dict(parse_qsl(parts.query)))
        self._method(parts.path, dict(parse_qsl(parts.query)))

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        if self.slack.is_down:
            self.close_connection = True
            return
        path, kind = urlsplit(self.path).path, self.headers.get("content-type", "")
        told = json.loads(body) if "json" in kind else {name: each[0] for name, each in parse_qs(body.decode()).items()}
        if path.startswith("/services/"):
            self._hook(path, told)
        elif path == "/oauth/allow":
            self._allowed(told)
        elif path == "/api/oauth.v2.access":
            self._told(lambda: (self.slack.exchange(self._bearer("Basic "), told), ()))
        else:
            self._method(path, told)

    def _method(self, path: str, told: dict[str, Any]) -> None:
        if self.slack.is_down:
            self.close_connection = True
            return
        name = path.removeprefix("/api/")
        if late := self.slack.late.get(name):
            with suppress(No):
                self.slack.call(name, self._bearer("Bearer "), told)
            time.sleep((seconds := late.pop(0)) or 0)
            self.close_connection = True
            return self._json({"ok": True}, 200, {}) if seconds else None
        self._told(lambda: self.slack.call(name, self._bearer("Bearer "), told))

    def _told(self, answer: Any) -> None:
        try:
            said, scopes = answer()
        except No as no:
            return self._json({"ok": False, "error": no.error, **no.more}, no.status, no.headers)
        self._json(said, 200, {"x-oauth-scopes": ",".join(scopes)} if scopes else {})

    def _hook(self, path: str, told: dict[str, Any]) -> None:
        try:
            self.slack.post(path, told)
        except No as no:
            return self._send(no.status if no.status != 200 else 400, no.error.encode(), "text/plain", no.headers)
        self._send(200, b"ok", "text/plain")

    def _authorize(self, asked: dict[str, str]) -> None:
        """A page with a button, as Slack's."""
        if asked.get("client_id") != self.slack.client_id:
            return self._send(400, b"Unknown client", "text/plain")
        kept = "".join(
            f'<input type="hidden" name="{name}" value="{escape(asked.get(name, ""))}">'
            for name in ("state", "redirect_uri")
        )
        self._page(f"""<h1>Accoil wants to write in {escape(self.slack.name)}</h1>
<form method="post" action="/oauth/allow">{kept}
<button name="said" value="allow">Allow</button> <button name="said" value="no">Cancel</button></form>""")

    def _page(self, body: str) -> None:
        page = f'<!doctype html><html lang="en"><title>Slack stand-in</title>{body}</html>'
        self._send(200, page.encode(), "text/html; charset=utf-8")

    def _allowed(self, form: dict[str, str]) -> None:
        back, told = form["redirect_uri"], {"error": "access_denied"}
        assert back.startswith(("http://127.0.0.1", "http://localhost", "http://testserver"))
        if form.get("said") == "allow":
            told = {"code": f"code{len(self.slack.codes)}"}
            self.slack.codes[told["code"]] = back
        self._send(302, b"", "text/plain", {"Location": f"{back}?{urlencode(told | {'state': form['state']})}"})

    def _bearer(self, kind: str) -> str:
        return self.headers.get("authorization", "").removeprefix(kind)

    def _json(self, told: dict[str, Any], status: int, headers: dict[str, str]) -> None:
        self._send(status, json.dumps(told).encode(), "application/json; charset=utf-8", headers)

    def _send(self, status: int, body: bytes, kind: str, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, text in {"content-type": kind, "content-length": str(len(body)), **(headers or {})}.items():
            self.send_header(name, text)
        self.end_headers()
        self.wfile.write(body)

    def handle(self) -> None:
        with suppress(ConnectionError):  # whoever asked had enough
            super().handle()

    def log_message(self, *told: object) -> None:
        pass


def channels(slack: Slack) -> str:
    """A page of all that was written, the newest first."""
    told = [f"<h1>{escape(slack.name)}</h1>"]
    for channel in slack.channels:
        told += [f"<h2>#{escape(channel.name)}</h2>", *(f"<pre>{escape(text)}</pre>" for text in channel.texts[::-1])]
        told += [] if channel.messages else ["<p>Nothing was written here yet.</p>"]
    return "\n".join(told)


@contextmanager
def running(slack: Slack | None = None, port: int = 0) -> Iterator[Slack]:
    """`slack.address` is where it listens, while inside."""
    here = slack or Slack()
    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    server.daemon_threads = True
    server.slack = here  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    here.address = f"http://127.0.0.1:{server.server_port}"
    try:
        yield here
    finally:
        server.shutdown()
        server.server_close()
        thread.join()

"""A customer's web site on an origin of its own, with the snippet of the guide in its pages."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, Page, Request

from tests.door import Door
from tests.waiting import until

GUIDE = Path(__file__).parents[3] / "docs" / "guide" / "browser.md"
QUEUE = "Object.keys(localStorage).filter((name) => name.startsWith('accoil.q.'))"

ANN = "accoil.identify('ann', {name: 'Ann'}); accoil.group('acme', {name: 'Acme Ltd', mrr: 120000});"

Message = dict[str, Any]


def snippet(address: str, key: str) -> str:
    """The one to paste, as the guide has it."""
    (pasted,) = re.findall(r"```html\n(.*?)```", GUIDE.read_text(), re.DOTALL)
    assert pasted.count("https://accoil.example.com") == pasted.count("YOUR_INGEST_KEY") == 1
    return str(pasted).replace("https://accoil.example.com", address).replace("YOUR_INGEST_KEY", key)


@dataclass
class Site:
    """Pages by path, each a body and headers; a page that was not put there is an empty one."""

    port: int
    pages: dict[str, tuple[str, dict[str, str]]] = field(default_factory=dict)

    @property
    def address(self) -> str:
        """Another host name than the server's, so that all it is asked for crosses sites."""
        return f"http://localhost:{self.port}"

    def put(self, path: str, head: str, body: str = "", **headers: str) -> str:
        """Its address; names of headers have _ for -."""
        named = {name.replace("_", "-"): text for name, text in headers.items()}
        self.pages[path] = f"<!doctype html><link rel=icon href=data:,><head>{head}</head><body>{body}</body>", named
        return self.address + path


@contextmanager
def customer() -> Iterator[Site]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body, headers = site.pages.get(urlsplit(self.path).path, ("<!doctype html>", {}))
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            for name, text in headers.items():
                self.send_header(name, text)
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    site = Site(server.server_address[1])
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class Wire:
    """What the pages of a context sent."""

    def __init__(self, context: BrowserContext) -> None:
        self.bodies: list[dict[str, Any]] = []
        self.requests: list[Request] = []
        context.on("request", self._hear)

    def _hear(self, request: Request) -> None:
        if request.url.endswith("/v1/batch"):
            self.requests.append(request)
            self.bodies.append(json.loads(request.post_data or ""))

    @property
    def messages(self) -> list[Message]:
        """In the order they were sent, and as often."""
        return [message for body in self.bodies for message in body["batch"]]

    def ids(self) -> list[str]:
        return [message["messageId"] for message in self.messages]

    def of_type(self, name: str) -> list[Message]:
        return [message for message in self.messages if message["type"] == name]


@dataclass
class Shop:
    """A site whose pages carry the snippet, and the ways into the product they send to."""

    site: Site
    door: Door
    context: BrowserContext
    wire: Wire

    def put(self, path: str, script: str = "", **headers: str) -> str:
        head = snippet(self.door.address, self.door.key) + f"<script>{script}</script>"
        return self.site.put(path, head, "<a href=/elsewhere>Elsewhere</a>", **headers)

    def open(self, path: str = "/", script: str = "", **headers: str) -> Page:
        page = self.context.new_page()
        page.goto(self.put(path, script, **headers))
        loaded(page)
        return page

    def counts(self, **events: int) -> None:
        """Waits until exactly these events are counted."""
        until(lambda: self.door.events() == events, said=lambda: f"{self.door.events()}, not {events}")


def loaded(page: Page) -> None:
    page.wait_for_function("() => window.accoil.running")


def all_sent(page: Page) -> None:
    """Waits until the server has answered for every call of this site."""
    loaded(page)
    page.wait_for_function(f"() => {QUEUE}.length === 0")

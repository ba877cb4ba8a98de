"""The server: ingest paths go to the front door, everything else to the pages; around them what a server of its role is
made of. Without a role it is everything in one process."""

import gc
import signal
import sys
import threading
import time
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import uvicorn
from a2wsgi import WSGIMiddleware
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.urls import Resolver404, is_valid_path, resolve

from accoil import health, metrics
from accoil.count.counting import Counting
from accoil.parts import Parts
from accoil.receive import answers, bodies, tracker
from accoil.receive.answers import Receive, Scope, Send, refusal, respond
from accoil.receive.app import JSON, FrontDoor
from accoil.receive.bounds import bounds
from accoil.receive.direct import Direct
from accoil.receive.http import Http, Serving
from accoil.receive.paths import TYPES
from accoil.receive.place import Place
from accoil.refused import Refused
from accoil.roles import E, Role
from accoil.show.inbox import door as inbox
from accoil.show.inbox.desk import Desk

PAGE_THREADS = 4
STOPS_WITHIN = 5  # seconds that requests on their way are given when the server is told to stop
# The event loop must get its turn soon after a thread that counts or draws a page; 5 ms, the default, is a p99.
SWITCH_INTERVAL = 0.0005

NOT_HERE = refusal("not_found", "This server does something else; another one answers this.")
NO_SUCH_PATH = refusal(
    "not_found", f"No calls are taken at this path. Send to /v1/batch, or to /v1/{', /v1/'.join(TYPES)}."
)


class App:
    """One ASGI application for the whole server."""

    def __init__(self, parts: Parts, door: FrontDoor | None, desk: Desk | None, told: metrics.Metrics) -> None:
        self._parts = parts
        self._door = door
        self._desk = desk
        self._metrics = told
        self._pages = WSGIMiddleware(get_wsgi_application(), workers=PAGE_THREADS) if desk else None  # type: ignore[arg-type]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._door and (path := self._door.takes(scope)):
            await self._door(scope, receive, send, path)
        elif scope["type"] != "http":
            return
        elif self._door and scope["path"] in (tracker.PATH, settings.INGEST_PREFIX + tracker.PATH):
            await tracker.answer(scope, receive, send)
        elif scope["path"] == "/health":
            told = health.told(self._parts.wrong, self._parts.said)
            await respond(send, 200, told, [JSON, (health.SERVER.encode(), health.ID.encode())])
        elif scope["path"] == metrics.PATH:
            await self._metrics.answer(scope, send)
        elif self._door and self._is_no_path(scope["path"], self._door.place.inside(scope["path"])):
            await respond(send, 404, NO_SUCH_PATH, [JSON])
        elif self._desk and scope["path"] in inbox.PATHS:
            await inbox.answer(self._desk, scope, receive, send)
        elif self._pages:
            await self._page(scope, receive, send)
        else:
            await respond(send, 404, NOT_HERE, [JSON])

    def _is_no_path(self, path: str, inside: str) -> bool:
        """Like those that take calls, and none of them. The read API has some that begin alike."""
        return inside.startswith(("/v1/", "/v2/")) and not (self._pages and is_valid_path(path))

    async def _page(self, scope: Scope, receive: Receive, send: Send) -> None:
        # WSGI takes X_Forwarded_For for X-Forwarded-For, which proxies look after, but not for that.
        named = [pair for pair in scope["headers"] if b"_" not in pair[0]]
        scope = {**scope, "headers": named}

        async def tell(message: Any) -> None:
            # A client that hung up meanwhile: the thread would wait for ever until all that it says is taken.
            with suppress(OSError, RuntimeError):
                await send(message)

        if _takes_files(scope):
            await self._pages(scope, bodies.as_it_comes(receive), tell)  # type: ignore[arg-type,misc]
            return
        try:
            async with bodies.form(receive, dict(named)) as body:
                await self._pages(scope, bodies.whole(body), tell)  # type: ignore[arg-type,misc]
        except bodies.Gone:
            return
        except answers.Refused as refused:
            await respond(send, refused.status, refusal(refused.code, str(refused)), [JSON, *refused.headers])


class Server:
    """`start` returns when it listens, `stop` when all that was accepted is safe."""

    def __init__(self, host: str, port: int, role: Role = E) -> None:
        self.host = host
        self.parts = parts = Parts(Path(settings.DATA), role)
        self._metrics = metrics.Metrics(parts)
        door, each_second, last_call = None, _nothing, _nothing
        http: partial[Any] = partial(Http, bounds=bounds())
        if parts.journal and parts.watch:
            door = FrontDoor(parts.journal, parts.ring, _place(), parts.watch.debugger)
            http = partial(Direct, door=door, bounds=bounds())
            each_second, last_call = parts.journal.shed_if_stalled, parts.journal.shed
        config = uvicorn.Config(
            App(parts, door, parts.desk, self._metrics),
            host=host, port=port, lifespan="off", access_log=False, log_config=None, log_level="warning",
            server_header=False, timeout_graceful_shutdown=STOPS_WITHIN, backlog=4096,
            http=http,  # type: ignore[arg-type]  # it is called, nothing else
        )  # fmt: skip
        self._http = Serving(config, each_second, last_call)
        self._thread: threading.Thread | None = None

    @property
    def port(self) -> int:
        """The port it listens on, also when it was asked for any (0)."""
        return int(self._http.servers[0].sockets[0].getsockname()[1])

    @property
    def address(self) -> str:
        return f"http://{self.host}:{self.port}"

    def start(self, timeout: float = 20) -> None:
        self._start_parts()
        self._thread = threading.Thread(target=self._http.run, name="http", daemon=True)
        self._thread.start()
        until = time.monotonic() + timeout
        while not self._http.started:
            if not self._thread.is_alive() or time.monotonic() > until:
                self._stop_parts()
                raise self._no_port()
            self._thread.join(0.01)

    def stop(self) -> None:
        self._http.should_exit = True
        if self._thread:
            self._thread.join()
        self._stop_parts()

    def run(self) -> None:
        """Serves until the process is told to stop (Ctrl-C, SIGTERM); says where, once it listens."""
        self._http.listening = lambda: print(
            f"Accoil is at http://{self.host}:{self.port} (Ctrl-C stops it).", flush=True
        )
        # uvicorn ends by raising the signal again: by default that would end us before the rest has stopped.
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: sys.exit(0))
        self._start_parts()
        try:
            self._http.run()
        except SystemExit as ended:
            raise self._no_port() if ended.code and not self._http.started else ended from None
        finally:
            self._stop_parts()

    def _no_port(self) -> Refused:
        return Refused(f"Port {self._http.config.port} on {self.host} can't be used; is something else there?")

    @property
    def counting(self) -> Counting:
        """Of a server that counts."""
        assert self.parts.counting
        return self.parts.counting

    def wait_counted(self, timeout: float = 30) -> bool:
        """Whether everything accepted until now is in every number."""
        return self.counting.wait_counted(timeout)

    def _start_parts(self) -> None:
        sys.setswitchinterval(SWITCH_INTERVAL)
        # Calls come and go by the hundred thousand and hold no cycles: looking for some that often is wasted.
        gc.freeze()
        gc.set_threshold(50_000, 20, 50)
        self.parts.start()

    def _stop_parts(self) -> None:
        self._metrics.stop()
        self.parts.stop()


def _takes_files(scope: Scope) -> bool:
    """Whether the page looks who asks before it reads, and reads as much as files may have: no other does."""
    try:
        return bool(scope["method"] == "POST" and resolve(scope["path"]).url_name == "imports")
    except Resolver404:
        return False


def _place() -> Place:
    pretends = {"refuse": (), "segment": (200,), "accoil": (202,)}[settings.UNKNOWN_KEY]
    return Place(settings.PUBLIC_URL, settings.INGEST_PREFIX, frozenset(pretends), settings.STRICT)


def _nothing() -> None:
    """Where there is no journal."""


def start(host: str = "127.0.0.1", port: int = 0, role: Role = E) -> Server:
    """A server in threads of this process, listening when this returns. Raises Refused."""
    server = Server(host, port, role)
    server.start()
    return server


def serve(host: str, port: int, role: Role = E) -> None:
    """Serves until stopped. Raises Refused."""
    Server(host, port, role).run()

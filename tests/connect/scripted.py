"""A tool on loopback that answers what a test wrote down, and keeps what it was asked."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Asked:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self):
        return json.loads(self.body)


@dataclass
class Reply:
    status: int = 200
    body: bytes = b"{}"
    headers: dict[str, str] = field(default_factory=dict)
    before: Callable[[], None] | None = None  # done before it is answered
    breaks_off: bool = False
    drip: float = 0.0  # seconds between the bytes of the body


@dataclass
class Scripted:
    port: int
    host: str = "127.0.0.1"
    asked: list[Asked] = field(default_factory=list)
    replies: list[Reply] = field(default_factory=list)  # the last one stays
    scheme: str = "http"

    @property
    def url(self) -> str:
        return f"{self.scheme}://{self.host}:{self.port}"

    def next(self) -> Reply:
        if not self.replies:
            return Reply()
        return self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        tool: Scripted = self.server.tool  # type: ignore[attr-defined]
        headers = {name.lower(): value for name, value in self.headers.items()}
        tool.asked.append(Asked(self.command, self.path, headers, body))
        reply = tool.next()
        if reply.before:
            reply.before()
        if reply.breaks_off:
            self.close_connection = True
            return
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(reply.body)))
        self.end_headers()
        self._send(reply)

    def _send(self, reply: Reply) -> None:
        pieces = [reply.body] if not reply.drip else [reply.body[at : at + 1] for at in range(len(reply.body))]
        stopping: threading.Event = self.server.stopping  # type: ignore[attr-defined]
        for piece in pieces:
            if reply.drip and stopping.wait(reply.drip):
                return
            try:
                self.wfile.write(piece)
            except OSError:  # the client had enough
                self.close_connection = True
                return

    do_GET = do_POST = do_PUT = do_DELETE = _answer

    def handle(self) -> None:
        with suppress(ConnectionError):  # the client had enough
            super().handle()

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def serving(host: str = "127.0.0.1", tls=None) -> Iterator[Scripted]:
    server = ThreadingHTTPServer((host, 0), _Handler)
    server.daemon_threads = True
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    server.stopping = threading.Event()  # type: ignore[attr-defined]
    server.tool = Scripted(server.server_address[1], host, scheme="https" if tls else "http")  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server.tool  # type: ignore[attr-defined]
    finally:
        server.stopping.set()  # type: ignore[attr-defined]
        server.shutdown()
        server.server_close()
        thread.join()

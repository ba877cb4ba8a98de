"""A bad way to a server: it loses requests, loses answers, sends things twice, and says 503 for no reason."""

from __future__ import annotations

import random
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.door import ask

MISHAPS = ("lose the request", "lose the answer", "refuse", "pass on and refuse", "pass on twice")


@dataclass
class BadWay:
    address: str = ""
    happened: Counter[str] = field(default_factory=Counter)


@contextmanager
def bad_way(to: str, seed: int, often: float = 0.3) -> Iterator[BadWay]:
    """An address that leads to the server at `to`, mostly; `often` is the share of requests that go wrong."""
    way, dice, taking = BadWay(), random.Random(seed), threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            with taking:
                mishap = dice.choice(MISHAPS) if dice.random() < often else "none"
                way.happened[mishap] += 1
            headers = {name: text for name, text in self.headers.items() if name.lower() != "host"}
            passed_on = {"lose the request": 0, "refuse": 0, "pass on twice": 2}.get(mishap, 1)
            answers = [ask(to, "POST", self.path, body, headers) for _ in range(passed_on)]
            if "lose" in mishap:
                self.close_connection = True
            elif "refuse" in mishap:
                self._answer(503, b'{"code":"unavailable","message":"Try again."}')
            else:
                self._answer(answers[-1].status, answers[-1].body)

        def _answer(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    way.address = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield way
    finally:
        server.shutdown()
        thread.join()
        server.server_close()

"""The way of a client to the server: writes down what passes and, where told to, goes wrong. It loses requests and
answers, sends things twice, says 503 for no reason, and spoils bodies."""

from __future__ import annotations

import gzip
import json
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import chain, repeat
from urllib.parse import urlsplit

from tests.door import Answer, ask

MISHAPS = ("lose the request", "lose the answer", "refuse", "pass on and refuse", "pass on twice")
GOOD = "well"
NOT_PASSED_ON = {"connection", "transfer-encoding", "content-length", "date"}

Spoil = Callable[
    [bytes, dict[str, str]], bytes
]  # body and headers of a request, which it may change → the body to pass on


@dataclass
class Passed:
    """A request as it came, and what the client was answered (status 0: the connection was cut)."""

    method: str
    path: str
    headers: dict[str, str]  # names in lower case
    body: bytes
    at: float  # s, of a clock that only runs on
    answer: Answer = field(default_factory=lambda: Answer(0, {}, b""))

    def ids(self) -> tuple[str, ...]:
        """Of the calls in it."""
        plain = gzip.decompress(self.body) if self.headers.get("content-encoding") == "gzip" else self.body
        return tuple(call["messageId"] for call in json.loads(plain)["batch"])


@dataclass
class Way:
    address: str = ""
    passed: list[Passed] = field(default_factory=list)
    happened: Counter[str] = field(default_factory=Counter)
    spoil: Spoil | None = None

    @property
    def statuses(self) -> list[int]:
        return [passed.answer.status for passed in self.passed]


def often(seed: int, share: float = 0.3) -> Iterator[str]:
    """That share of requests goes wrong."""
    dice = random.Random(seed)
    while True:
        yield dice.choice(MISHAPS) if dice.random() < share else GOOD


def each_once() -> Iterator[str]:
    """Everything goes wrong once, every other time; then nothing."""
    return chain(*((GOOD, mishap) for mishap in MISHAPS), repeat(GOOD))


@contextmanager
def way(to: str, goes: Iterator[str] | None = None, wait: str | None = None) -> Iterator[Way]:
    """An address that leads to the server at `to`. `goes` says how it goes with each POST, `wait` is the
    Retry-After of refusals."""
    own, taking = Way(), threading.Lock()
    going = goes or repeat(GOOD)

    def pass_on(passed: Passed, mishap: str) -> Answer:
        headers = {name: text for name, text in passed.headers.items() if name not in NOT_PASSED_ON}
        body = own.spoil(passed.body, headers) if own.spoil else passed.body
        times = {"lose the request": 0, "refuse": 0, "pass on twice": 2}.get(mishap, 1)
        answers = [ask(to, passed.method, passed.path, body, headers) for _ in range(times)]
        if "refuse" in mishap:
            return Answer(503, {"retry-after": wait} if wait else {}, b'{"code":"unavailable","message":"Try again."}')
        return answers[-1] if answers and mishap != "lose the answer" else Answer(0, {}, b"")

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1

        def _handle(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            passed = Passed(
                self.command, self.path, {n.lower(): text for n, text in self.headers.items()}, body, time.monotonic()
            )
            with taking:
                mishap = next(going) if self.command == "POST" else GOOD
                own.happened[mishap] += 1
                own.passed.append(passed)
            answer = pass_on(passed, mishap)
            passed.answer = answer
            if answer.status == 0:
                self.close_connection = True
                return
            self.send_response(answer.status)
            for name, text in answer.headers.items():
                if name not in NOT_PASSED_ON:
                    self.send_header(name, text)
            if answer.status != 204:
                self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body)

        do_GET = do_HEAD = do_POST = do_OPTIONS = _handle

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    own.address = f"http://{urlsplit(to).hostname}:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield own
    finally:
        server.shutdown()
        thread.join()
        server.server_close()

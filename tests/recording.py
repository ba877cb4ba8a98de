"""A server that writes down what it is sent, and misbehaves when told to: what a client must survive."""

from __future__ import annotations

import gzip
import json
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

GOOD = 200
HANG_UP = 0  # closes the connection without an answer


@dataclass
class Recording:
    """`answers` are given in turn, and 200 when there are none left; `taken` holds what was answered with 200."""

    host: str = ""
    answers: deque[int] = field(default_factory=deque)
    retry_after: str | None = None
    requests: list[dict[str, Any]] = field(default_factory=list)
    taken: list[dict[str, Any]] = field(default_factory=list)

    def by_id(self) -> dict[str, dict[str, Any]]:
        return {message["messageId"]: message for message in self.taken}


@contextmanager
def recording() -> Iterator[Recording]:
    """Listens on a free port of 127.0.0.1 until the block ends."""
    kept = Recording()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1  # one packet an answer: in two, the second waits for the delayed acknowledgement

        def do_GET(self) -> None:
            self._answer(404)

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if self.headers.get("Content-Encoding") == "gzip":
                body = gzip.decompress(body)
            batch = json.loads(body)["batch"]
            kept.requests.append({"path": self.path, "headers": dict(self.headers), "batch": batch})
            status = kept.answers.popleft() if kept.answers else GOOD
            if status == HANG_UP:
                self.close_connection = True
                return
            if status == GOOD:
                kept.taken.extend(batch)
            self._answer(status)

        def _answer(self, status: int) -> None:
            words = {"success": True} if status == GOOD else {"code": "refused", "message": f"said {status}"}
            body = json.dumps(words).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            if status == 503 and kept.retry_after is not None:
                self.send_header("Retry-After", kept.retry_after)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    kept.host = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield kept
    finally:
        server.shutdown()
        thread.join()
        server.server_close()

"""Connections written to byte by byte, as no library would."""

from __future__ import annotations

import json
import socket
import struct
import time
from http.client import HTTPResponse
from typing import Any
from urllib.parse import urlsplit

from tests.door import PATIENCE, Answer, Door, basic


class Raw:
    def __init__(self, door: Door, receive_buffer: int = 0) -> None:
        parts = urlsplit(door.address)
        self.socket = socket.socket()
        if receive_buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.settimeout(PATIENCE)
        self.socket.connect((parts.hostname, parts.port))

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def answer(self) -> Answer:
        """The next one. Raises OSError or HTTPException when there is none."""
        response = HTTPResponse(self.socket)
        response.begin()
        return Answer(response.status, {name.lower(): text for name, text in response.getheaders()}, response.read())

    def is_hung_up_on(self, within: float) -> bool:
        """Waits so many seconds for it; what it is told meanwhile is thrown away."""
        until = time.monotonic() + within
        while (left := until - time.monotonic()) > 0:
            self.socket.settimeout(left)
            try:
                if not self.socket.recv(65536):
                    return True
            except TimeoutError:
                return False
            except OSError:
                return True
        return False

    def vanish(self) -> None:
        """With a RST, as when a process dies or a cable is pulled and put back."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()

    def close(self) -> None:
        self.socket.close()


def call(event: str, user: str = "u") -> dict[str, Any]:
    return {"type": "track", "userId": user, "event": event}


def request(door: Door, body: Any, path: str = "/v1/track", *headers: str) -> bytes:
    """A whole request. Bytes are sent as they are, anything else as JSON."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return head(door, path, f"Content-Length: {len(raw)}", *headers) + raw


def head(door: Door, path: str, *headers: str) -> bytes:
    lines = (f"POST {path} HTTP/1.1", "Host: localhost", f"Authorization: {basic(door.key + ':')}", *headers)
    return "\r\n".join(lines).encode() + b"\r\n\r\n"


def chunked(body: bytes, sizes: list[int], extension: bytes = b"") -> bytes:
    """The body in pieces of these sizes, in turn, and its end."""
    out, place, turn = b"", 0, 0
    while place < len(body):
        piece = body[place : place + sizes[turn % len(sizes)]]
        out += b"%X%b\r\n%b\r\n" % (len(piece), extension, piece)
        place, turn = place + len(piece), turn + 1
    return out + b"0\r\n\r\n"

"""Sockets with an end: a call that was given so many seconds takes no longer, however slowly the other side drips."""

import ssl
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import httpcore2
from httpcore2 import SOCKET_OPTION, NetworkBackend, NetworkStream

CONNECT = 5.0  # seconds
TOTAL = 15.0  # seconds, of one try

_call = threading.local()  # one call at a time in a thread


@contextmanager
def given(seconds: float = TOTAL) -> Iterator[None]:
    """What this thread asks in this block must be done within so many seconds."""
    _call.ends = time.monotonic() + seconds
    try:
        yield
    finally:
        del _call.ends


def left(timeout: float | None) -> float:
    """How long the next step of this thread's call may take. Raises when there is no time left."""
    seconds: float = getattr(_call, "ends", float("inf")) - time.monotonic()
    if seconds <= 0:
        raise httpcore2.ReadTimeout("the call took too long")
    return min(seconds, TOTAL if timeout is None else timeout)


class Ending(NetworkStream):
    """A stream that keeps to the end of the call, not only to that of each step."""

    def __init__(self, stream: NetworkStream) -> None:
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, left(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> NetworkStream:
        return Ending(self._stream.start_tls(ssl_context, server_hostname, left(timeout)))

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class Backend(NetworkBackend):
    """Connects to where it is told."""

    def __init__(self) -> None:
        self._sockets = httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[SOCKET_OPTION] | None = None,
    ) -> NetworkStream:
        options = list(socket_options or [])
        return Ending(self._sockets.connect_tcp(host, port, left(timeout), local_address, options))

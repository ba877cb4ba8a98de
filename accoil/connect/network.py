"""Sockets with an end: a call that was given so many seconds takes no longer, however slowly the other side drips."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as TooLate
from typing import Any

import httpcore2
from httpcore2 import SOCKET_OPTION, NetworkBackend, NetworkStream

from accoil.connect.given import remaining

CONNECT = 5.0  # seconds
TOTAL = 15.0  # seconds, of one try

Resolve = Callable[[str, int], list[str]]


def left(timeout: float | None) -> float:
    """How long the next step of this thread's call may take. Raises when there is no time left."""
    seconds = remaining()
    if seconds <= 0:
        raise httpcore2.ReadTimeout("the call took too long")
    return min(seconds, TOTAL if timeout is None else timeout)


def resolved(host: str, port: int) -> list[str]:
    """What the system says the name means. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


def looked_up(resolve: Resolve, host: str, port: int) -> list[str]:
    """The system waits for its name servers as long as it likes: nobody waits longer than for a connection. Raises
    ConnectError for a name that means nothing."""
    told: Future[list[str]] = Future()

    def ask() -> None:
        try:
            told.set_result(resolve(host, port))
        except BaseException as wrong:
            told.set_exception(wrong)

    threading.Thread(target=ask, name="name", daemon=True).start()
    try:
        return told.result(left(CONNECT))
    except TooLate as late:
        raise httpcore2.ConnectTimeout(f"{host} could not be looked up in time") from late
    except (OSError, UnicodeError) as unknown:
        raise httpcore2.ConnectError(f"{host} is not known") from unknown


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
    """Connects to where it is told. `resolve` looks up a name; raises OSError."""

    def __init__(self, resolve: Resolve = resolved) -> None:
        self._resolve = resolve
        self._sockets = httpcore2.SyncBackend()

    def addresses(self, host: str, port: int) -> list[str]:
        """Behind a name; raises ConnectError without any."""
        found = looked_up(self._resolve, host, port)
        if not found:
            raise httpcore2.ConnectError(f"{host} has no address")
        return found

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[SOCKET_OPTION] | None = None,
    ) -> NetworkStream:
        options = list(socket_options or [])
        addresses = self.addresses(host, port)
        for at, address in enumerate(addresses):
            try:
                stream = self._sockets.connect_tcp(address, port, left(timeout), local_address, options)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout):
                if at == len(addresses) - 1:
                    raise
            else:
                return self.opened(address, Ending(stream))
        raise AssertionError("there is an address, or it was refused")

    def opened(self, address: str, stream: NetworkStream) -> NetworkStream:
        """What is spoken on, once an address took the connection."""
        return stream

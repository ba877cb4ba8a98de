"""A cable to a server that breaks: each connection lives for some bytes, then it is cut on both sides, wherever the
client was in what it was sending."""

from __future__ import annotations

import random
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

AT_ONCE = struct.pack("ii", 1, 0)  # SO_LINGER of 0 s: the other side hears of it as a reset


@dataclass
class Cable:
    address: str = ""
    breaks: int = 0


@contextmanager
def cable(to: str, seed: int, life: tuple[int, int]) -> Iterator[Cable]:
    """An address that leads to the server at `to`; `life` is how many bytes a connection carries, at least and most."""
    own, dice = Cable(), random.Random(seed)
    place = urlsplit(to)
    listening = socket.create_server(("127.0.0.1", 0), backlog=500)
    own.address = f"http://127.0.0.1:{listening.getsockname()[1]}"

    def connect(client: socket.socket, bytes_left: int) -> None:
        with client:
            try:
                server = socket.create_connection((place.hostname, place.port))
            except OSError:  # it is down just now
                return
            with server:
                threading.Thread(target=carry, args=(server, client), daemon=True).start()
                while bytes_left > 0 and (piece := heard(client)):
                    with suppress(OSError):
                        server.sendall(piece[:bytes_left])
                    bytes_left -= len(piece)
                if bytes_left <= 0:
                    own.breaks += 1
                    for end in (client, server):
                        end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_ONCE)

    def carry(server: socket.socket, client: socket.socket) -> None:
        with suppress(OSError):
            while piece := heard(server):
                client.sendall(piece)
            client.shutdown(socket.SHUT_RDWR)

    def accept() -> None:
        with suppress(OSError):  # closed below
            while True:
                client, _ = listening.accept()
                threading.Thread(target=connect, args=(client, dice.randint(*life)), daemon=True).start()

    accepting = threading.Thread(target=accept)
    accepting.start()
    try:
        yield own
    finally:
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        accepting.join()


def heard(end: socket.socket) -> bytes:
    try:
        return end.recv(65536)
    except OSError:
        return b""

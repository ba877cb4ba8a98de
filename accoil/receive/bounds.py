"""How much the server takes upon itself, and how long it waits for others; settable where operators would want to."""

import resource
from contextlib import suppress

import msgspec

from accoil import environment

FILES_BESIDE = 300  # file descriptors for all that is no client: databases, sockets, pages
CROWDED = 0.75  # share of the connections from which on patience is short
SHORTER = 10  # times


class Bounds(msgspec.Struct, frozen=True):
    patience: int = 30  # seconds for a client to go on with a request, or to take its answer
    idle: int = 75  # seconds between two requests of a connection
    connections: int = 10_000


def bounds() -> Bounds:
    """As set in the environment, and not more connections than the system lets us have. Raises Refused."""
    return Bounds(
        environment.number("ACCOIL_CLIENT_TIMEOUT", 30, least=1, most=3600),
        environment.number("ACCOIL_IDLE_TIMEOUT", 75, least=1, most=3600),
        min(
            environment.number("ACCOIL_MOST_CONNECTIONS", 10_000, least=1, most=1_000_000),
            max(_files() - FILES_BESIDE, 1),
        ),
    )


def bytes_waiting() -> int:
    """How many bytes of plain bodies may wait for the disk. Raises Refused."""
    return environment.number("ACCOIL_WAITING_MB", 128, least=1, most=100_000) * 1_000_000


def _files() -> int:
    """How many files may be open at once, after asking for as many as an administrator allows."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < hard or soft == resource.RLIM_INFINITY:
        with suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return 1_000_000 if soft == resource.RLIM_INFINITY else soft

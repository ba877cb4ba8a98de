"""Who looks on at the front door: the lights of keys, and the debugger."""

import time
from collections.abc import Sequence
from typing import Any, Protocol

from accoil import measured
from accoil.receive.answers import Refused
from accoil.receive.calls import Rejected
from accoil.receive.heard import LONGEST_AGENT, heard
from accoil.receive.keys import Key

LONGEST_PATH = 200  # slashes may be doubled, as many as there are


class Debugger(Protocol):
    """Called once a request, on the event loop: it must cost next to nothing."""

    def saw(
        self, key: Key, path: str, received: int, calls: Sequence[Any], rejected: list[Rejected], agent: str, size: int
    ) -> None: ...

    def refused(
        self, key: Key | None, path: str, received: int, status: int, code: str, message: str, agent: str
    ) -> None: ...


class Watch:
    def __init__(self, debugger: Debugger | None = None) -> None:
        self._debugger = debugger

    def taken(
        self,
        key: Key,
        path: str,
        received: int,
        calls: Sequence[Any],
        rejected: list[Rejected],
        agent: bytes,
        size: int,
    ) -> None:
        """A request was taken in: these calls of it are on disk. `size`: bytes of its plain body."""
        measured.acknowledged.add(max(0.0, time.time() - received / 1000), len(calls))
        for each in rejected:
            measured.calls_rejected.add(each.code)
        heard.taken(key.id, received, agent, is_ping=not calls and not rejected)
        if self._debugger:
            told = (agent[:LONGEST_AGENT].decode("latin-1"), size)
            self._debugger.saw(key, path[:LONGEST_PATH], received, calls, rejected, *told)

    def refused(self, key: Key | None, path: str, received: int, refused: Refused, agent: bytes) -> None:
        measured.requests_refused.add(refused.code)
        if key:
            heard.refused(key.id, received, agent, refused.code)
        if self._debugger:
            told = (refused.status, refused.code, str(refused), agent[:LONGEST_AGENT].decode("latin-1"))
            self._debugger.refused(key, path[:LONGEST_PATH], received, *told)

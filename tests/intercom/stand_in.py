"""What stand-ins for tools that are spoken to alike have in common: who asks what, one call at a time."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.intercom.calls import Answer, Call, Refusal
from tests.intercom.clock import Clock
from tests.intercom.faults import Faults

MOST_HEARD = 200_000  # calls; a demo may run for weeks


@dataclass(frozen=True)
class Heard:
    """A call that came, and the status it was answered with (0: the line was cut)."""

    method: str
    path: str
    status: int
    body: Any = None


class StandIn:
    """`lock` is held while a call is dealt with, so that a test that reads what stands there can hold it too."""

    def __init__(self, clock: Callable[[], float] | None = None) -> None:
        self.clock = clock or Clock()
        self.faults, self.lock = Faults(), threading.RLock()
        self.heard: deque[Heard] = deque(maxlen=MOST_HEARD)
        self.address = ""  # while it runs

    def calls(self, start: str = "") -> list[Heard]:
        """Those whose "METHOD /path" starts so."""
        return [one for one in self.heard if f"{one.method} {one.path}".startswith(start)]

    def answer(self, call: Call, refusal: Refusal | None = None) -> Answer:
        """`refusal`: given instead of doing anything, to those who may ask at all."""
        headers: dict[str, str] = {}
        try:
            answer = self.page(call) or self._locked(call, headers, refusal)
        except Refusal as refused:
            answer = refused.answer()
        answer.headers = headers | answer.headers
        self.heard.append(Heard(call.method, call.path, answer.status, call.body))
        return answer

    def page(self, call: Call) -> Answer | None:
        """What is answered while others are, too."""
        return None

    def act(self, call: Call, headers: dict[str, str], refusal: Refusal | None) -> Answer:
        """`headers`: of the answer, whatever becomes of it. Raises Refusal."""
        raise NotImplementedError

    def _locked(self, call: Call, headers: dict[str, str], refusal: Refusal | None) -> Answer:
        with self.lock:
            return self.act(call, headers, refusal)

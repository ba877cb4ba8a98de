"""What goes wrong on purpose: so many times, for calls whose "METHOD /path" starts with `on`."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Literal

from tests.intercom.calls import Refusal

How = Literal["refuse", "slow", "drop", "lose", "refuse after"]
CODES = {429: "rate_limit_exceeded", 500: "server_error", 502: "server_error", 503: "service_unavailable"}


@dataclass
class Fault:
    """refuse: answered with `status`, nothing is done. slow: done and answered, after `seconds`. drop: the line is
    cut, nothing is done. lose: done, then the line is cut. refuse after: done, yet answered with `status`."""

    how: How
    on: str = ""
    times: int = 1
    status: int = 500
    seconds: float = 0.0
    code: str = ""

    def refusal(self) -> Refusal:
        code = self.code or CODES.get(self.status, "server_error")
        return Refusal(self.status, code, f"{code.replace('_', ' ').capitalize()} (on purpose)")


class Faults:
    def __init__(self) -> None:
        self._planned: list[Fault] = []
        self._lock = threading.Lock()
        self.happened: list[tuple[str, str]] = []  # how, "METHOD /path"

    def plan(self, how: How, on: str = "", times: int = 1, **more: float | str) -> Fault:
        with self._lock:
            self._planned.append(fault := Fault(how, on, times, **more))  # type: ignore[arg-type]
        return fault

    def next(self, method: str, path: str) -> Fault | None:
        line = f"{method} {path}"
        with self._lock:
            for fault in self._planned:
                if fault.times > 0 and line.startswith(fault.on):
                    fault.times -= 1
                    self.happened.append((fault.how, line))
                    return fault
        return None

    def left(self) -> int:
        """How many are still to come."""
        return sum(fault.times for fault in self._planned)

    def clear(self) -> None:
        with self._lock:
            self._planned.clear()

"""All that happens by itself: words, what, how often. A thread for each list."""

import threading
import time
from collections.abc import Callable

import structlog

log = structlog.get_logger()

Act = tuple[str, Callable[[], None], float]  # words, function, seconds


class Clock:
    def __init__(self, every: list[Act], name: str = "clock") -> None:
        self._every = every
        self._failing: dict[str, str] = {}  # words → why
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        if self._thread.is_alive():  # else it was never started
            self._thread.join()

    @property
    def failing(self) -> int:
        """How many things it could not do the last time."""
        return len(self._failing)

    def _run(self) -> None:
        due = {words: time.monotonic() + seconds for words, _, seconds in self._every}
        while not self._stopping.wait(max(0, min(due.values()) - time.monotonic())):
            for words, function, seconds in self._every:
                if due[words] > time.monotonic():
                    continue
                self._do(words, function)
                due[words] = time.monotonic() + seconds

    def _do(self, words: str, function: Callable[[], None]) -> None:
        """What goes wrong again and again is in the log once."""
        try:
            function()
        except Exception as wrong:
            reason = f"{type(wrong).__name__}: {wrong}"
            if reason != self._failing.get(words):
                log.exception("the clock could not do its work; it will try again", work=words)
            self._failing[words] = reason
        else:
            if self._failing.pop(words, None):
                log.info("the clock can do its work again", work=words)

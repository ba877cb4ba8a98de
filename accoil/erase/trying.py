"""A step that fails, as on a full disk, is done again after a pause, each twice as long as the one before. The log says
it once, the page and /health while it lasts."""

import sqlite3
import time
from collections.abc import Callable

import structlog

FIRST_PAUSE, LONGEST_PAUSE = 5.0, 300.0  # seconds
AGAIN = f"it is tried again, at least every {LONGEST_PAUSE / 60:.0f} minutes. The server's log says more."

log = structlog.get_logger()


class Stopping(Exception):
    """The server ends; the next start goes on."""


class Trying:
    """`what` can't happen, in words that begin a sentence; `say` writes it down for whoever waits."""

    def __init__(self, what: str, say: Callable[[str], object]) -> None:
        self._what, self._say = what, say
        self.pause, self.next_at = FIRST_PAUSE, float("-inf")  # seconds; monotonic seconds
        self.wrong: str | None = None  # why the last step failed, as a sentence

    def step(self, does: Callable[[], None]) -> None:
        """Nothing before the pause is over."""
        if time.monotonic() < self.next_at:
            return
        try:
            does()
        except Stopping:
            pass
        except Exception as wrong:
            self._failed(wrong)
        else:
            self.pause, self.wrong = FIRST_PAUSE, None

    def _failed(self, wrong: Exception) -> None:
        before, self.wrong = self.wrong, f"{self._what} just now ({_why(wrong)}); {AGAIN}"
        self.next_at, self.pause = time.monotonic() + self.pause, min(LONGEST_PAUSE, 2 * self.pause)
        if self.wrong != before:
            log.exception("a step failed; it will be tried again", what=self._what)
        self._say(self.wrong)


def _why(wrong: Exception) -> str:
    """Names no file: who reads it may be a customer of whoever runs the server."""
    if isinstance(wrong, OSError | sqlite3.Error):
        return getattr(wrong, "strerror", None) or str(wrong)
    return type(wrong).__name__

"""Books that are made anew beside those who look at them: a page of a large book shows the numbers of a moment ago
instead of waiting for those of this one."""

import threading
import time
from typing import Protocol

import structlog

SHOWN_FOR = 5.0  # seconds: nobody is shown older numbers than these where there are newer facts
LOOKED_AT = 60.0  # seconds that a book is made anew for after somebody looked; he may turn the page
RESTS = 1.0  # seconds at least between two makings …
RESTS_LONGEST = 3.5  # … and at most, the longer nobody looks the longer
LOOKS_EVERY = 0.25  # seconds

log = structlog.get_logger()


class Made(Protocol):
    """What is made again and again, each time out of all facts there are."""

    @property
    def is_behind(self) -> bool: ...

    @property
    def age(self) -> float:
        """Seconds since it was made."""

    @property
    def is_gone(self) -> bool:
        """Nobody looks at it any more, and nobody can."""

    def catch_up(self) -> None: ...


class Beside:
    """A thread that is there while somebody looks."""

    def __init__(self) -> None:
        self._looked: dict[Made, float] = {}  # → when somebody did last
        self._changing = threading.Lock()
        self._is_running = False

    def look(self, book: Made) -> None:
        """Somebody looks at it: it is made anew from now on, whenever it is behind."""
        with self._changing:
            self._looked[book] = time.monotonic()
            if not self._is_running:
                self._is_running = True
                threading.Thread(target=self._run, name="books", daemon=True).start()

    def _run(self) -> None:
        while looked := self._still_looked_at():
            for book, at in looked.items():
                rests = min(RESTS_LONGEST, max(RESTS, (time.monotonic() - at) / 4))
                if book.is_behind and book.age > rests:
                    self._make(book)
            time.sleep(LOOKS_EVERY)

    def _still_looked_at(self) -> dict[Made, float]:
        with self._changing:
            since = time.monotonic() - LOOKED_AT
            self._looked = {book: at for book, at in self._looked.items() if at > since and not book.is_gone}
            self._is_running = bool(self._looked)
            return dict(self._looked)

    def _make(self, book: Made) -> None:
        try:
            book.catch_up()
        except Exception as wrong:  # the next who looks makes it himself, and is told what is wrong
            log.info("a book could not be made beside", reason=f"{type(wrong).__name__}: {wrong}")
            with self._changing:
                self._looked.pop(book, None)

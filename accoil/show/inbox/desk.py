"""Where calls of the widget wait: a thread of its own answers all that wait together, so that a page that takes long
keeps no teammate waiting, and 200 who open a conversation at once are answered like a handful. A second thread would
halve what one turn answers and take its time from the first: each asks the same questions whatever their number."""

import asyncio
import queue
import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress

import msgspec
import structlog
from django.db import close_old_connections, connections

from accoil.score.book import Book
from accoil.show.inbox import states
from accoil.show.inbox.answering import Answer, Call, answer
from accoil.show.inbox.books import Books
from accoil.show.inbox.remembering import Chosen, remember

PATIENCE = 0.6  # seconds that somebody waits for newer numbers where there are older ones
HARD_STOP = 3.0  # seconds until a teammate is told to try again
MOST_TOGETHER = 200
GATHERS = 0.004  # seconds that the first one waits for others: each round of questions costs more than that

log = structlog.get_logger()


class Waiting:
    """A call on its way. `parked`: it waits for a book."""

    def __init__(self, call: Call) -> None:
        self.call = call
        self.loop = asyncio.get_running_loop()
        self.told: asyncio.Future[Answer] = self.loop.create_future()  # of the event loop's thread
        self.parked = False
        self.is_late = False  # older numbers are better now than newer ones later

    def say(self, answer: Answer) -> None:
        if not self.told.done():
            self.told.set_result(answer)


class Desk:
    """`ask` from the event loop; everything else happens in a thread, which begins with the first call."""

    def __init__(self) -> None:
        self._books = Books()
        self._waiting: queue.SimpleQueue[Waiting | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._after = ThreadPoolExecutor(1, "inbox-remember")
        self._starting = threading.Lock()

    async def ask(self, call: Call) -> Answer:
        """Always answers within three seconds or little more."""
        self._start()
        waiting = Waiting(call)
        self._waiting.put(waiting)
        timers = (
            waiting.loop.call_later(PATIENCE, self._hurry, waiting),
            waiting.loop.call_later(HARD_STOP, self._give_up, waiting),
        )
        try:
            return await waiting.told
        finally:
            for timer in timers:
                timer.cancel()

    def _hurry(self, waiting: Waiting) -> None:
        waiting.is_late = True
        if waiting.parked:
            self._again(waiting, hurried=True)

    def _give_up(self, waiting: Waiting) -> None:
        log.warning("the inbox widget had no answer in time", computing=waiting.parked)
        waiting.say(Answer(states.computing() if waiting.parked else states.try_again()))

    def stop(self) -> None:
        with self._starting:
            if self._thread:
                self._waiting.put(None)
                self._thread.join()
                self._thread = None
        self._after.shutdown(wait=True)
        self._books.close()

    def _start(self) -> None:
        if self._thread:
            return
        with self._starting:
            if not self._thread:
                self._thread = threading.Thread(target=self._work, name="inbox", daemon=True)
                self._thread.start()

    def _work(self) -> None:
        while (first := self._waiting.get()) is not None:
            time.sleep(GATHERS)
            together, last = [first], False
            while len(together) < MOST_TOGETHER and not last:
                try:
                    more = self._waiting.get_nowait()
                except queue.Empty:
                    break
                if more is None:
                    last = True
                else:
                    together.append(more)
            try:
                self._answer([each for each in together if not each.told.done()])  # some have gone
            except Exception:
                log.exception("the inbox widget could not answer")
                _say([(each, Answer(states.try_again())) for each in together])
            if last:
                break
        connections.close_all()

    def _answer(self, together: list[Waiting]) -> None:
        close_old_connections()
        answers = answer(self._books, [each.call for each in together])
        said: list[tuple[Waiting, Answer]] = []
        for each, told in zip(together, answers, strict=True):
            if isinstance(told, Future):
                self._wait(each, told)
            else:
                said.append((each, told))
        _say(said)
        chosen = [told.chosen for _, told in said if told.chosen]
        if chosen:
            self._after.submit(_remember, chosen)

    def _wait(self, waiting: Waiting, book: Future[Book]) -> None:
        """Comes back to it when the book is made; if that fails, or nobody makes it any more, it says so at once."""
        waiting.parked = True
        if waiting.is_late and not waiting.call.hurried:
            self._again(waiting, hurried=True)

        def made(book: Future[Book]) -> None:
            if book.cancelled() or book.exception():
                log.error("a book for the inbox could not be made", reason=str(book.exception() if book.done() else ""))
                _say([(waiting, Answer(states.try_again()))])
            else:
                self._again(waiting, waited=True)

        book.add_done_callback(made)

    def _again(self, waiting: Waiting, **now: bool) -> None:
        waiting.call = msgspec.structs.replace(waiting.call, **now)
        self._waiting.put(waiting)


def _say(answers: list[tuple[Waiting, Answer]]) -> None:
    """Tells the event loop all of them at once."""

    def say() -> None:
        for waiting, told in answers:
            waiting.say(told)

    if answers:
        with suppress(RuntimeError):  # it has ended
            answers[0][0].loop.call_soon_threadsafe(say)


def _remember(chosen: list[Chosen]) -> None:
    try:
        remember(chosen)
    except Exception as no:
        log.warning("what a teammate chose in the inbox is not remembered", reason=str(no))
    finally:
        connections.close_all()

"""The queue of imports: one at a time, each going on where it was stopped, however it was stopped.

A piece of a file is in the journal before the import's state says so; what a kill between the two repeats is known by
its message ids and counts once."""

import queue
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import msgspec
import pyarrow as pa
import structlog

from accoil.receive.importing import errors, process, uploads
from accoil.receive.importing.reader import Cause, Job, Wanted
from accoil.receive.importing.shape import look
from accoil.receive.importing.state import Import, id_of, recall
from accoil.receive.journal import Journal, Overloaded, Unwritable
from accoil.refused import Refused

PIECES_AHEAD = 10  # of counting, so that live events need not wait long behind an import
COUNTED_WITHIN = 60.0  # seconds; an import does not stop because counting does
STOPPED = "It was stopped."

log = structlog.get_logger()

Wants = Callable[[int], Wanted]  # what a product wants done with its calls
Wait = Callable[[int, float], bool]  # whether the block with this number was counted within so many seconds


class Stopped(Exception):
    """Somebody stopped it."""


class Closing(Exception):
    """The process ends; the next one goes on."""


class Imports:
    """Imports of one data folder. Between `open` and `close` a thread works through them, first come first served."""

    def __init__(
        self,
        folder: Path,
        journal: Journal,
        was_counted: Wait = lambda block, seconds: True,
        wants: Wants = lambda product: Wanted(),
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._journal = journal
        self._was_counted = was_counted
        self._wants = wants
        self._known = {id: self._trusted(each) for id, each in recall(folder).items()}
        self._here: set[str] = set()  # queued or at work in this process
        self._stopped: set[str] = set()
        self._changing = threading.Lock()
        self._queue: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._work, name="imports", daemon=True)

    @property
    def is_open(self) -> bool:
        return self._thread.is_alive()

    def open(self, resume: bool = True) -> None:
        """Begins to work; `resume` goes on with what was on its way when the last process here ended."""
        with self._changing:
            for each in list(self._known.values()) if resume else ():
                if not each.is_finished:
                    self._take_in(each, each.anew())
        if resume:
            uploads.sweep(self._folder, [each.path for each in self._known.values() if each.is_upload])
        self._thread.start()

    def close(self) -> None:
        """Stops between two pieces of the import that is on its way."""
        self._closing.set()
        self._queue.put(None)
        if self.is_open:
            self._thread.join()

    def start(
        self, path: Path, product: int, kind: str | None = None, asked_by: str = "", is_upload: bool = False
    ) -> Import:
        """Queues a file (`kind` None: guessed from its first line). One that is on its way stays one; one that was
        stopped goes on. Raises Refused where there is no such file; its shape is looked at when its turn comes."""
        id = id_of(path, product, kind)
        with self._changing:
            self._stopped.discard(id)
            if id not in self._here:
                size = path.stat().st_size
                new = Import(id, product, str(path.absolute()), size, kind, asked_by=asked_by, is_upload=is_upload)
                self._take_in(self._known.get(id, new), new)
            return _copy(self._known[id])

    def go_on(self, id: str) -> Import:
        """Queues one again that was stopped. Raises Refused when its file is gone, or it is not one to go on with."""
        each = self.get(id)
        if not each.can_go_on:
            raise Refused(f"{each.name} has not stopped on its way, so there is nothing to go on with.")
        return self.start(Path(each.path), each.product, each.kind, each.asked_by, each.is_upload)

    def delete(self, id: str) -> Import:
        """Deletes the files of a finished upload: the copy, and the rows that could not be used. What became of it
        stays known. Raises Refused for one that is on its way, and for files that are not ours to delete."""
        with self._changing:
            each = self._find(id)
            if each.id in self._here:
                raise Refused(f"{each.name} is being imported; stop it first.")
            if not each.is_upload:
                raise Refused(f"{each.name} was not uploaded: it is yours to delete.")
            uploads.remove(Path(each.path))
            return _copy(each)

    def forget(self, product: int, is_in: Callable[[bytes], object]) -> int:
        """Deletes files of finished imports, kept in this folder, where somebody `is_in` some of the lines; how
        many."""
        with self._changing:
            own = [each for each in self._known.values() if each.product == product and each.id not in self._here]
        files = {each.id: each.path if each.is_upload else each.errors for each in own}
        holding = [id for id, path in files.items() if uploads.holds(path, self._folder, is_in)]  # may take a while
        with self._changing:
            return sum(uploads.forget(files[id], self._folder) for id in holding if id not in self._here)

    def get(self, id: str) -> Import:
        """How far it is. Raises Refused for an id that is none."""
        with self._changing:
            return _copy(self._find(id))

    def all(self, product: int) -> list[Import]:
        """The imports of a product, the newest first."""
        with self._changing:
            chosen = [_copy(each) for each in self._known.values() if each.product == product]
        return sorted(chosen, key=lambda each: -each.asked)

    def stop(self, id: str) -> Import:
        """Stops one before its next piece. Started again, it goes on from there."""
        with self._changing:
            each = self._find(id)
            self._stopped.add(id)
            if each.status == "queued":
                self._end(each, STOPPED, "somebody")
            return _copy(each)

    def _find(self, id: str) -> Import:
        if id not in self._known:
            raise Refused(f"There is no import {id!r}.")
        return self._known[id]

    def _trusted(self, each: Import) -> Import:
        """One whose last rows the journal has lost begins anew. Looked at when the process starts: later, others may
        have taken the numbers of the lost blocks."""
        if each.block <= self._journal.last or each.status in ("done", "done with errors"):
            return each
        anew = each.anew()
        anew.status, anew.failure, anew.cause, anew.asked = each.status, each.failure, each.cause, each.asked
        return anew

    def _take_in(self, known: Import, new: Import) -> None:
        """Goes on with what is known if it was stopped on its way."""
        goes_on = known.status == "failed" or not known.is_finished
        each = known if goes_on and known.shape else new
        each.status, each.failure, each.cause, each.asked, each.ended = "queued", None, "", time.time(), None
        self._known[each.id] = each
        self._keep(each)
        self._here.add(each.id)
        self._queue.put(each.id)

    def _work(self) -> None:
        while (id := self._queue.get()) and not self._closing.is_set():
            each = self._known[id]
            try:
                if not each.is_finished:  # stopped while it waited
                    self._import(each)
            except (Closing, Overloaded):
                return
            except Stopped:
                self._finish(each, STOPPED, "somebody")
            except Refused as wrong:
                self._finish(each, str(wrong), "file")
            except process.Died as wrong:
                self._finish(each, str(wrong), "trouble")
            except (Unwritable, OSError) as wrong:
                self._finish(each, f"The disk refused it: {wrong}.", "trouble")
            except Exception as wrong:
                log.exception("an import failed", path=each.path)
                self._finish(each, f"{type(wrong).__name__}: {wrong}.", "trouble")

    def _import(self, each: Import) -> None:
        self._check(each)
        with self._changing:
            each.status = "validating"
        path = Path(each.path)
        if id_of(path, each.product, each.kind) != each.id:
            raise Refused(f"{path.name} has changed since the import began; import it again.")
        shape = each.shape or look(path, each.kind)
        with self._changing:
            each.begin(shape, errors.place(path, self._folder / f"{each.id}{errors.ENDING}"))
        ahead: deque[int] = deque()
        wanted = self._wants(each.product)
        job = Job(each.path, each.errors, each.product, shape, each.offset, each.line, each.errors_size, wanted)
        with closing(process.batches(job)) as batches:
            for batch, told in batches:
                self._check(each)
                if len(batch):
                    ahead.append(self._journal.put(pa.Table.from_batches([batch])))
                with self._changing:
                    each.go_on(told, ahead[-1] if ahead else each.block)
                self._keep(each)
                if len(ahead) > PIECES_AHEAD:
                    self._wait_counted(each, ahead.popleft())
        self._wait_counted(each, each.block)
        failure = told.failure and f"{told.failure} What came before line {told.line:,} is in."
        self._finish(each, failure, told.cause)

    def _wait_counted(self, each: Import, block: int) -> None:
        until = time.monotonic() + COUNTED_WITHIN
        while time.monotonic() < until and not self._was_counted(block, 1):
            self._check(each)

    def _check(self, each: Import) -> None:
        if each.id in self._stopped:
            raise Stopped
        if self._closing.is_set():
            raise Closing

    def _finish(self, each: Import, failure: str | None = None, cause: Cause = "") -> None:
        with self._changing:
            self._end(each, failure, cause)

    def _end(self, each: Import, failure: str | None, cause: Cause) -> None:
        each.failure, each.cause, each.ended = failure, cause, time.time()
        each.status = "failed" if failure else "done with errors" if each.rejected else "done"
        self._keep(each)
        self._here.discard(each.id)
        if each.is_upload and (each.status == "done" or (cause == "file" and each.shape is None)):
            uploads.remove(Path(each.path))  # nothing of it will be asked for again

    def _keep(self, each: Import) -> None:
        try:
            each.keep(self._folder)
        except OSError as wrong:  # from an older state the import goes on a little earlier, which harms nothing
            log.error("the state of an import can't be written", path=each.path, reason=str(wrong))


def _copy(each: Import) -> Import:
    return msgspec.structs.replace(each, rejected=dict(each.rejected))

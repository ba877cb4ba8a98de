"""Files on their way from a browser to the disk, a piece at a time, however large they are."""

import os
import shutil
import threading
from collections.abc import Iterator
from concurrent.futures import CancelledError
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.core.files.uploadhandler import FileUploadHandler, StopUpload
from django.http import HttpRequest

from accoil.importing import FOLDER
from accoil.receive.importing import uploads
from accoil.refused import Refused
from accoil.show.words import size

MOST_AT_ONCE = 2  # each holds a page thread for as long as it takes
KEPT_FREE = 1_000_000_000  # bytes of the disk that no upload takes: live events need them
LOOK_EVERY = 16_000_000  # bytes: for room on the disk, and to write them out
LONGEST_NAME = 200  # bytes; ".errors.csv" is still to be added

_places = threading.BoundedSemaphore(MOST_AT_ONCE)


class Full(Refused):
    """There is no room on the disk."""


class TooLarge(Refused):
    """More than may be uploaded at once."""


class Busy(Refused):
    """Others are uploading."""


@contextmanager
def arriving(request: HttpRequest) -> Iterator["ToDisk"]:
    """Lets the files of a request, not read yet, go to the disk when it is read. Those that are not taken within are
    removed at the end, whatever ended it. Raises Refused, before anything is read, where there is no room."""
    _check(int(request.META.get("CONTENT_LENGTH") or 0))
    if not _places.acquire(blocking=False):
        raise Busy(f"{MOST_AT_ONCE} uploads are on their way already; try again when one of them has arrived.")
    handler = ToDisk(request)
    request.upload_handlers = [handler]
    try:
        yield handler
    except CancelledError:
        raise Busy("The server is stopping; upload it again in a moment.") from None
    finally:
        _places.release()
        handler.forget()


def free() -> int:
    """Bytes that uploads may still take."""
    return max(0, shutil.disk_usage(settings.DATA).free - KEPT_FREE)


def _check(coming: int) -> None:
    if coming > settings.LARGEST_UPLOAD:
        raise TooLarge(
            f"That is {size(coming)}; at most {size(settings.LARGEST_UPLOAD)} can be uploaded at once. Pack it with "
            "gzip or zstd, or import it on the server: accoil import FILE."
        )
    if coming > (left := free()):
        raise Full(
            f"There is no room for {size(coming)} on the server's disk: uploads may take {size(left)}, and the last "
            f"{size(KEPT_FREE)} are kept for live events."
        )


class ToDisk(FileUploadHandler):
    """Where Django puts files, in pieces of 64 kB. `refused` says why it could not take them all."""

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request)
        self.refused: Refused | None = None
        self._arrived: list[Path] = []
        self._path: Path | None = None  # on its way
        self._file: IO[bytes] | None = None

    def take(self) -> list[Path]:
        """The files that arrived, each in a folder of its own; the caller's from now on."""
        taken, self._arrived = self._arrived, []
        return taken

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        with self._disk():
            self._path = uploads.new(Path(settings.DATA) / FOLDER) / stored_name(self.file_name or "")
            self._file = self._path.open("xb")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        is_time = start % LOOK_EVERY < len(raw_data)
        if is_time and not free():
            raise self._stop(Full("The server's disk has no more room, so the upload was stopped."))
        with self._disk():
            self._written.write(raw_data)
            if is_time:
                self._sync()

    def file_complete(self, file_size: int) -> None:
        with self._disk():
            self._sync()  # what is shown as queued survives a power cut
            self._written.close()
        assert self._path
        self._arrived.append(self._path)
        self._path = self._file = None

    def upload_interrupted(self) -> None:
        """The browser went away in the middle."""
        self.refused = Refused("The upload ended before the file did; nothing of it was imported.")
        self.forget()

    def forget(self) -> None:
        """Removes what arrived and was not taken, and what was on its way."""
        if self._file:
            self._file.close()
        for path in (*self._arrived, *filter(None, [self._path])):
            uploads.remove(path)
        self._arrived, self._path, self._file = [], None, None

    def _sync(self) -> None:
        """A little at a time: live events wait for the same disk, and would for all of a large file at its end."""
        self._written.flush()
        os.fdatasync(self._written.fileno())

    @property
    def _written(self) -> IO[bytes]:
        assert self._file, "no file was begun"
        return self._file

    @contextmanager
    def _disk(self) -> Iterator[None]:
        try:
            yield
        except OSError as wrong:
            raise self._stop(Full(f"The server's disk refused the file: {wrong.strerror}.")) from wrong

    def _stop(self, refused: Refused) -> StopUpload:
        self.refused = refused
        self.forget()
        return StopUpload(connection_reset=True)  # the rest is not worth waiting for


def stored_name(name: str) -> str:
    """A name that can be shown and stored, with its ending: .csv.gz tells people what it is."""
    name = "".join(filter(str.isprintable, name)).strip(" .") or "upload"
    while len(name.encode()) > LONGEST_NAME:
        name = name[1:]
    return name

"""`accoil import`: hands files to the server that runs, or imports them here when none does."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import quote, unquote

import msgspec
from django.conf import settings

from accoil import control, environment
from accoil.count.counting import Counting, InUse
from accoil.import_progress import shown
from accoil.receive.importing import Import, Imports
from accoil.receive.importing.kinds import NAMES
from accoil.receive.importing.shape import look
from accoil.refused import Refused
from accoil.team.models import Product

FOLDER = "imports"
LOOK_EVERY = 0.1  # seconds


_own: Imports | None = None


class Desk(Protocol):
    """Where imports are done: in the running server, or here."""

    def start(self, path: Path, product: int, kind: str | None) -> Import: ...
    def get(self, id: str) -> Import: ...
    def stop(self, id: str) -> Import: ...


def run(paths: list[Path], product: Product, kind: str | None) -> list[Import]:
    """Imports the files, one after the other, and shows how far they are. Raises Refused, before anything is written,
    when one of them can't be imported at all."""
    if kind not in (None, *NAMES):
        raise Refused(f"--type is {kind!r}; write one of {', '.join(NAMES)}.")
    for path in paths:
        look(path, kind)
    with desk(Path(settings.DATA)) as at:
        started: list[Import] = []
        try:
            started += [at.start(path, product.pk, kind) for path in paths]
            return [shown(each, _followed(at, each.id)) for each in started]
        except KeyboardInterrupt:
            for each in started:
                at.stop(each.id)
            raise Refused("Stopped. The same command goes on where it was.") from None


def imports(folder: Path, counting: Counting) -> Imports:
    """The imports of a data folder, into what is counted there; `desk` finds them in this process."""
    global _own
    # The loader is asked for anew each time: a rebuild replaces it.
    _own = Imports(folder / FOLDER, counting.journal, lambda block, seconds: counting.loader.wait_for(block, seconds))
    return _own


def answers(at: Imports) -> dict[str, Any]:
    """What a server answers on its control socket."""
    return {
        "import": lambda path, product, kind: _told(at.start(Path(unquote(path)), int(product), _kind(kind))),
        "import-progress": lambda id: _told(at.get(id)),
        "import-stop": lambda id: _told(at.stop(id)),
    }


@contextmanager
def desk(folder: Path) -> Iterator[Desk]:
    """This server's, or that of the server that runs, else one of our own for as long as this lasts."""
    if _own and _own.is_open:
        yield _own
        return
    try:
        control.ask(folder, "progress")
    except ConnectionError:
        with _here(folder) as own:
            yield own
    else:
        yield There(folder)


@contextmanager
def _here(folder: Path) -> Iterator[Imports]:
    zones = dict(Product.objects.values_list("id", "time_zone"))
    try:
        counting = Counting(folder, lambda: zones, environment.text("ACCOIL_STORE_MEMORY", "1GB"))
    except InUse as in_use:
        raise Refused(str(in_use)) from in_use
    counting.start()
    own = imports(folder, counting)
    own.open(resume=False)
    try:
        yield own
    finally:
        own.close()
        counting.stop()


class There:
    """The running server's imports, asked through its socket."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def start(self, path: Path, product: int, kind: str | None) -> Import:
        return self._ask(f"import {quote(str(path.absolute()))} {product} {kind or '-'}")

    def get(self, id: str) -> Import:
        return self._ask(f"import-progress {id}")

    def stop(self, id: str) -> Import:
        return self._ask(f"import-stop {id}")

    def _ask(self, command: str) -> Import:
        try:
            return msgspec.convert(control.ask(self._folder, command), Import)
        except ConnectionError as gone:
            raise Refused("The server has stopped. It goes on with the import when it starts again.") from gone
        except control.Failed as failed:
            raise Refused(f"The running server could not import: {str(failed).removeprefix('Refused: ')}") from failed


def _followed(at: Desk, id: str) -> Iterator[Import]:
    """How far it is, again and again until it is finished."""
    while True:
        each = at.get(id)
        yield each
        if each.is_finished:
            return
        time.sleep(LOOK_EVERY)


def _told(each: Import) -> Any:
    return msgspec.to_builtins(each)


def _kind(word: str) -> str | None:
    return None if word == "-" else word

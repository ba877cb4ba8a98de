"""`accoil import` and the pages: files are handed to the server that runs, or imported here when none does."""

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Protocol, TypeVar
from urllib.parse import quote, unquote

import msgspec
from django.conf import settings

from accoil import control
from accoil.count.counting import Counting
from accoil.counting_here import counting_here
from accoil.erase import suppression
from accoil.import_progress import shown
from accoil.receive.importing import Import, Imports
from accoil.receive.importing.kinds import NAMES
from accoil.receive.importing.reader import Wanted
from accoil.receive.importing.shape import look
from accoil.receive.mapping.mappings import Mappings
from accoil.receive.mapping.rules import Mapping
from accoil.refused import Refused
from accoil.team.keys import mappings
from accoil.team.models import Product
from accoil.watch.caps import Caps

FOLDER = "imports"
T = TypeVar("T")
LOOK_EVERY = 0.1  # seconds


_own: Imports | None = None


class Desk(Protocol):
    """Where imports are done: in the running server, or here."""

    def start(
        self, path: Path, product: int, kind: str | None, asked_by: str = "", is_upload: bool = False
    ) -> Import: ...
    def get(self, id: str) -> Import: ...
    def all(self, product: int) -> list[Import]: ...
    def stop(self, id: str) -> Import: ...
    def go_on(self, id: str) -> Import: ...
    def delete(self, id: str) -> Import: ...


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
    _own = Imports(
        folder / FOLDER, counting.journal, lambda block, seconds: counting.loader.wait_for(block, seconds), _wanted
    )
    return _own


def _wanted(product: int) -> Wanted:
    """What the front door does with this product's calls."""
    its = Product.objects.get(pk=product)
    full = Caps().of(product, (its.most_events, its.most_traits))
    deleted = suppression.of(product)
    names = full.events, full.user_traits, full.account_traits
    return Wanted(_mappings(product), *names, deleted, its.kept_since)


def _mappings(product: int) -> tuple[Mapping, ...] | None:
    written = tuple(Mapping(**row) for row in mappings().get(product, []))
    try:
        return None if Mappings.of(written).are_presets else written
    except Refused:
        return None  # the front door has said so, and counts every call as it comes


def answers(at: Imports) -> dict[str, Any]:
    """What a server answers on its control socket."""
    return {
        "import": lambda path, product, kind, by="", upload="": _told(
            at.start(Path(unquote(path)), int(product), _kind(kind), unquote(by), bool(upload))
        ),
        "imports": lambda product: _told(at.all(int(product))),
        "import-progress": lambda id: _told(at.get(id)),
        "import-stop": lambda id: _told(at.stop(id)),
        "import-go-on": lambda id: _told(at.go_on(id)),
        "import-delete": lambda id: _told(at.delete(id)),
    }


def running() -> Desk:
    """This server's, or that of the server that runs. Raises ConnectionError when none does."""
    if _own and _own.is_open:
        return _own
    folder = Path(settings.DATA)
    control.ask(folder, "progress")
    return There(folder)


@contextmanager
def desk(folder: Path) -> Iterator[Desk]:
    """That of the server that runs, else one of our own for as long as this lasts."""
    try:
        at = running()
    except ConnectionError:
        with _here(folder) as own:
            yield own
    else:
        yield at


@contextmanager
def _here(folder: Path) -> Iterator[Imports]:
    with ExitStack() as afterwards:
        counting = counting_here(folder)
        afterwards.callback(counting.stop)
        counting.start()
        own = imports(folder, counting)
        afterwards.callback(own.close)
        own.open(resume=False)
        yield own


class There:
    """The running server's imports, asked through its socket."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def start(self, path: Path, product: int, kind: str | None, asked_by: str = "", is_upload: bool = False) -> Import:
        words = ["import", quote(str(path.absolute()), safe=""), str(product), kind or "-"]
        if asked_by:
            words += [quote(asked_by, safe=""), *(["upload"] if is_upload else [])]
        return self._ask(" ".join(words), Import)

    def get(self, id: str) -> Import:
        return self._ask(f"import-progress {id}", Import)

    def all(self, product: int) -> list[Import]:
        return self._ask(f"imports {product}", list[Import])

    def stop(self, id: str) -> Import:
        return self._ask(f"import-stop {id}", Import)

    def go_on(self, id: str) -> Import:
        return self._ask(f"import-go-on {id}", Import)

    def delete(self, id: str) -> Import:
        return self._ask(f"import-delete {id}", Import)

    def _ask(self, command: str, answer: type[T]) -> T:
        try:
            return msgspec.convert(control.ask(self._folder, command), answer)
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


def _told(found: Import | list[Import]) -> Any:
    return msgspec.to_builtins(found)


def _kind(word: str) -> str | None:
    return None if word == "-" else word

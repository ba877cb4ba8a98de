"""Books that were built, and where they are found again."""

import hashlib
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import accoil
from accoil.bench import invented
from accoil.bench.invented import Size
from accoil.bench.progress import say
from accoil.refused import Refused

PACKAGE = Path(accoil.__file__).parent


@contextmanager
def book(size: Size, keep: Path | None = None) -> Iterator[Path]:
    """The book's data folder, in the folder `keep` when one is told, else in one that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="accoil-bench-") as temporary:
        yield built(Path(keep or temporary), size)


def built(folder: Path, size: Size) -> Path:
    """Made when it is not there. In a process of its own, whose memory is not ours."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder.absolute() / f"book-{size.users}-{size.days}-{_shape()}"
    if not path.exists():
        say(f"building a book of {size.users:,} users over {size.days} days")
        program = (sys.executable, "-m", "accoil.bench.book", str(path), str(size.users), str(size.days))
        if subprocess.run(program).returncode:  # noqa: S603  # ourselves
            raise Refused("The book could not be built; the reason is above.")
    return path


def _shape() -> str:
    """Changes with anything that says what the tables hold, so that an older book is not mistaken for this one."""
    said = [
        *sorted((PACKAGE / "store" / "schema").glob("*.sql")),
        PACKAGE / "count" / "load.sql",
        Path(invented.__file__),
        Path(invented.__file__).with_name("book.py"),
    ]
    return hashlib.sha256(b"".join(path.read_bytes() for path in said)).hexdigest()[:8]

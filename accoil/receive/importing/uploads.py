"""Files that people hand in through the browser: each in a folder of its own, until nothing of it is needed."""

import secrets
import shutil
from collections.abc import Callable, Collection
from pathlib import Path

from accoil.receive.importing.files import CutShort, File
from accoil.refused import Refused

FOLDER = "uploads"
AT_ONCE = 1 << 20  # bytes
LONGEST = 4096  # of a value that is looked for


def new(folder: Path) -> Path:
    """An empty folder for one upload, among the imports kept in `folder`."""
    made = folder / FOLDER / secrets.token_hex(8)
    made.mkdir(mode=0o700, parents=True)
    return made


def remove(path: Path) -> None:
    """The upload at this path, and the rows of it that could not be used."""
    shutil.rmtree(path.parent, ignore_errors=True)


def holds(path: str, folder: Path, is_in: Callable[[bytes], object]) -> bool:
    """Whether somebody `is_in` some lines of what `forget` deletes."""
    return any(_holds(each, is_in) for each in _files(path, folder))


def forget(path: str, folder: Path) -> int:
    """Deletes what lies at this path in `folder`, and in a folder of its own there; how many files that were. What
    lies elsewhere is not ours."""
    files = _files(path, folder)
    for each in files:
        each.unlink(missing_ok=True)
    return len(files)


def _files(path: str, folder: Path) -> list[Path]:
    place = Path(path) if path else folder
    if folder.absolute() not in place.absolute().parents:
        return []
    is_alone = place.parent.absolute() != folder.absolute()
    found = place.parent.iterdir() if is_alone and place.parent.exists() else [place]
    return [each for each in found if each.is_file()]


def _holds(path: Path, is_in: Callable[[bytes], object]) -> bool:
    try:
        file = File(path)
    except Refused:
        return False
    rest = b""
    try:
        while part := file.read(AT_ONCE):
            lines, _, rest = (rest + part).rpartition(b"\n")
            if is_in(lines):
                return True
            if len(rest) > AT_ONCE:  # no line is that long: it is looked at as it is
                if is_in(rest):
                    return True
                rest = rest[-LONGEST:]
    except CutShort:
        pass
    finally:
        file.close()
    return bool(is_in(rest))


def sweep(folder: Path, known: Collection[str]) -> None:
    """Removes uploads that a crash left behind before they became an import."""
    kept = {Path(path).parent for path in known}
    for found in (folder / FOLDER).glob("*"):
        if found.absolute() not in kept:
            shutil.rmtree(found, ignore_errors=True)

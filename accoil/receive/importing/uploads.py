"""Files that people hand in through the browser: each in a folder of its own, until nothing of it is needed."""

import secrets
import shutil
from collections.abc import Collection
from pathlib import Path

from accoil.receive.importing.files import CutShort, File
from accoil.refused import Refused

FOLDER = "uploads"
AT_ONCE = 1 << 20  # bytes
LONGEST = 4096  # of a text that is looked for


def new(folder: Path) -> Path:
    """An empty folder for one upload, among the imports kept in `folder`."""
    made = folder / FOLDER / secrets.token_hex(8)
    made.mkdir(mode=0o700, parents=True)
    return made


def remove(path: Path) -> None:
    """The upload at this path, and the rows of it that could not be used."""
    shutil.rmtree(path.parent, ignore_errors=True)


def forget(path: str, folder: Path, names: Collection[str]) -> int:
    """Deletes what lies at this path in `folder`, and in a folder of its own there, if it holds one of these texts; how
    many files that were. What lies elsewhere is not ours."""
    place = Path(path) if path else folder
    if folder.absolute() not in place.absolute().parents:
        return 0
    is_alone = place.parent.absolute() != folder.absolute()
    files = [
        each for each in (place.parent.iterdir() if is_alone and place.parent.exists() else [place]) if each.is_file()
    ]
    if not any(_holds(each, names) for each in files):
        return 0
    for each in files:
        each.unlink(missing_ok=True)
    return len(files)


def _holds(path: Path, names: Collection[str]) -> bool:
    wanted = [name.encode() for name in names]
    try:
        file = File(path)
    except Refused:
        return False
    before = b""
    try:
        while part := file.read(AT_ONCE):
            if any(name in before + part for name in wanted):
                return True
            before = part[-LONGEST:]
    except CutShort:
        return False
    finally:
        file.close()
    return False


def sweep(folder: Path, known: Collection[str]) -> None:
    """Removes uploads that a crash left behind before they became an import."""
    kept = {Path(path).parent for path in known}
    for found in (folder / FOLDER).glob("*"):
        if found.absolute() not in kept:
            shutil.rmtree(found, ignore_errors=True)

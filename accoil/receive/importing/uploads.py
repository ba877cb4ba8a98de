"""Files that people hand in through the browser: each in a folder of its own, until nothing of it is needed."""

import secrets
import shutil
from collections.abc import Collection
from pathlib import Path

FOLDER = "uploads"


def new(folder: Path) -> Path:
    """An empty folder for one upload, among the imports kept in `folder`."""
    made = folder / FOLDER / secrets.token_hex(8)
    made.mkdir(mode=0o700, parents=True)
    return made


def remove(path: Path) -> None:
    """The upload at this path, and the rows of it that could not be used."""
    shutil.rmtree(path.parent, ignore_errors=True)


def sweep(folder: Path, known: Collection[str]) -> None:
    """Removes uploads that a crash left behind before they became an import."""
    kept = {Path(path).parent for path in known}
    for found in (folder / FOLDER).glob("*"):
        if found.absolute() not in kept:
            shutil.rmtree(found, ignore_errors=True)

"""The rows that could not be used, in a table beside the file: mended there, it can be imported as it is."""

import csv
import io
import os
from pathlib import Path

from accoil.receive.importing.kinds import OF_ERROR_FILES
from accoil.receive.importing.pieces import Bad

ENDING = ".errors.csv"


def place(path: Path, otherwise: Path) -> Path:
    """Beside the file, where that can be written."""
    found = path.with_name(path.name + ENDING)
    return found if os.access(found if found.exists() else found.parent, os.W_OK) else otherwise


class ErrorFile:
    """Made with the first row. `size` says how much of it a stopped import had written; what follows is dropped."""

    def __init__(self, path: Path, columns: tuple[str, ...], size: int = 0) -> None:
        self.path = path
        self.size = size
        # An error file that is imported in its turn has lines and reasons of its own.
        self._own = [place for place, column in enumerate(columns) if column not in OF_ERROR_FILES]
        self._columns = [columns[place] for place in self._own] or ["row"]
        self._width = len(columns)
        if not size:
            path.unlink(missing_ok=True)  # of an import before this one
        elif path.exists():
            with path.open("r+b") as file:
                file.truncate(size)

    def add(self, rows: list[Bad], line: int) -> None:
        """Rows of a piece that begins on this line of the file, in order."""
        if not rows:
            return
        text = io.StringIO(newline="")
        out = csv.writer(text)
        if not self.size:
            out.writerow((*OF_ERROR_FILES, *self._columns))
        out.writerows((line + bad.line, bad.reason, *self._fields(bad)) for bad in rows)
        with self.path.open("ab") as file:
            file.write(text.getvalue().encode("utf-8", "surrogateescape"))
            self.size = file.tell()

    def _fields(self, bad: Bad) -> list[str]:
        return [bad.fields[place] for place in self._own] if len(bad.fields) == self._width else bad.fields

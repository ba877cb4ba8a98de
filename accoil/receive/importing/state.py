"""One import: what it is, how far it is, and where it goes on. Kept as a small file that a kill leaves whole."""

import hashlib
import time
from pathlib import Path
from typing import Literal

import msgspec

from accoil.receive.importing import files
from accoil.receive.importing.reader import Cause, Told
from accoil.receive.importing.shape import Shape

Status = Literal["queued", "validating", "importing", "done", "done with errors", "failed"]
UNFINISHED = ("queued", "validating", "importing")
MOST_REASONS = 20
OTHER_REASONS = "For other reasons."


class Import(msgspec.Struct):
    """`done` and `size` are bytes of the file on the disk; `offset`, `line` and the counts are of what is safe."""

    id: str
    product: int
    path: str
    size: int
    kind: str | None = None  # as asked for; the shape has the one it is
    asked: float = 0.0  # Unix time
    asked_by: str = ""  # a person; "" on the command line
    is_upload: bool = False  # `path` is a copy of ours, alone in a folder of its own
    status: Status = "queued"
    failure: str | None = None
    cause: Cause = ""
    shape: Shape | None = None
    errors: str = ""  # where the error file is, once a row was rejected
    errors_size: int = 0
    offset: int = 0
    line: int = 0
    done: int = 0
    accepted: int = 0
    rejected: dict[str, int] = {}  # reason → rows
    left_out: int = 0  # rows that the product's mappings take no part of
    block: int = 0  # of the journal, the last that holds rows of it
    began: float = 0.0  # this run: Unix time, and what was there before it
    began_rows: int = 0
    began_done: int = 0
    ended: float | None = None

    def begin(self, shape: Shape, errors: Path) -> None:
        """Or go on, in a new run."""
        if self.shape is None:
            self.shape, self.errors, self.offset, self.line = shape, str(errors), shape.offset, shape.line
        self.status, self.began = "importing", time.time()
        self.began_rows, self.began_done = self.rows, self.done

    def go_on(self, told: Told, block: int) -> None:
        self.offset, self.line, self.done, self.block = told.offset, told.line, told.done, block
        self.accepted += told.accepted
        self.left_out += told.left_out
        self.errors_size = told.errors_size
        for reason, rows in told.rejected.items():
            known = reason in self.rejected or len(self.rejected) < MOST_REASONS
            name = reason if known else OTHER_REASONS
            self.rejected[name] = self.rejected.get(name, 0) + rows

    @property
    def name(self) -> str:
        return Path(self.path).name

    @property
    def has_file(self) -> bool:
        """Whether it still lies where it was imported from."""
        return Path(self.path).is_file()

    @property
    def can_go_on(self) -> bool:
        return self.status == "failed" and self.cause in ("somebody", "trouble") and self.has_file

    @property
    def is_finished(self) -> bool:
        return self.status not in UNFINISHED

    @property
    def is_usable(self) -> bool:
        """Done, and not one that rejected every row it had."""
        return self.status in ("done", "done with errors") and (self.accepted > 0 or not self.rejected)

    @property
    def rows(self) -> int:
        return self.accepted + self.rejected_rows + self.left_out

    @property
    def rejected_rows(self) -> int:
        return sum(self.rejected.values())

    @property
    def seconds(self) -> float:
        """How long this run took, or takes until now."""
        return max(0.001, (self.ended or time.time()) - self.began) if self.began else 0.0

    @property
    def rate(self) -> float:
        """Rows a second."""
        return (self.rows - self.began_rows) / self.seconds if self.began else 0.0

    @property
    def seconds_left(self) -> float | None:
        read = self.done - self.began_done
        return self.seconds * (self.size - self.done) / read if read > 0 and not self.is_finished else None

    def anew(self) -> "Import":
        """The same, from the first row."""
        return Import(
            self.id, self.product, self.path, self.size, self.kind, asked_by=self.asked_by, is_upload=self.is_upload
        )

    def keep(self, folder: Path) -> None:
        """A kill leaves the old state or the new; after a power cut it may be unreadable, and the import starts anew,
        which counts nothing twice."""
        path = folder / f"{self.id}.json"
        new = path.with_suffix(".new")
        new.write_bytes(msgspec.json.encode(self))
        new.replace(path)


def id_of(path: Path, product: int, kind: str | None) -> str:
    """The same for the same file, product and type. Raises Refused when the file can't be read."""
    files.File(path).close()
    return hashlib.blake2b(f"{product} {kind} {files.fingerprint(path)}".encode(), digest_size=8).hexdigest()


def recall(folder: Path) -> dict[str, Import]:
    """Every import of a data folder, by id."""
    found = {}
    for path in sorted(folder.glob("*.json")):
        try:
            found[path.stem] = msgspec.json.decode(path.read_bytes(), type=Import)
        except (msgspec.DecodeError, UnicodeDecodeError):
            path.unlink()
    return found

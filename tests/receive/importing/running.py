"""Imports of a data folder, at work in this process."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from accoil.count.counting import Counting
from accoil.receive.importing import Import, Imports
from tests.waiting import until

PATIENCE = 60.0  # seconds


@contextmanager
def open_imports(folder: Path, resume: bool = False) -> Iterator[tuple[Imports, Counting]]:
    folder.mkdir(exist_ok=True)
    counting = Counting(folder, lambda: {})
    counting.start()
    imports = Imports(folder / "imports", counting.journal, counting.loader.wait_for)
    imports.open(resume)
    try:
        yield imports, counting
    finally:
        imports.close()
        counting.stop()


def finished(imports: Imports, started: Import) -> Import:
    until(lambda: imports.get(started.id).is_finished)
    return imports.get(started.id)


def brought_in(imports: Imports, path: Path, kind: str | None = None) -> Import:
    return finished(imports, imports.start(path, 1, kind))


def children(pid: int) -> list[int]:
    """Processes that this one started (Linux)."""
    lists = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for listed in lists for child in listed.read_text().split()]


def readers(pid: int) -> list[int]:
    """Those of them that read an import: other tests of this process may have left servers of their own running."""
    words = {child: Path(f"/proc/{child}/cmdline").read_bytes() for child in children(pid)}
    return [child for child, said in words.items() if b"accoil.receive.importing" in said]

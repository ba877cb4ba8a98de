"""`accoil mend`: what can be read of a damaged journal becomes the journal."""

from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from accoil.count.counting import lock
from accoil.receive import mending
from accoil.refused import Refused


def mend() -> Iterator[str]:
    """Says what was done. Raises Refused."""
    folder = Path(settings.DATA)
    path = folder / "journal.sqlite3"
    if not path.exists():
        raise Refused(f"There is no journal in {folder}.")
    with lock(folder):
        mended = mending.mend(path)
    yield f"Saved {mended.saved:,} blocks."
    for first, last in mended.missing:
        yield (
            f"Could not be read: block {first:,}."
            if first == last
            else f"Could not be read: blocks {first:,} to {last:,}."
        )
    yield f"The files as they were: {', '.join(map(str, mended.kept))}."
    yield "What the store has counted stays counted. Look at it all with `accoil doctor`."

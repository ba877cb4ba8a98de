"""`accoil rebuild`: asks the server that runs, or does it here when none does."""

from pathlib import Path
from typing import Any

from django.conf import settings
from rich.progress import Progress, SpinnerColumn, TimeElapsedColumn

from accoil import control
from accoil.count.load import checksums
from accoil.counting_here import counting_here
from accoil.refused import Refused


def rebuild(anyway: bool = False) -> list[dict[str, Any]]:
    """Makes the store again from the journal, `anyway` also from one that has lost blocks; checksums as in
    `accoil.count.load.checksums`."""
    folder = Path(settings.DATA)
    try:
        return list(control.ask(folder, "rebuild anyway" if anyway else "rebuild"))
    except ConnectionError:
        return _rebuild_here(folder, anyway)
    except control.Failed as failed:
        raise Refused(f"The running server could not rebuild: {failed}") from failed


def _rebuild_here(folder: Path, anyway: bool) -> list[dict[str, Any]]:
    counting = counting_here(folder)
    try:
        if not anyway and (why_not := counting.why_not_rebuild()):
            raise Refused(why_not)
        with Progress(
            SpinnerColumn(), *Progress.get_default_columns(), TimeElapsedColumn(), transient=True
        ) as progress:
            task = progress.add_task("Counting the journal again", total=None)
            counting.rebuild(lambda block, last: progress.update(task, completed=block, total=last))
        return checksums(counting.facts.store)
    finally:
        counting.stop()

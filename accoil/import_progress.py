"""How an import looks on a terminal: a bar while it runs, a line or two when it is done."""

from collections.abc import Iterable
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from accoil.receive.importing import Import

CALLED = {"segment": "calls"}
GOES_ON = "Import it again, and it goes on from there."


def shown(first: Import, states: Iterable[Import]) -> Import:
    """Follows an import on standard error, where somebody is looking; its last state."""
    console = Console(stderr=True, highlight=False)
    if first.line > 1 and first.rows:
        console.print(f"{Path(first.path).name} goes on from line {first.line:,}.", soft_wrap=True)
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        DownloadColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
    )
    last = first
    with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as progress:
        task = progress.add_task(Path(first.path).name, total=first.size, completed=first.done, rate="")
        for last in states:
            rate = f"{last.rate:,.0f} rows/s" if last.began else last.status
            progress.update(task, completed=last.done, total=last.size, rate=rate)
    return last


def told(each: Import) -> list[str]:
    """What became of it, in sentences."""
    failure = " ".join(filter(None, (each.failure, GOES_ON if each.can_go_on else "")))
    if each.shape is None:
        return [failure]
    speed = f"{each.seconds:,.1f} s, {each.rate:,.0f} rows/s"
    what = CALLED.get(each.shape.kind, each.shape.kind)
    lines = [f"{Path(each.path).name}: {each.accepted:,} {what} imported ({speed}). What was here already counts once."]
    if each.left_out:
        lines.append(f"{each.left_out:,} {'row was' if each.left_out == 1 else 'rows were'} left out by the mappings.")
    if each.rejected:
        rows = "row was not, and stands" if each.rejected_rows == 1 else "rows were not, and stand"
        lines.append(f"{each.rejected_rows:,} {rows} in {each.errors}:")
        ordered = sorted(each.rejected.items(), key=lambda reason: -reason[1])
        lines += [f"  {rows:>9,}  {reason}" for reason, rows in ordered]
    if failure:
        lines.append(failure)
    return lines

"""Commands that look after a data folder. Nothing heavy is imported before it is needed."""

from pathlib import Path
from typing import Annotated

import typer

from accoil.options import Data


def rebuild(
    anyway: Annotated[bool, typer.Option("--anyway", help="Also from a journal that has lost blocks.")] = False,
    data: Data = None,
) -> None:
    """Make the store again from the journal. Prints checksums per day."""
    from accoil.start import start

    start()
    from accoil.rebuilding import rebuild as run

    for row in run(anyway):
        typer.echo(f"{row['product']}  {row['day']}  {row['messages']:>10,}  {row['checksum']}")


def mend(data: Data = None) -> None:
    """Save what can be read of a damaged journal. The damaged files are kept beside it; the server must not run."""
    from accoil.start import load

    load()
    from accoil.mending import mend as run

    for line in run():
        typer.echo(line)


def backup(
    into: Annotated[Path, typer.Argument(metavar="DIR", help="A new folder for this backup.")], data: Data = None
) -> None:
    """Copy all that the server has into a new folder. The server may run."""
    from accoil.backup import back_up
    from accoil.environment import data_folder

    for line in back_up(data_folder(), into):
        typer.echo(line)


def restore(
    backup: Annotated[Path, typer.Argument(metavar="DIR", help="What `accoil backup` made.")], data: Data = None
) -> None:
    """Put a backup into an empty data folder."""
    from accoil.backup import restore as run
    from accoil.environment import data_folder

    for line in run(backup, data_folder()):
        typer.echo(line)


def move(
    check: Annotated[
        bool, typer.Option("--check", help="Only compare what is there with what is counted here.")
    ] = False,
    take_over: Annotated[
        bool, typer.Option("--take-over", help="Also where another server counts, which this one replaces.")
    ] = False,
    data: Data = None,
) -> None:
    """Copy all that is counted into ClickHouse. The server must not run; ACCOIL_CLICKHOUSE_URL says where it is."""
    from accoil.start import start

    start()
    from rich.console import Console

    from accoil.move import move as run

    with Console(stderr=True).status("") as status:
        for line in run(check, take_over, lambda table, rows: status.update(f"{table}: {rows:,} rows")):
            typer.echo(line)


def secret_key(
    before: Annotated[
        str | None,
        typer.Option("--before", metavar="VAR", help="Variable with the key until now; ACCOIL_SECRET_KEY has the new."),
    ] = None,
    data: Data = None,
) -> None:
    """Change the secret key, and encrypt with the new one what was with the old. The server must not run."""
    from accoil.start import start

    start()
    from accoil.new_key import change

    for line in change(before):
        typer.echo(line)


def doctor(
    port: Annotated[
        int | None, typer.Option(min=1, max=65535, metavar="N", help="Also see whether it is free.")
    ] = None,
    data: Data = None,
) -> None:
    """Look for what is wrong with this server. Exits 1 when something is."""
    from accoil.doctor import examine

    healthy = True
    for words, good, sentence in examine(port):
        healthy = healthy and good
        typer.echo(f"{'ok  ' if good else 'BAD '} {words}: {sentence}")
    if not healthy:
        raise typer.Exit(1)

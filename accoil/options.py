"""Options that several commands share, and how their values are read."""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from accoil import __version__
from accoil.refused import Refused


def _use_data_folder(path: Path | None) -> Path | None:
    # Kept in the environment, where the settings look, so it works before and after the command's name.
    if path is not None:
        os.environ["ACCOIL_DATA"] = str(path)
        os.environ.pop("ACCOIL_DATA_FILE", None)
    return path


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"accoil {__version__}")
        raise typer.Exit


Data = Annotated[
    Path | None,
    typer.Option(
        "--data",
        metavar="DIR",
        callback=_use_data_folder,
        help="The folder that holds everything; else ACCOIL_DATA, else ./accoil-data.",
    ),
]
Version = Annotated[bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Show the version.")]
ProductName = Annotated[
    str | None,
    typer.Option("--product", metavar="P", help="Name of the product, or Team/Product; needed if there are several."),
]
Only = Annotated[
    str | None,
    typer.Option(
        "--only", metavar="ROLE", help="Do one part, as one of several: receive, pages or work; else everything."
    ),
]
Port = Annotated[int, typer.Option(min=0, max=65535, metavar="N", help="Port to listen on.")]


def read_password(variable: str | None, ask: bool) -> str | None:
    """The password in an environment variable, else typed by a person who is there, else None."""
    if variable is not None:
        password = os.environ.get(variable, "")
        if not password:
            raise Refused(f"{variable}, named by --password-env, is empty or not set.")
        return password
    if ask and sys.stdin.isatty():
        answer: str = typer.prompt("Password of a new owner (empty: set it later)", hide_input=True, default="")
        return answer or None
    return None


def read_text(file: Path) -> str:
    """The text of a file, or of standard input for "-"."""
    try:
        raw = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
        return raw.decode("utf-8-sig")
    except OSError as problem:
        raise Refused(f"{file} cannot be read: {problem.strerror}.") from problem
    except UnicodeDecodeError as problem:
        raise Refused(f"{file} is not UTF-8 text.") from problem

"""`accoil backup` and `accoil restore`: all that a server has, as it was at one moment, in a folder of its own.

The store and the states of imports go first and the journal after them, so the journal of a backup holds at least what
its store has counted and its imports have read: a restored server does the rest, as after any start."""

import hashlib
import json
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

from accoil import __version__, control
from accoil.count import counting, store_files
from accoil.database import is_in_postgresql
from accoil.refused import Refused
from accoil.secret import FILE as SECRET_KEY
from accoil.start import load

LIST = "backup.json"  # written last: without it a backup is not finished
JOURNAL = "journal.sqlite3"
APPLICATION = "app.sqlite3"  # also where it stands in PostgreSQL: a backup is the same from either
IMPORTS = "imports"
DRAFT = "restoring"

About = dict[str, Any]


def back_up(folder: Path, into: Path) -> Iterator[str]:
    """Says what is done. The server may run. Raises Refused."""
    apart = 0
    if is_in_postgresql():
        load()
        from accoil.moving import size

        apart = size(folder)
    elif not (folder / APPLICATION).exists():
        raise Refused(f"There is no server's data in {folder}; name its folder with --data.")
    _begin(folder, into, apart)
    try:
        yield "Copying the store; what arrives meanwhile waits in the journal."
        _copy_store(folder, into)
        _copy_imports(folder / IMPORTS, into / IMPORTS)
        yield "Copying the journal and the application's database."
        _copy_database(folder / JOURNAL, into / JOURNAL)
        _copy_application(folder, into / APPLICATION)
        if (folder / SECRET_KEY).exists():
            _copy(folder / SECRET_KEY, into / SECRET_KEY)
        listed = {str(each.relative_to(into)): _about(each) for each in sorted(into.rglob("*")) if each.is_file()}
        told = {"accoil": __version__, "made_at": datetime.now(UTC).isoformat(timespec="seconds"), "files": listed}
        (into / LIST).write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")
    except (OSError, sqlite3.Error) as problem:
        raise Refused(f"The backup is not finished, and {into} is of no use: {problem}.") from problem
    yield f"{into} holds {len(listed)} files, {sum(each['bytes'] for each in listed.values()):,} bytes."
    if SECRET_KEY not in listed:
        yield "The secret key is not among them: keep what ACCOIL_SECRET_KEY says somewhere as well."


def restore(backup: Path, folder: Path) -> Iterator[str]:
    """Into a folder that is empty or not there yet; nothing is in place before everything is there. Raises Refused."""
    told = _told(backup)
    if folder.is_dir() and (there := [each.name for each in folder.iterdir() if each.name not in (DRAFT, SECRET_KEY)]):
        raise Refused(f"{folder} is not empty ({min(there)} is in it); name an empty folder with --data.")
    yield f"Looking whether {backup} is as it was made."
    for name, about in told["files"].items():
        if ".." in Path(name).parts or not (backup / name).is_file() or _about(backup / name) != about:
            raise Refused(f"{backup / name} is not what was put there; nothing was restored. Take another backup.")
    if not is_in_postgresql():  # there, a command that was refused leaves one, and the database must be nobody's
        _check_key(backup / SECRET_KEY, folder / SECRET_KEY)
    yield f"Copying {len(told['files'])} files."
    draft = folder / DRAFT
    try:
        shutil.rmtree(draft, ignore_errors=True)
        for name in told["files"]:
            (draft / name).parent.mkdir(parents=True, exist_ok=True)
            _copy(backup / name, draft / name)
        with _application_restored(draft / APPLICATION, folder):
            for each in draft.iterdir():
                each.rename(folder / each.name)
            draft.rmdir()
    except OSError as problem:
        raise Refused(f"{folder} can't be filled: {problem.strerror}.") from problem
    yield f"{folder} is as a server of version {told['accoil']} left it at {told['made_at']}."
    if SECRET_KEY not in told["files"]:
        yield "Before you start it, set ACCOIL_SECRET_KEY as it was there: the secrets of connected tools need it."


def _check_key(kept: Path, there: Path) -> None:
    """A key that is there may be the only one that reads something else. Raises Refused."""
    try:
        if kept.exists() and there.exists() and kept.read_bytes().strip() != there.read_bytes().strip():
            raise Refused(f"{there} is not the key of this backup; move it away, or name another folder with --data.")
    except OSError as problem:
        raise Refused(f"The secret key {there} can't be compared with the backup's: {problem.strerror}.") from problem


def copy_store_of(running: counting.Counting, into: str) -> None:
    """What a server that runs does itself, since its store changes; `into` is quoted, since commands are words."""
    running.copy_store(Path(unquote(into)))


def _begin(folder: Path, into: Path, apart: int) -> None:
    """`apart`: bytes that are not in the folder."""
    try:
        into.mkdir(parents=True, exist_ok=True)
        if any(into.iterdir()):
            raise Refused(f"{into} is not empty; name a new folder for each backup.")
        into.chmod(0o700)
        needed, free = sum(map(_size, _files(folder)), apart), shutil.disk_usage(into).free
    except OSError as problem:
        raise Refused(f"{into} can't be used: {problem.strerror}.") from problem
    if needed > free:
        raise Refused(f"{into} has room for {free:,} bytes; the backup may need {needed:,}.")


def _copy_store(folder: Path, into: Path) -> None:
    try:
        control.ask(folder, f"copy_store {quote(str(into.absolute()))}")
    except ConnectionError:
        with counting.lock(folder):
            for path in folder.glob("facts-*.duckdb"):
                store_files.copy(path, into)
    except control.Failed as failed:
        raise Refused(f"The running server could not copy its store: {failed}.") from failed
    if not any(into.glob("facts-*.duckdb")) and any(folder.glob("facts-*.duckdb")):
        raise Refused(
            f"The running server has another {into} than this command (systemd's PrivateTmp, or a container): name a "
            "folder that both see."
        )


def _copy_database(path: Path, copy: Path) -> None:
    """As it is at one moment, whoever writes meanwhile."""
    if not path.exists():
        return
    with (
        closing(sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True)) as source,
        closing(sqlite3.connect(copy)) as target,
    ):
        source.backup(target)


def _copy_application(folder: Path, copy: Path) -> None:
    if not is_in_postgresql():
        return _copy_database(folder / APPLICATION, copy)
    from accoil.moving import keep

    keep(copy)


@contextmanager
def _application_restored(file: Path, folder: Path) -> Iterator[None]:
    """What is done within puts the rest in place."""
    if not is_in_postgresql():
        yield
        return
    load()
    from accoil.moving import put_back

    kept = file.rename(folder / f"{DRAFT}.sqlite3")
    try:
        with put_back(kept, folder):
            yield
    finally:
        for each in folder.glob(f"{kept.name}*"):
            each.unlink()


def _copy_imports(folder: Path, into: Path) -> None:
    """The states first, so that no file of an import holds less than its state says. What an import that ends takes
    away meanwhile is left out."""
    for path in sorted(_files(folder), key=lambda each: each.parent != folder or each.suffix != ".json"):
        copy = into / path.relative_to(folder)
        copy.parent.mkdir(parents=True, exist_ok=True)
        try:
            _copy(path, copy)
        except FileNotFoundError:
            copy.unlink(missing_ok=True)


def _files(folder: Path) -> list[Path]:
    """Whatever goes away meanwhile."""
    return [Path(place, name) for place, _, names in os.walk(folder) for name in names]


def _size(path: Path) -> int:
    with suppress(FileNotFoundError):
        return path.stat().st_size
    return 0


def _copy(path: str | Path, copy: str | Path) -> None:
    """Safe on the disk when it returns."""
    shutil.copy2(path, copy)
    with Path(copy).open("rb") as file:
        os.fsync(file.fileno())


def _about(path: Path) -> About:
    with path.open("rb") as file:
        return {"bytes": path.stat().st_size, "sha256": hashlib.file_digest(file, "sha256").hexdigest()}


def _told(backup: Path) -> About:
    try:
        told = json.loads((backup / LIST).read_text(encoding="utf-8"))
        if isinstance(told["files"], dict) and told["accoil"] and told["made_at"]:
            return dict(told)
    except FileNotFoundError:
        raise Refused(f"{backup} is no finished backup: there is no {LIST} in it.") from None
    except (OSError, ValueError, TypeError, KeyError):
        pass
    raise Refused(f"{backup / LIST} can't be read; take another backup.")

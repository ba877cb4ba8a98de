"""A data folder and a database belong together: facts and journal of one name products of the other by number. Each
holds the same word, the database as what is said of a table of Django's, which no command of ours copies elsewhere."""

import secrets
from pathlib import Path
from typing import Any

from django.db import connection as database

from accoil.database import PAIRED
from accoil.refused import Refused

TABLE = "django_migrations"


def check(folder: Path) -> None:
    """Raises Refused for two of which one belongs to another, or that are not new and belong to nobody."""
    check_encoding()
    there, here = _of_database(), _of(folder)
    if there and there == here:
        return
    if there and here:
        raise Refused(f"{_named()} belongs to another data folder than {folder}; put the right two together.")
    if not _is_new(folder):
        raise Refused(
            f"{_named()} has nothing of the server whose data is in {folder}. To move a server, make a backup without "
            "ACCOIL_DATABASE_URL, and restore it with that set, into a new folder."
        )
    if there:
        raise Refused(
            f"{_named()} belongs to another data folder, and {folder} is new. Name its own with --data; if that one "
            f"is lost for ever, write {there} into {folder / PAIRED}: what was received is lost with it."
        )


def check_encoding() -> None:
    """Raises Refused."""
    with database.cursor() as cursor:
        cursor.execute("show server_encoding")
        (encoding,) = cursor.fetchone()
    if encoding != "UTF8":
        name, user = database.settings_dict["NAME"], database.settings_dict["USER"]
        raise Refused(
            f"{_named()} keeps text as {encoding}; make one that keeps any: "
            f"createdb --owner={user} --encoding=UTF8 --template=template0 {name}."
        )


def is_pair(folder: Path) -> bool:
    """Whether this is the data folder that belongs to the database: what is counted is in it."""
    return _of(folder) != "" and _of(folder) == _of_database()


def is_somebodys() -> bool:
    """Whether a data folder belongs to the database."""
    return bool(_of_database())


def has_people() -> bool:
    """Whether anybody works with it, or did."""
    with database.cursor() as cursor:
        if "team_user" not in database.introspection.table_names(cursor):
            return False
        cursor.execute("select exists (select from team_user)")
        return bool(cursor.fetchone()[0])


def pair(folder: Path) -> None:
    """What `check` let pass is a pair from now on."""
    if _of_database():
        return
    word = _of(folder) or secrets.token_hex(8)
    (folder / PAIRED).write_text(f"{word}\n", encoding="ascii")
    with database.cursor() as cursor:
        cursor.execute(f"comment on table {TABLE} is '{word}'")


def _is_new(folder: Path) -> bool:
    return not any(folder.glob("*.sqlite3")) and not any(folder.glob("facts-*.duckdb"))


def _of(folder: Path) -> str:
    try:
        return (folder / PAIRED).read_text(encoding="ascii").strip()
    except FileNotFoundError:
        return ""


def _of_database() -> str:
    with database.cursor() as cursor:
        cursor.execute("select obj_description(to_regclass(%s), 'pg_class')", [TABLE])
        return str(cursor.fetchone()[0] or "")


def named(at_the_beginning: bool = False) -> str:
    """In a sentence."""
    about: dict[str, Any] = database.settings_dict
    return f"{'T' if at_the_beginning else 't'}he database {about['NAME']} at {about['HOST'] or 'this computer'}"


def _named() -> str:
    return named(at_the_beginning=True)

"""Makes Django and the application database ready, for every command that needs them."""

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from accoil.database import PAIRED
from accoil.refused import Refused
from accoil.roles import E, P, R, Role, W

LOCK_SECONDS = 60


def start(role: Role = E) -> None:
    """Loads the settings and brings the application database up to date; a few milliseconds when it is already.

    Raises Refused when a setting is wrong or the database cannot be used.
    """
    load()
    from django.conf import settings

    with usable():
        if role in (R, P) or (role is W and _is_of_another(settings.DATA)):
            _wait_until_current()
            return
        check(settings.DATA)
        check_version()
        if not is_current():
            _migrate(settings.DATA)
        if is_postgresql():
            from accoil.postgresql import home

            home.pair(settings.DATA)


def _is_of_another(data: Path) -> bool:
    """Whether the database belongs to another data folder: what is here is of no weight then."""
    from accoil.postgresql import home

    return home.is_somebodys() and not home.is_pair(data)


def _wait_until_current() -> None:
    """Servers with one part leave the database to the one that counts."""
    from accoil.postgresql import home

    home.check_encoding()
    until = time.monotonic() + LOCK_SECONDS
    while not is_current():
        if time.monotonic() > until:
            raise Refused(
                f"{home.named(at_the_beginning=True)} is not ready for this version: first start the server that "
                "counts (accoil serve --only work), with the data folder that belongs to it."
            )
        time.sleep(0.5)


def load() -> None:
    """Loads the settings only. Raises Refused when one of them is wrong."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "accoil.settings")
    import django

    django.setup()


def is_postgresql() -> bool:
    from django.db import connection

    return connection.vendor == "postgresql"


@contextmanager
def usable() -> Iterator[None]:
    """What the database does not do within is told in a sentence: raises Refused."""
    from django.conf import settings
    from django.db import DatabaseError

    try:
        yield
    except (DatabaseError, sqlite3.Error) as problem:
        if is_postgresql():
            raise Refused(_of_postgresql(problem)) from problem
        raise Refused(f"The database {settings.DATA / 'app.sqlite3'} cannot be used: {problem}.") from problem


def check(data: Path) -> None:
    """Whether folder and database belong together. Raises Refused."""
    if is_postgresql():
        from accoil.postgresql import home

        home.check(data)
    elif (data / PAIRED).exists() and not (data / "app.sqlite3").exists():
        raise Refused(f"What belongs to {data} is in a PostgreSQL database; set ACCOIL_DATABASE_URL.")


def is_current() -> bool:
    """Whether every migration has been applied."""
    from django.db import connection

    return not missing(connection)


def missing(connection: Any) -> list[Any]:
    """Migrations that have not been applied there."""
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    return list(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def _of_postgresql(problem: BaseException) -> str:
    from django.db import connection

    from accoil.postgresql.troubles import sentence

    return sentence(problem, connection.settings_dict)


def check_version() -> None:
    """Raises Refused where a newer version has applied migrations that this one does not know: what it wrote would lack
    what the newer one relies on."""
    from django.db import connection
    from django.db.migrations.loader import MigrationLoader

    loader = MigrationLoader(connection)
    ours = {app for app, _ in loader.disk_migrations}
    unknown = sorted(
        f"{app}.{name}"
        for app, name in loader.applied_migrations or ()
        if app in ours and (app, name) not in loader.disk_migrations
    )
    if unknown:
        what = "PostgreSQL" if is_postgresql() else "app.sqlite3"
        raise Refused(
            f"{what} is of a newer version of Accoil ({unknown[0]} is not known here): install that version, or "
            "restore the backup from before it."
        )


def _migrate(data: Path) -> None:
    """Applies what is missing. Two commands started at once take turns: the second finds nothing left to do."""
    from django.db import connection

    from accoil.tables import bring_up_to_date

    # SQLite's own file lock: it works on every system and vanishes with the process that holds it.
    lock = sqlite3.connect(data / "migrate.lock", timeout=LOCK_SECONDS, isolation_level=None)
    try:
        lock.execute("begin exclusive")
        bring_up_to_date(connection)
    finally:
        lock.close()

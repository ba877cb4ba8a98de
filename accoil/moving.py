"""The application's database in PostgreSQL into a backup, and a backup into PostgreSQL. In a backup it is always an
SQLite file: any backup can be restored into either."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from django.db import connection as database
from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper as Database
from django.db.migrations.executor import MigrationExecutor
from psycopg import IsolationLevel

from accoil import rows
from accoil.database import sqlite
from accoil.postgresql import home
from accoil.refused import Refused
from accoil.start import is_current, usable
from accoil.tables import bring_up_to_date

KEPT = "kept"  # the alias of a backup's file


def size(folder: Path) -> int:
    """Bytes that the database takes. Raises Refused when it can't be kept in a backup of that folder."""
    with usable():
        home.check(folder)
        if not home.is_somebodys():
            raise Refused(f"There is no server's data in {folder}; name its folder with --data.")
        if not is_current():
            raise Refused(
                "PostgreSQL holds what another version of this program wrote; make the backup with that version, or "
                "have accoil definitions bring it up to date first."
            )
        with database.cursor() as cursor:
            cursor.execute("select pg_database_size(current_database())")
            return int(cursor.fetchone()[0])


def keep(file: Path) -> None:
    """The database, as it is at one moment, whoever writes meanwhile. Raises Refused."""
    with usable(), _one_moment() as source, _opened(file) as target, transaction.atomic(using=KEPT):
        rows.copy(source, target)


@contextmanager
def put_back(file: Path, folder: Path) -> Iterator[None]:
    """Fills the database, which must be empty and nobody's, unless what is done within fails. Raises Refused."""
    with usable():
        home.check_encoding()
        if home.is_somebodys() or home.has_people():
            raise Refused(
                f"Somebody works with {home.named()}, or a data folder belongs to it; make an empty one and name it in "
                "ACCOIL_DATABASE_URL."
            )
        bring_up_to_date(database)
        with _opened(file) as source, transaction.atomic():
            rows.copy(source, database)
            yield
            home.pair(folder)


@contextmanager
def _one_moment() -> Iterator[Database]:
    source = database.copy()
    source.ensure_connection()
    with closing(source):
        source.connection.isolation_level = IsolationLevel.REPEATABLE_READ
        source.connection.read_only = True
        source.connection.autocommit = False
        yield source


@contextmanager
def _opened(file: Path) -> Iterator[Database]:
    """A backup's, or a new one, brought up to date."""
    connections.settings[KEPT] = connections.configure_settings({"default": sqlite(file)})["default"]
    try:
        loader = MigrationExecutor(connections[KEPT]).loader
        if loader.applied_migrations.keys() - loader.disk_migrations.keys():
            raise Refused("This backup was made by a newer version of this program; restore it with that one.")
        bring_up_to_date(connections[KEPT])
        yield connections[KEPT]
    finally:
        connections[KEPT].close()
        del connections[KEPT], connections.settings[KEPT]

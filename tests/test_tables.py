"""A database that was made at once is the one that its migrations make, in both engines; older ones go on from where
they are. What this compares is what the engine itself tells of its tables, and every row in them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core.management import call_command
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper as Database

from accoil import database
from accoil.start import missing
from accoil.tables import bring_up_to_date
from tests.postgresql import Cluster

POSTGRESQL = (
    "select table_name, column_name, data_type, character_maximum_length, is_nullable, column_default, is_identity "
    # Django itself numbers pairs of a group and a permission, of which there are none here, in 32 bits or in 64.
    "from information_schema.columns where table_schema = 'public' "
    "and (table_name, column_name) <> ('auth_group_permissions', 'id')",
    "select tablename, indexdef from pg_indexes where schemaname = 'public'",
    "select conrelid::regclass::text, pg_get_constraintdef(oid), condeferred from pg_constraint "
    "where connamespace = 'public'::regnamespace",
)
BY_THE_WAY = {"id", "applied", "content_type_id"}  # numbers and moments that nobody chose

Another = Callable[[], Database]


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.xdist_group("postgresql"))])
def another(request: pytest.FixtureRequest, tmp_path: Path, django_db_blocker: Any) -> Iterator[Another]:
    """Makes another database, with nothing in it."""
    made: list[str] = []

    def make() -> Database:
        made.append(alias := f"another {len(made)}")
        if request.param == "sqlite":
            settings = database.sqlite(tmp_path / f"{alias}.sqlite3")
        else:
            cluster: Cluster = request.getfixturevalue("postgresql")
            settings = database._postgresql(urlsplit(cluster.new_database()))
        connections.settings[alias] = connections.configure_settings({"default": settings})["default"]
        return connections[alias]

    with django_db_blocker.unblock():
        yield make
        for alias in made:
            connections[alias].close()
            del connections[alias], connections.settings[alias]


def test_made_at_once_it_is_what_all_migrations_come_to(another: Another) -> None:
    at_once, by_steps = another(), another()
    bring_up_to_date(at_once)
    call_command("migrate", verbosity=0, database=by_steps.alias)
    assert structure(at_once) == structure(by_steps)
    assert rows(at_once) == rows(by_steps)
    assert not missing(at_once)


@pytest.mark.parametrize("until", [("team", "0004"), ("act", "0005")])
def test_one_that_stopped_half_way_goes_on_from_there(another: Another, until: tuple[str, str]) -> None:
    half_way, at_once = another(), another()
    call_command("migrate", *until, verbosity=0, database=half_way.alias)
    assert missing(half_way)
    bring_up_to_date(half_way)
    bring_up_to_date(at_once)
    assert structure(half_way) == structure(at_once)
    assert rows(half_way) == rows(at_once)


def test_whoever_is_killed_while_it_is_made_begins_again(another: Another, monkeypatch: pytest.MonkeyPatch) -> None:
    broken, at_once = another(), another()

    def killed(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr("accoil.tables.MigrationExecutor", killed)  # all tables are made by then
        bring_up_to_date(broken)
    assert broken.introspection.table_names() == []
    bring_up_to_date(broken)
    bring_up_to_date(at_once)
    assert structure(broken) == structure(at_once)


def structure(of: Database) -> Counter[Any]:
    """Tables, columns, indexes and constraints, in no order."""
    with of.cursor() as cursor:
        if of.vendor == "postgresql":
            found: list[Any] = []
            for question in POSTGRESQL:
                cursor.execute(question)
                found += cursor.fetchall()
            return Counter(found)
        cursor.execute("select tbl_name, type, name, sql from sqlite_master where sql is not null")
        return Counter((*names, part) for *names, sql in cursor.fetchall() for part in parts(sql))


def parts(sql: str) -> list[str]:
    """What stands between the commas of a table's definition; an index's is one."""
    if not sql.upper().startswith("CREATE TABLE"):
        return [sql]
    head, _, inside = sql.partition("(")
    found, depth = [head, ""], 0
    for each in inside.removesuffix(")"):
        depth += (each == "(") - (each == ")")
        if each == "," and not depth:
            found.append("")
        else:
            found[-1] += each
    return [part.strip() for part in found]


def rows(of: Database) -> Counter[Any]:
    """Of every table, by the names of their columns."""
    found: Counter[Any] = Counter()
    with of.cursor() as cursor:
        for table in of.introspection.table_names(cursor):
            cursor.execute(f"select * from {of.ops.quote_name(table)}")
            names = [column[0] for column in cursor.description]
            for row in cursor.fetchall():
                told = {name: value for name, value in zip(names, row, strict=True) if name not in BY_THE_WAY}
                found[table, *sorted(told.items())] += 1
    return found

"""All rows of the application's database, out of one engine into another: how a backup of PostgreSQL becomes a file
like any other, and how a server moves. Values are as they stand, encrypted ones too."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import Any

from django.apps import apps
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper as Database

AT_ONCE = 5_000

Row = Sequence[Any]


def tables() -> list[type[models.Model]]:
    """Every table of Django's and ours, but the one that tells which migrations were applied."""
    return [each for each in apps.get_models(include_auto_created=True) if each._meta.managed and not each._meta.proxy]


def read(source: Database, table: type[models.Model]) -> Iterator[Row]:
    """By their keys, with values as Python has them; documents as text."""
    columns = [field.get_col(table._meta.db_table) for field in _fields(table)]
    converted = [
        (place, each, found) for place, each in enumerate(columns) if (found := source.ops.get_db_converters(each))
    ]
    for row in _raw(source, f"{_select(source, table)} order by {_quoted(source, [_key(table)])}"):
        values = list(row)
        for place, column, functions in converted:
            for function in functions:
                values[place] = function(values[place], column, source)
        yield values


def copy(source: Database, target: Database) -> int:
    """How many. Replaces what stands in the target. Both must be up to date; run it in a transaction of each."""
    copied = 0
    for table in tables():
        with target.cursor() as cursor:
            cursor.execute(f"delete from {_quoted(target, [table._meta.db_table])}")  # noqa: S608  our own names
    for table in tables():
        copied += _write(target, table, read(source, table))
        if _is_numbered(table):
            go_on_after(target, table, last_given(source, table))
    return copied


def last_given(database: Database, table: type[models.Model]) -> int:
    """The last number that a row of the table was given, also of one that is gone: none is given twice."""
    name = table._meta.db_table
    with database.cursor() as cursor:
        if database.vendor == "postgresql":
            sequence = _sequence(database, table)
            cursor.execute(f"select case when is_called then last_value else 0 end from {sequence}")  # noqa: S608
        else:
            cursor.execute("select max(seq) from sqlite_sequence where name = %s", [name])
        return int(cursor.fetchone()[0] or 0)


def go_on_after(database: Database, table: type[models.Model], number: int) -> None:
    name = table._meta.db_table
    with database.cursor() as cursor:
        if database.vendor == "postgresql":
            cursor.execute("select setval(%s, %s, %s)", [_sequence(database, table), max(number, 1), number > 0])
        else:
            cursor.execute("delete from sqlite_sequence where name = %s", [name])
            cursor.execute("insert into sqlite_sequence (name, seq) values (%s, %s)", [name, number])


def _write(target: Database, table: type[models.Model], rows: Iterable[Row]) -> int:
    names, where = _quoted(target, _names(table)), _quoted(target, [table._meta.db_table])
    written, waiting = 0, iter(rows)
    if target.vendor == "postgresql":
        copying = f"copy {where} ({names}) from stdin"
        with target.wrap_database_errors, target.connection.cursor() as cursor, cursor.copy(copying) as into:
            for row in waiting:
                into.write_row(row)
                written += 1
        return written
    adapted = [(place, adapt) for place, field in enumerate(_fields(table)) if (adapt := _adapter(target, field))]
    marks = ", ".join(["%s"] * len(_names(table)))
    with target.cursor() as cursor:
        while some := list(islice(waiting, AT_ONCE)):
            if adapted:
                some = [_adapted(row, adapted) for row in some]
            cursor.executemany(f"insert into {where} ({names}) values ({marks})", some)  # noqa: S608
            written += len(some)
    return written


def _adapted(row: Row, adapted: list[tuple[int, Any]]) -> Row:
    values = list(row)
    for place, adapt in adapted:
        if values[place] is not None:
            values[place] = adapt(values[place])
    return values


def _adapter(target: Database, field: Any) -> Any:
    match field.get_internal_type():
        case "DateTimeField":
            return target.ops.adapt_datetimefield_value
        case "DateField":
            return target.ops.adapt_datefield_value
    return None


def _raw(source: Database, question: str) -> Iterator[Row]:
    if source.vendor == "postgresql":  # a cursor that stays at the server: not all rows are here at once
        with source.wrap_database_errors, source.connection.cursor(name="rows") as cursor:
            cursor.itersize = AT_ONCE
            yield from cursor.execute(question)
    else:
        with source.cursor() as cursor:
            cursor.execute(question)
            yield from chain.from_iterable(iter(lambda: cursor.fetchmany(AT_ONCE), []))


def _select(database: Database, table: type[models.Model]) -> str:
    return f"select {_quoted(database, _names(table))} from {_quoted(database, [table._meta.db_table])}"  # noqa: S608


def _fields(table: type[models.Model]) -> list[Any]:
    return list(table._meta.local_concrete_fields)


def _names(table: type[models.Model]) -> list[str]:
    return [str(field.column) for field in _fields(table)]


def _key(table: type[models.Model]) -> str:
    return str(table._meta.pk.column)


def _is_numbered(table: type[models.Model]) -> bool:
    return isinstance(table._meta.pk, models.AutoField | models.BigAutoField)


def _sequence(database: Database, table: type[models.Model]) -> str:
    with database.cursor() as cursor:
        cursor.execute("select pg_get_serial_sequence(%s, %s)", [f'"{table._meta.db_table}"', _key(table)])
        return str(cursor.fetchone()[0])


def _quoted(database: Database, names: list[str]) -> str:
    return ", ".join(database.ops.quote_name(each) for each in names)

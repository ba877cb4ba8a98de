"""Looks for a text wherever anything is kept."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
from django.apps import apps
from django.db import connection

from accoil.count.counting import Counting
from accoil.receive.debugger import debugger


def places(counting: Counting, text: str) -> list[str]:
    """Where it stands, in capitals or not: tables of either database, blocks of the journal, files, the debugger."""
    needle = text.lower()
    found = [*_tables(), *_facts(counting), *_journal(counting), *_debugger(), *_files(counting.journal.path.parent)]
    return sorted({place for place, said in found if needle in said.lower()})


def _tables() -> Iterator[tuple[str, str]]:
    for model in apps.get_models():
        with connection.cursor() as cursor:
            cursor.execute(f'select * from "{model._meta.db_table}"')
            for row in cursor.fetchall():
                yield f"table {model._meta.db_table}", repr(row)


def _facts(counting: Counting) -> Iterator[tuple[str, str]]:
    store = counting.facts.store
    for row in store.rows("select table_name as name from information_schema.tables where table_catalog = 'facts'"):
        yield f"facts {row['name']}", repr(store.rows(f"select * from {row['name']}"))


def _journal(counting: Counting) -> Iterator[tuple[str, str]]:
    for block in counting.journal.blocks(0):
        yield "journal", repr(block.facts.to_pylist())


def _debugger() -> Iterator[tuple[str, str]]:
    for last in debugger()._products.values():
        for visit in last.visits:
            yield "debugger", repr([visit, list(visit.calls)])


def _files(folder: Path) -> Iterator[tuple[str, str]]:
    """As bytes; the journal's blocks are compressed, and looked through above."""
    database = Path(str(connection.settings_dict["NAME"]))
    for path in (*folder.rglob("*"), *database.parent.glob(f"{database.name}*")):
        if path.is_file():
            yield f"file {path.name}", path.read_bytes().decode("latin-1")


def ids_in(counting: Counting, number: int) -> list[str]:
    """Tables of the facts that hold one of our ids in any column."""
    found = []
    store = counting.facts.store
    for row in store.rows("select table_name as name from information_schema.tables where table_catalog = 'facts'"):
        rows = store.ask(f"select * from {row['name']}")
        numbers = [column for column in rows.columns if pa.types.is_integer(column.type)]
        if any(number in column.to_pylist() for column in numbers):
            found.append(row["name"])
    return found

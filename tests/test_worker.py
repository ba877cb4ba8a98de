"""Which worker has which connection, by locks in a real PostgreSQL: one each, and nobody's when its worker is gone."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.postgresql import Cluster
from tests.waiting import until
from tests.whole import env, keep_in

pytestmark = pytest.mark.xdist_group("postgresql")

HOLDER = """
import sys
import django; django.setup()
from django.db import DatabaseError
from accoil.postgresql.leases import COUNTS, Leases
leases = Leases()
for line in sys.stdin:
    word, *numbers = line.split()
    if word == "counts":
        try:
            print(leases.has(COUNTS), flush=True)
        except DatabaseError:
            print("nobody knows", flush=True)
    elif word == "let-go":
        leases.let_go(COUNTS)
        print("let go", flush=True)
    else:
        print(sorted(leases.connections([int(each) for each in numbers])), flush=True)
"""

OTHERS_END = """
select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()
"""


class Holder:
    def __init__(self, data: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", HOLDER], env=env(data), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def ask(self, line: str) -> str:
        assert self.process.stdin and self.process.stdout
        self.process.stdin.write(f"{line}\n")
        self.process.stdin.flush()
        return self.process.stdout.readline().strip()

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


@pytest.fixture
def two(tmp_path: Path, postgresql: Cluster) -> Iterator[tuple[Holder, Holder]]:
    keep_in(tmp_path, postgresql.new_database())
    holders = Holder(tmp_path), Holder(tmp_path)
    yield holders
    for each in holders:
        each.kill()


def test_one_counts_and_when_it_is_killed_another_one_may(two: tuple[Holder, Holder]) -> None:
    first, second = two
    assert [first.ask("counts"), second.ask("counts"), first.ask("counts")] == ["True", "False", "True"]
    first.ask("let-go")
    assert [second.ask("counts"), first.ask("counts")] == ["True", "False"]
    second.kill()
    until(lambda: first.ask("counts") == "True")


def test_a_connection_is_worked_with_by_one(two: tuple[Holder, Holder]) -> None:
    first, second = two
    assert first.ask("of 1 2") == "[1, 2]"
    assert second.ask("of 2 3") == "[3]"
    assert first.ask("of 1 2 3") == "[1, 2]"
    first.kill()
    until(lambda: second.ask("of 1 2 3") == "[1, 2, 3]")


def test_whose_connection_to_postgresql_ended_takes_another_one(tmp_path: Path, postgresql: Cluster) -> None:
    url = postgresql.new_database()
    keep_in(tmp_path, url)
    one = Holder(tmp_path)
    try:
        assert one.ask("counts") == "True"
        with psycopg.connect(url, autocommit=True) as database:
            database.execute(OTHERS_END)
        assert [one.ask("counts"), one.ask("counts"), one.ask("counts")] == ["nobody knows", "True", "True"]
    finally:
        one.kill()

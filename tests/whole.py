"""The whole program, in processes of its own, as people run it."""

from __future__ import annotations

import json
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import date
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import psycopg
from psycopg.types.string import TextLoader

from accoil.count import people
from accoil.count.counting import Counting
from tests.postgresql import VARIABLE, new_database

PATIENCE = 60  # seconds until a process that says nothing has failed

_databases: dict[Path, str] = {}  # data folder → URL
_copied: set[Path] = set()  # of those, the ones that came with their database
_copies: dict[Path, Path] = {}  # copy → what it was copied from


def accoil(data: Path, *words: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """One command, to its end."""
    return subprocess.run(_command(words), env=env(data, **settings), capture_output=True, text=True, timeout=PATIENCE)


def begin(data: Path, *words: str, settings: Mapping[str, str] = MappingProxyType({})) -> subprocess.Popen[str]:
    """One command, on its way; the caller ends it."""
    return subprocess.Popen(
        _command(words), env=env(data, **settings), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def said_until_it_serves(server: subprocess.Popen[str]) -> str:
    assert server.stdout is not None
    said = ""
    while "Ctrl-C" not in said:
        line = server.stdout.readline()
        assert line, server.stderr and server.stderr.read()
        said += line
    return said


def begun(data: Path, team: str = "T", product: str = "P", email: str = "t@example.com") -> dict[str, Any]:
    """What `accoil init` says of a data folder, which is made as it makes it: a copy, since all its tables take it two
    seconds. `data`: a folder that no command has met, or one that came from here with the same names."""
    if data in _databases and data not in _copied:
        return dict(_init(_copies.get(data, data), team, product, email))
    folder, told = _begun(team, product, email)
    if not (data / "secret_key").exists():
        shutil.copytree(folder, data, dirs_exist_ok=True)
        if url := database_of(folder):
            keep_in(data, new_database(url))
            _copied.add(data)
    return dict(told)


@cache
def _begun(team: str, product: str, email: str) -> tuple[Path, dict[str, Any]]:
    folder = Path(tempfile.mkdtemp(prefix="begun-", dir=os.environ["ACCOIL_DATA"]))
    return folder, _init(folder, team, product, email)


@cache
def _init(folder: Path, team: str, product: str, email: str) -> dict[str, Any]:
    made = accoil(folder, "init", "--team", team, "--product", product, "--email", email, "--json")
    assert made.returncode == 0, made.stderr
    return dict(json.loads(made.stdout))


@contextmanager
def serving(data: Path) -> Iterator[tuple[str, str]]:
    """A server with one product: its address and the product's ingest key."""
    told = begun(data)
    port = free_port()
    server = begin(data, "serve", "--port", str(port))
    try:
        wait_for_answer(f"http://127.0.0.1:{port}/health", server)
        yield f"http://127.0.0.1:{port}", told["ingest_key"]
    finally:
        server.terminate()
        server.communicate(timeout=PATIENCE)


def free_port() -> int:
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return int(asked.getsockname()[1])


def wait_for_answer(address: str, server: subprocess.Popen[str]) -> None:
    until = time.monotonic() + PATIENCE
    while True:
        try:
            urllib.request.urlopen(address, timeout=5).close()
            return
        except OSError:
            if server.poll() is not None or time.monotonic() > until:
                server.kill()
                raise AssertionError(f"{address} does not answer: {server.communicate()}") from None
            time.sleep(0.02)


@contextmanager
def counted(data: Path) -> Iterator[Counting]:
    """What a stopped server has counted; ask `health` and `events` within."""
    counting = Counting(data, lambda: {})
    try:
        yield counting
    finally:
        counting.stop()


def health(product: int = 1) -> dict[str, Any]:
    return people.health(product)


def events(as_of: date, product: int = 1) -> dict[str, int]:
    """Event → how often in the 30 days up to that one."""
    return {row["event"]: row["count_30d"] for row in people.known_events(product, as_of)}


def _command(words: tuple[str, ...]) -> list[str]:
    return [sys.executable, "-m", "accoil", *words]


def env(data: Path, **settings: str) -> dict[str, str]:
    """Of a process that works with that folder, and with no setting but these."""
    own = {key: value for key, value in os.environ.items() if not key.startswith("ACCOIL_")}
    if url := database_of(data):
        settings = {"ACCOIL_DATABASE_URL": url, **settings}
    return {**own, "DJANGO_SETTINGS_MODULE": "accoil.settings", "ACCOIL_DATA": str(data), **settings}


def copy(data: Path, to: Path) -> Path:
    """Another data folder like that one, and another database like its."""
    shutil.copytree(data, to)
    keep_in(to, new_database(database_of(data)))
    _copies[to] = data
    return to


def keep_in(data: Path, url: str) -> None:
    """The application's state of that folder is in PostgreSQL."""
    _databases[data] = url


def database_of(data: Path) -> str:
    """Its URL; "" where it is the SQLite file. A run on PostgreSQL has one for each folder."""
    if data not in _databases and (url := os.environ.get(VARIABLE)):
        keep_in(data, new_database(url, "template1"))
    return _databases.get(data, "")


def rows(data: Path, question: str, *values: object) -> list[Any]:
    """What its application database answers; [] to what is no question."""
    if url := database_of(data):
        with psycopg.connect(url, autocommit=True) as asked:
            asked.adapters.register_loader("json", TextLoader)
            answer = asked.execute(question.replace("?", "%s").encode(), values or None)
            return answer.fetchall() if answer.description else []
    with closing(sqlite3.connect(data / "app.sqlite3", timeout=30)) as kept, kept:
        return kept.execute(question, values).fetchall()

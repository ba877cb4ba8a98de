"""A PostgreSQL of our own: a cluster in a folder that goes away, on this computer only, that trusts nobody without a
password. Its databases sort text as people do, not by its bytes: what rests on the order of bytes must say so itself.

`python -m tests.postgresql pytest …` runs a command with ACCOIL_TEST_DATABASE_URL naming one."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

VARIABLE = "ACCOIL_TEST_DATABASE_URL"
OWNER, PASSWORD = "accoil", "not a secret"
STARTS_WITHIN = 60  # seconds
QUICK = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "shared_buffers": "64MB"}

_databases = count(1)


def programs() -> Path | None:
    """The folder of the newest installed ones."""
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda each: int(each.parts[-3]))
    return installed[-1].parent if installed else None


def why_not() -> str | None:
    """Why no cluster can be made here; None: it can."""
    if programs() is None:
        return "PostgreSQL is not installed (initdb is not found)"
    if os.geteuid() == 0 and _servant() is None:
        return "PostgreSQL does not run as root, and there is neither a user postgres nor nobody"
    return None


@dataclass
class Cluster:
    """`url` names its first database, which is empty and belongs to OWNER."""

    url: str
    server: subprocess.Popen[bytes] | None = None

    def new_database(self) -> str:
        """The URL of another empty one."""
        return new_database(self.url, "template1")


def new_database(url: str, like: str = "") -> str:
    """The URL of another one, like that one or the one named."""
    parts = urlsplit(url)
    name, template = f"accoil_{os.getpid()}_{next(_databases)}", like or parts.path.strip("/")
    with psycopg.connect(parts._replace(path="/postgres").geturl(), autocommit=True) as connection:
        connection.execute(f'create database "{name}" template "{template}"'.encode())
    return parts._replace(path=f"/{name}").geturl()


@contextmanager
def cluster() -> Iterator[Cluster]:
    """Made, and stopped and removed at the end."""
    bin, servant = programs(), _servant()
    assert bin is not None and why_not() is None
    folder = Path(tempfile.mkdtemp(prefix="accoil-postgresql-", dir="/tmp"))
    (folder / "password").write_text(PASSWORD)
    as_user = {"user": servant, "group": pwd.getpwnam(servant).pw_gid, "extra_groups": []} if servant else {}
    if servant:
        for each in (folder, folder / "password"):
            shutil.chown(each, servant)
    try:
        subprocess.run(
            [
                bin / "initdb", "--pgdata", folder / "data", "--username", OWNER, "--pwfile", folder / "password",
                "--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C", "--locale-provider", "icu",
                "--icu-locale", "en-US", "--no-sync",
            ],
            check=True, stdout=subprocess.DEVNULL, cwd="/", **as_user,  # type: ignore[call-overload]
        )  # fmt: skip
        port = _free_port()
        told = {**QUICK, "port": str(port), "listen_addresses": "127.0.0.1", "unix_socket_directories": "",
                "max_connections": "300"}  # fmt: skip
        with (folder / "log").open("wb") as log:
            server = subprocess.Popen(
                [bin / "postgres", "-D", folder / "data", *(f"--{name}={value}" for name, value in told.items())],
                stdout=log, stderr=log, cwd="/", **as_user,
            )  # fmt: skip
        try:
            made = Cluster(f"postgresql://{OWNER}:{PASSWORD.replace(' ', '%20')}@127.0.0.1:{port}/postgres", server)
            _wait_for(made, folder / "log")
            yield Cluster(made.new_database(), server)
        finally:
            server.send_signal(signal.SIGQUIT)  # at once: nobody wants what it holds
            server.wait(timeout=STARTS_WITHIN)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _wait_for(made: Cluster, log: Path) -> None:
    until = time.monotonic() + STARTS_WITHIN
    while True:
        try:
            psycopg.connect(made.url).close()
            return
        except psycopg.OperationalError as wrong:
            if made.server is None or made.server.poll() is not None or time.monotonic() > until:
                raise AssertionError(f"PostgreSQL does not start: {wrong}\n{log.read_text()}") from wrong
            time.sleep(0.02)


def _servant() -> str | None:
    """Who runs it in place of root; None: whoever we are."""
    if os.geteuid() != 0:
        return None
    known = {each.pw_name for each in pwd.getpwall()}
    return next((name for name in ("postgres", "nobody") if name in known), None)


def _free_port() -> int:
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return int(asked.getsockname()[1])


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # the cluster is stopped then too
    if reason := why_not():
        raise SystemExit(f"{reason}.")
    with cluster() as made:
        raise SystemExit(subprocess.run(sys.argv[1:], env={**os.environ, VARIABLE: made.url}).returncode)

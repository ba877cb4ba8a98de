"""Where the application's state is kept: an SQLite file in the data folder, or PostgreSQL once its URL is set."""

from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, parse_qsl, unquote

from accoil import environment
from accoil.refused import Refused

URL = "ACCOIL_DATABASE_URL"
PAIRED = "database"  # the file that tells which database in PostgreSQL belongs to a data folder
TAKEN = ("sslmode", "sslrootcert", "sslcert", "sslkey", "sslcrl", "channel_binding", "host", "target_session_attrs")
WAITS = 20  # seconds for whoever writes just now
CONNECTS_WITHIN = 10  # seconds

# A server that went away without a word is noticed within a minute, and what it held is let go.
KEPT_ALIVE = {"keepalives": 1, "keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3}
FORGOTTEN = 600  # seconds a transaction may rest before PostgreSQL ends it: others wait for it


def is_in_postgresql() -> bool:
    return bool(environment.text(URL))


def is_there(data: Path) -> bool:
    """Whether a server's state is in the data folder, or in the database that belongs to it."""
    return any((data / name).exists() for name in ("app.sqlite3", PAIRED))


def database(data: Path) -> dict[str, Any]:
    """What Django is told of it. Raises Refused."""
    url = environment.address(URL, ["postgresql", "postgres"], needs_host=False)
    return _postgresql(url) if url else sqlite(data / "app.sqlite3")


def sqlite(file: Path) -> dict[str, Any]:
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": file,
        "CONN_MAX_AGE": None,  # opening the file again for each request costs more than keeping it
        "OPTIONS": {
            # A transaction takes the write lock when it begins: one that reads first and writes later
            # would otherwise fail at once, without waiting, when another wrote in between.
            # What is deleted is overwritten: no text of somebody who was deleted stays in the file.
            "transaction_mode": "IMMEDIATE",
            "timeout": WAITS,
            "init_command": "PRAGMA journal_mode = WAL; PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON",
        },
        # On disk like the real one, so that tests see real locks and threads share it.
        "TEST": {"NAME": str(file.with_name(f"test-{file.name}"))},
    }


def _postgresql(url: SplitResult) -> dict[str, Any]:
    name, options = unquote(url.path.strip("/")), dict(parse_qsl(url.query))
    if not name or "/" in name:
        raise Refused(f"{URL} names no database; write postgresql://USER:PASSWORD@HOST/DATABASE.")
    if unknown := sorted(options.keys() - set(TAKEN)):
        raise Refused(f"{URL} has the parameter {unknown[0]!r}; it takes: {', '.join(TAKEN)}.")
    return {
        "ENGINE": "accoil.postgresql",
        "NAME": name,
        "USER": unquote(url.username or ""),
        "PASSWORD": unquote(url.password or ""),
        "HOST": options.pop("host", url.hostname or ""),  # a parameter: the folder of a local socket
        "PORT": url.port or "",
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            "application_name": "accoil",
            "connect_timeout": CONNECTS_WITHIN,
            **KEPT_ALIVE,
            "options": f"-c lock_timeout={WAITS}s -c idle_in_transaction_session_timeout={FORGOTTEN}s",
            **options,
        },
    }

"""The key that signs sessions and password-reset links: made once, kept in the data folder."""

import os
import secrets
from contextlib import suppress
from pathlib import Path

from accoil.refused import Refused

FILE = "secret_key"
SHORTEST = 32


def secret_key(data: Path, given: str) -> str:
    """`given` when set, else the one in the data folder, made on first use (50 random bytes, mode 600)."""
    if given:
        if len(given) < SHORTEST:
            raise Refused(f"ACCOIL_SECRET_KEY is too short; use at least {SHORTEST} random characters.")
        return given
    return kept_in(data / FILE)


def kept_in(path: Path) -> str:
    """The key in this file, which is made where there is none."""
    try:
        if not path.exists():
            _make(path)
        kept = path.read_text(encoding="ascii").strip()
    except OSError as problem:
        raise Refused(f"The secret key {path} cannot be read or made: {problem.strerror}.") from problem
    if len(kept) < SHORTEST:
        raise Refused(f"The secret key {path} is damaged; restore it, or delete it and sign in again.")
    return kept


def _make(path: Path) -> None:
    """Writes a new key beside `path`, then links it: when two processes start at once, both use the first one's.
    It is on the disk when this returns, whole or not at all."""
    draft = path.with_name(f"{FILE}.{secrets.token_hex(8)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(50) + "\n")
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(draft, path)
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    finally:
        draft.unlink()

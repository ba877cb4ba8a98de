"""What the stand-ins beside a demo have in common: a module of tests is loaded, listens, and is connected to."""

from __future__ import annotations

import importlib
import os
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from accoil.demo.memory import EMAIL
from accoil.refused import Refused

if TYPE_CHECKING:
    from accoil.connect.models import Connection
    from accoil.team.models import Product, User

CLONE = Path(__file__).resolve().parents[2]
UNKNOWN = 0.06  # of the people: nobody there knows them
NO_COMPANY = 0.04  # of the accounts: no company there
SWITCHED_ON = 2  # profiles


def library(tool: str, module: str = "") -> Any:
    """The stand-in for a tool; `module`: below tests, where it is not called as the tool."""
    if not (CLONE / "tests" / "__init__.py").is_file():
        raise Refused(
            f"--with-fake-{tool} needs a clone of the source: its tests folder, with the stand-in, is not here."
        )
    if str(CLONE) not in sys.path:
        sys.path.append(str(CLONE))
    return importlib.import_module(f"tests.{module or tool}")


def is_free(port: int) -> bool:
    with socket.socket() as asked:
        asked.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            asked.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


@contextmanager
def listening(theirs: Any, made: Any, port: int, tool: str, **more: str) -> Iterator[Any]:
    """The stand-in while it listens, at `port` if that is free. Settings that lead to it (`more`, and where it is) are
    in the environment, so this comes before they are read."""
    with theirs.running(made, port if is_free(port) else 0):
        os.environ |= {f"ACCOIL_{tool}_{name}": value for name, value in {"URL": made.address, **more}.items()}
        yield made


def owner() -> User:
    from accoil.team.models import User

    return User.objects.get(email=EMAIL)


def with_profiles(connection: Connection, product: Product) -> Connection:
    """As its owner would: the first profiles are switched on."""
    from accoil.connect.models import Mode
    from accoil.connect.sync import set_mode

    for profile in product.profiles.all()[:SWITCHED_ON]:
        set_mode(connection, profile, Mode.ALL)
    return connection


def forget_own(product: Product, tool: str, **more: str) -> None:
    """It remembers nothing, and must never be taken for the real one: what was connected to it goes."""
    product.team.connections.filter(tool=tool, options__at__startswith="http://127.0.0.1", **more).delete()

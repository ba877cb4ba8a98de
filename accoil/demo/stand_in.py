"""`accoil demo --with-fake-intercom`: a stand-in for Intercom beside the demo, that knows most of its people."""

from __future__ import annotations

import importlib
import os
import socket
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from accoil.demo.automations import switch_on
from accoil.demo.company import Account, Company
from accoil.demo.memory import EMAIL
from accoil.refused import Refused

if TYPE_CHECKING:
    from accoil.connect.models import Connection
    from accoil.team.models import Product

WORKSPACE, NAME = "ledgerly-stand-in", "Ledgerly Support (stand-in)"
CLONE = Path(__file__).resolve().parents[2]

# Of the people: nobody there knows them, or there are two of them with one address, and nothing to tell them by.
UNKNOWN, TWICE = 0.06, 0.01
# Of the accounts: no company there, or one that has another id and the same name.
NO_COMPANY, OTHER_ID = 0.04, 0.06
SWITCHED_ON = 2  # profiles


@contextmanager
def beside(port: int) -> Iterator[Any]:
    """The stand-in while it listens, at `port` if that is free. Settings that lead to it are in the environment, so
    this comes before they are read. Raises Refused where there is no clone of the source."""
    made = library("intercom").Intercom()
    made.workspaces.clear()
    made.workspace = made.add_workspace(WORKSPACE, NAME)
    made.signer.admin = made.signer.admin | {"name": "You", "email": EMAIL}
    with ExitStack() as stack:
        stack.enter_context(library("intercom").running(made, port if is_free(port) else 0))
        os.environ["ACCOIL_INTERCOM_URL"] = made.address
        os.environ["ACCOIL_INTERCOM_CLIENT_ID"] = made.client_id
        os.environ["ACCOIL_INTERCOM_CLIENT_SECRET"] = made.client_secret
        yield made


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


def fill(workspace: Any, company: Company) -> None:
    """Contacts and companies as a support team would have them: most of the people, and not all in order."""
    random = np.random.default_rng([company.seed, 5])
    firms = [_firm(workspace, account, random) for account in company.accounts]
    for person in company.people:
        chance, seen = random.random(), int(workspace.clock()) - int(random.integers(0, 40 * 86400))
        if chance < UNKNOWN:
            continue
        theirs = [firm for firm in (firms[position] for position in person.accounts[-1:]) if firm]
        known = None if chance < UNKNOWN + TWICE else person.id
        workspace.contact(person.email, theirs, name=person.name, external_id=known, last_seen_at=seen)
        if known is None:
            workspace.contact(person.email, theirs, name=person.name, last_seen_at=seen - 86400)


def _firm(workspace: Any, account: Account, random: np.random.Generator) -> Any:
    chance, name = random.random(), account.name or account.domain
    if chance < NO_COMPANY:
        return None
    return workspace.company(f"crm-{account.id}" if chance < NO_COMPANY + OTHER_ID else account.id, name)


def connect(product: Product, stand_in: Any) -> Connection:
    """As an owner would: by token, then two profiles switched on."""
    from accoil.connect.intercom.connecting import by_token
    from accoil.connect.models import Mode
    from accoil.connect.sync import set_mode
    from accoil.team.models import User

    owner = User.objects.get(email=EMAIL)
    connection = by_token(product.team, owner, stand_in.token(), stand_in.client_secret)
    for profile in product.profiles.all()[:SWITCHED_ON]:
        set_mode(connection, profile, Mode.ALL)
    return connection


def join(product: Product, company: Company, stand_in: Any, address: str) -> str:
    fill(stand_in.workspace, company)
    stand_in.widget_at = address
    connect(product, stand_in)
    switch_on(product, "intercom_tag")
    return "with an inbox"


def forget(product: Product) -> None:
    """A stand-in remembers nothing once it has ended, so what was connected to one is of no use, and must never be
    taken for a workspace of the real Intercom."""
    product.team.connections.filter(tool="intercom", workspace=WORKSPACE).delete()


def forget_own(product: Product, tool: str, **more: str) -> None:
    """It remembers nothing, and must never be taken for the real one: what was connected to it goes."""
    product.team.connections.filter(tool=tool, options__at__startswith="http://127.0.0.1", **more).delete()

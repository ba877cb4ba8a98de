"""`accoil demo --with-fake-intercom`: a stand-in for Intercom beside the demo, that knows most of its people."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

import numpy as np

from accoil.demo.automations import switch_on
from accoil.demo.company import Account, Company
from accoil.demo.memory import EMAIL
from accoil.demo.stand_in import NO_COMPANY, UNKNOWN, library, listening, owner, with_profiles

if TYPE_CHECKING:
    from accoil.connect.models import Connection
    from accoil.team.models import Product

WORKSPACE, NAME = "ledgerly-stand-in", "Ledgerly Support (stand-in)"
TWICE = 0.01  # of the people: there are two with one address, and nothing to tell them by
OTHER_ID = 0.06  # of the accounts: the company has another id and the same name


def beside(port: int) -> AbstractContextManager[Any]:
    theirs = library("intercom")
    made = theirs.Intercom()
    made.workspaces.clear()
    made.workspace = made.add_workspace(WORKSPACE, NAME)
    made.signer.admin = made.signer.admin | {"name": "You", "email": EMAIL}
    return listening(theirs, made, port, "INTERCOM", CLIENT_ID=made.client_id, CLIENT_SECRET=made.client_secret)


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

    return with_profiles(by_token(product.team, owner(), stand_in.token(), stand_in.client_secret), product)


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

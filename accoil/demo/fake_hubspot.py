"""`accoil demo --with-fake-hubspot`: a stand-in for HubSpot beside the demo, that knows most of its people."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

import numpy as np

from accoil.demo.company import Company
from accoil.demo.stand_in import NO_COMPANY, UNKNOWN, forget_own, library, listening, owner, with_profiles

if TYPE_CHECKING:
    from accoil.connect.models import Connection
    from accoil.team.models import Product

PORTAL = 4001
TWO_COMPANIES = 0.05  # of the accounts have two companies with one domain there


def beside(port: int) -> AbstractContextManager[Any]:
    theirs = library("hubspot")
    made = theirs.Hubspot()
    return listening(theirs, made, port, "HUBSPOT", CLIENT_ID=made.client_id, CLIENT_SECRET=made.client_secret)


def fill(portal: Any, company: Company) -> None:
    """Contacts and companies as a sales team would have them: most of the people, and not all in order."""
    random = np.random.default_rng([company.seed, 6])
    firms = []
    for account in company.accounts:
        chance, name = random.random(), account.name or account.domain
        firms.append(portal.company(name, account.domain) if chance >= NO_COMPANY else None)
        if NO_COMPANY <= chance < NO_COMPANY + TWO_COMPANIES:
            portal.company(f"{name} (old)", account.domain)
    for person in company.people:
        theirs = [firm for firm in (firms[position] for position in person.accounts[-1:]) if firm]
        if random.random() >= UNKNOWN:
            portal.contact(person.email, theirs, firstname=person.name)
    portal.property("contacts", "lead_heat", label="Lead heat")


def connect(product: Product, stand_in: Any) -> Connection:
    """As an owner would: by token, then two profiles switched on."""
    from accoil.connect.hubspot.connecting import by_token

    return with_profiles(by_token(product.team, owner(), stand_in.token()), product)


def join(product: Product, company: Company, stand_in: Any, address: str) -> str:
    fill(stand_in.portal, company)
    connect(product, stand_in)
    return "with what stands there"


def forget(product: Product) -> None:
    forget_own(product, "hubspot", workspace=str(PORTAL))

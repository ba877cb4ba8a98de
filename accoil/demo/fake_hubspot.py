"""`accoil demo --with-fake-hubspot`: a stand-in for HubSpot beside the demo, that knows most of its people."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

from accoil.demo.company import Company
from accoil.demo.memory import EMAIL
from accoil.demo.stand_in import NO_COMPANY, SWITCHED_ON, UNKNOWN, forget_own, is_free, library

if TYPE_CHECKING:
    from accoil.connect.models import Connection
    from accoil.team.models import Product

PORTAL = 4001
TWO_COMPANIES = 0.05  # of the accounts have two companies with one domain there


@contextmanager
def beside(port: int) -> Iterator[Any]:
    """The stand-in while it listens, at `port` if that is free. Settings that lead to it are in the environment, so
    this comes before they are read. Raises Refused where there is no clone of the source."""
    made = library("hubspot").Hubspot()
    with library("hubspot").running(made, port if is_free(port) else 0):
        os.environ["ACCOIL_HUBSPOT_URL"] = made.address
        os.environ["ACCOIL_HUBSPOT_CLIENT_ID"] = made.client_id
        os.environ["ACCOIL_HUBSPOT_CLIENT_SECRET"] = made.client_secret
        yield made


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
    from accoil.connect.models import Mode
    from accoil.connect.sync import set_mode
    from accoil.team.models import User

    connection = by_token(product.team, User.objects.get(email=EMAIL), stand_in.token())
    for profile in product.profiles.all()[:SWITCHED_ON]:
        set_mode(connection, profile, Mode.ALL)
    return connection


def join(product: Product, company: Company, stand_in: Any, address: str) -> str:
    fill(stand_in.portal, company)
    connect(product, stand_in)
    return "with what stands there"


def forget(product: Product) -> None:
    forget_own(product, "hubspot", workspace=str(PORTAL))

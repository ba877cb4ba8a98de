"""`accoil demo --with-fake-salesforce`: a stand-in for Salesforce beside the demo, that knows most of its people."""

from __future__ import annotations

import secrets
import time
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

import numpy as np

from accoil.demo.company import Company
from accoil.demo.stand_in import NO_COMPANY, UNKNOWN, forget_own, library, listening, owner, with_profiles

if TYPE_CHECKING:
    from accoil.connect.models import Connection
    from accoil.team.models import Product

WITH_OUR_ID = 0.8  # of the accounts; the others are found through their contacts
OF_THEIR_OWN = (("Contact", "Health__c", "double", "Health"), ("Account", "Health__c", "double", "Health"),
                ("Account", "Groups__c", "textarea", "Groups"))  # fmt: skip


def beside(port: int) -> AbstractContextManager[Any]:
    theirs = library("salesforce", "connect.salesforce.stand_in")
    made = theirs.Salesforce(time.time)
    return listening(theirs, made, port, "SALESFORCE", CLIENT_ID=theirs.CLIENT, CLIENT_SECRET=theirs.SECRET)


def fill(org: Any, company: Company) -> None:
    """Contacts and accounts as a sales team would have them: most of the people, and not all in order."""
    random = np.random.default_rng([company.seed, 7])
    org.add_field("Account", "Accoil_Id__c", "string", length=100)
    for object, name, type, label in OF_THEIR_OWN:
        org.add_field(object, name, type, label=label, length=32_000)
    firms = []
    for account in company.accounts:
        own = {"Accoil_Id__c": account.id} if random.random() < WITH_OUR_ID else {}
        is_there = random.random() >= NO_COMPANY
        firms.append(org.account(account.name or account.domain, **own) if is_there else None)
    for person in company.people:
        theirs = [firm for firm in (firms[position] for position in person.accounts[-1:]) if firm]
        if random.random() >= UNKNOWN:
            org.contact(person.email, theirs[0] if theirs else None)


def connect(product: Product, stand_in: Any) -> Connection:
    """As an owner would: by signing in, then two profiles switched on, whose fields an admin has made."""
    from accoil.connect.names import synced, wanted
    from accoil.connect.salesforce.connecting import by_code
    from accoil.connect.salesforce.fields import TYPES, name_of
    from accoil.connect.salesforce.speaking import OBJECTS

    verifier = secrets.token_urlsafe(48)
    back, code = "http://127.0.0.1/connections/salesforce/done", stand_in.code(verifier)
    connection = with_profiles(by_code(product.team, owner(), code, "production", back, verifier), product)
    for each in wanted(synced(connection)):
        object, type = OBJECTS[each.attribute.kind], TYPES[each.attribute.type][0]
        stand_in.org.add_field(object, name_of(each.attribute.name), type)
    return connection


def join(product: Product, company: Company, stand_in: Any, address: str) -> str:
    fill(stand_in.org, company)
    connect(product, stand_in)
    return "with what stands there"


def forget(product: Product) -> None:
    forget_own(product, "salesforce")

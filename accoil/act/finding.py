"""Finds the record of a user or account in the other tool for a delivery that needs it now."""

import threading
from collections import defaultdict

from django.db.models import QuerySet

from accoil.connect import people
from accoil.connect.connection import Session
from accoil.connect.given import turn
from accoil.connect.matching import Matching
from accoil.connect.models import Connection, Record
from accoil.connect.now import moment
from accoil.count.ids import Kind
from accoil.score.access import summary_profile
from accoil.team.models import Product

_turns: defaultdict[int, threading.Lock] = defaultdict(threading.Lock)  # by connection

MOST = 150  # users of an account that are looked for to find its company, the last active first


def known(connection: Connection, product: Product, kind: Kind, entity: int) -> Record | None:
    """As it was matched last."""
    found = _records(connection, product, kind, entity).first()
    return found if found and found.match == Record.Is.MATCHED and found.remote_id else None


def find(connection: Connection, session: Session, product: Product, kind: Kind, entity: int) -> Record | None:
    """Looks for it there; the record says whether it was found, and why not. None: we know nobody like that ourselves.
    Raises TryLater, SignInAgain."""
    with turn(_turns[connection.pk]):  # two that look for users of one account would both write down its company
        _look(connection, session, product, kind, entity)
    return _records(connection, product, kind, entity).first()


def _look(connection: Connection, session: Session, product: Product, kind: Kind, entity: int) -> None:
    found: dict[tuple[int, Kind], set[int]] = {}
    matching = Matching(connection, session, summary_profile(product), lambda: None, found)
    if kind == "user":
        matching.some([entity])
    else:
        members = sorted(people.users(product, accounts=[entity]), key=lambda user: -user.last_at)
        matching.some([user.entity for user in members[:MOST]])
        matching.accounts([entity])
    for (_, of), ids in found.items():  # what stands there is compared within seconds, as after any match
        Record.objects.filter(connection=connection, product=product, kind=of, entity__in=ids).update(next_at=moment())


def _records(connection: Connection, product: Product, kind: Kind, entity: int) -> QuerySet[Record]:
    return Record.objects.filter(connection=connection, product=product, kind=kind, entity=entity)

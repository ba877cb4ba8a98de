"""Finds the record of a user or account in the other tool for a delivery that needs it now."""

from collections.abc import Mapping
from typing import Any

from accoil.connect.connection import Firm, Match, Person, Session
from accoil.connect.models import Connection, Record
from accoil.connect.now import moment
from accoil.count import people
from accoil.count.ids import Kind
from accoil.team.models import Product


def known(connection: Connection, product: Product, kind: Kind, entity: int) -> Record | None:
    """As it was matched last."""
    found = Record.objects.filter(connection=connection, product=product, kind=kind, entity=entity).first()
    return found if found and found.match == Record.Is.MATCHED and found.remote_id else None


def find(connection: Connection, session: Session, product: Product, kind: Kind, entity: int) -> Record:
    """Looks for it there; the record says whether it was found. Raises TryLater, SignInAgain."""
    found = _looked_for(session, product, kind, entity)
    state = Record.Is.MATCHED if found.remote_id else Record.Is.AMBIGUOUS if found.ambiguous else Record.Is.UNMATCHED
    told: Mapping[str, Any] = {
        "remote_id": found.remote_id or "", "matched_by": found.matched_by, "matched_at": moment(),
        "reason": found.reason, "match": state,
    }  # fmt: skip
    record, _ = Record.objects.update_or_create(
        connection=connection, product=product, kind=kind, entity=entity, defaults=told
    )
    return record


def _looked_for(session: Session, product: Product, kind: Kind, entity: int) -> Match:
    tracking_id = people.tracking_ids(product.pk, kind, [entity]).get(entity, "")
    traits = people.traits(product.pk, kind, entity)
    if kind == "user":
        person = Person(entity=entity, tracking_id=tracking_id, email=str(traits.get("email") or ""))
        return next(iter(session.match_users([person])))
    firm = Firm(entity=entity, tracking_id=tracking_id, name=str(traits.get("name") or ""))
    return next(iter(session.match_accounts([firm])))

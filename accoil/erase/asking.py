"""Asking for a deletion."""

import json

from django.db import IntegrityError, transaction

from accoil.count import belongings, ids, people
from accoil.count.facts import facts
from accoil.count.ids import Kind
from accoil.erase import suppression
from accoil.erase.models import Erasure
from accoil.refused import Refused
from accoil.team.models import Product, User


def ask(product: Product, kind: Kind, entity: int, author: User | None) -> Erasure:
    """Their calls are refused from within two seconds on; the rest is done by the server, step by step. Asked for
    again, it is the one that is on its way. Raises Refused where nobody is known by that id."""
    tracking_id = people.tracking_ids(product.pk, kind, [entity]).get(entity)
    if tracking_id is None:
        raise Refused(f"There is no such {kind} in this product.")
    return begin(product, kind, tracking_id, _called(product, kind, entity, tracking_id), author)


def begin(product: Product, kind: Kind, name: str, names: list[str], author: User | None = None) -> Erasure:
    """`name`: the id that the customer sent; `names`: it, and what people call them."""
    known = suppression.digest(product.pk, kind, name)
    entity = ids.id_of(product.pk, people.KINDS[kind], name)
    try:
        with transaction.atomic():
            erasure = Erasure.objects.create(
                product=product, kind=kind, digest=known, asked_by=author, who=author.email if author else "",
                entities=[entity], secret=json.dumps({"id": name, "names": names}),
            )  # fmt: skip
            suppression.add(erasure, name)
    except IntegrityError:
        return Erasure.objects.get(product=product, kind=kind, digest=known, finished_at=None)
    return erasure


def _called(product: Product, kind: Kind, entity: int, tracking_id: str) -> list[str]:
    """What people read of them, or did before another name was told."""
    name_trait = facts().configured(product.pk).name if kind == "account" else "name"
    before = [row for row in belongings.told(product.pk, kind, entity) if row["key"] in (name_trait, "email")]
    names = [
        people.names(product.pk, kind, [entity])[entity], people.traits(product.pk, kind, entity).get("email"),
        tracking_id, *(json.loads(row["value"]) for row in before),
    ]  # fmt: skip
    return list(dict.fromkeys(name for name in names if isinstance(name, str) and name))

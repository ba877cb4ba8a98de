"""Who is not to come back: kept as keyed hashes, handed to the front door and to imports."""

import hashlib
from collections import defaultdict
from collections.abc import Mapping

from django.conf import settings

from accoil.count.ids import Kind
from accoil.erase.models import Erasure, Suppression, SuppressionKey
from accoil.receive import suppressed
from accoil.receive.suppressed import Suppressed
from accoil.refused import Refused
from accoil.score.configuration import configurations

Rows = dict[int, dict[str, set[str]]]

_kept: tuple[object, Rows] = (None, {})  # what the rows were found by, and they


def key_of(product_id: int) -> bytes:
    """Of the hashes of one product. Made of the server's secret key, and kept, encrypted, since that may change."""
    kept = SuppressionKey.objects.filter(product=product_id).first()
    return bytes.fromhex(kept.secret) if kept and kept.secret else made_key(product_id, settings.SECRET_KEY)


def made_key(product_id: int, secret_key: str) -> bytes:
    return hashlib.sha256(f"suppression:{product_id}:{secret_key}".encode()).digest()


def keep_keys(made_of: str) -> None:
    """Before the server's secret key is another one: who was deleted by an older version is recognised."""
    lacking = Suppression.objects.filter(product__suppression_key=None).values_list("product_id", flat=True)
    for product in set(lacking.order_by()):
        SuppressionKey.objects.create(product_id=product, secret=made_key(product, made_of).hex())


def digest(product_id: int, kind: Kind, name: str) -> str:
    return suppressed.digest(key_of(product_id), kind, name)


def all_suppressed() -> Mapping[int, Suppressed]:
    """Product → who is refused there, products with nobody left out."""
    means = configurations()
    return {
        product: Suppressed(
            key_of(product), frozenset(of[suppressed.USER]), frozenset(of[suppressed.ACCOUNT]),
            means[product].account_id if product in means else None,
        )
        for product, of in _rows().items()
    }  # fmt: skip


def of(product_id: int) -> Suppressed | None:
    return all_suppressed().get(product_id)


def add(erasure: Erasure, name: str, is_other_id: bool = False) -> None:
    """Of a deletion that follows another one, what it refuses goes with the later one."""
    if not Suppression.objects.filter(product=erasure.product).exists():
        secret = made_key(erasure.product_id, settings.SECRET_KEY).hex()
        SuppressionKey.objects.get_or_create(product=erasure.product, defaults={"secret": secret})
    Suppression.objects.update_or_create(
        product=erasure.product, kind=erasure.kind, digest=digest(erasure.product_id, kind_of(erasure), name),
        defaults={"erasure": erasure, "is_other_id": is_other_id},
    )  # fmt: skip


def lift(erasure: Erasure) -> None:
    """Whoever it was may be sent again, under all ids of theirs. Raises Refused while the deletion is on its way."""
    if not erasure.is_done:
        raise Refused("This deletion is still on its way; it can be lifted when it is done.")
    Suppression.objects.filter(product=erasure.product, erasure=erasure).delete()


def _rows() -> Rows:
    """Looked up anew when one came or went: this is asked every other second.

    The last one's digest counts too: a number that a rolled back transaction gave away is given away once more.
    """
    global _kept
    last = Suppression.objects.order_by("-pk").values_list("pk", "digest").first()
    seen_by = (Suppression.objects.count(), last)
    if _kept[0] != seen_by:
        rows: Rows = defaultdict(lambda: defaultdict(set))
        for product, kind, known in Suppression.objects.values_list("product_id", "kind", "digest"):
            rows[product][kind].add(known)
        _kept = (seen_by, rows)
    return _kept[1]


def kind_of(erasure: Erasure) -> Kind:
    return "user" if erasure.kind == "user" else "account"

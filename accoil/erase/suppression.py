"""Who is not to come back: kept as keyed hashes, handed to the front door and to imports."""

import hashlib
from collections import defaultdict
from collections.abc import Mapping

from django.conf import settings

from accoil.count.ids import Kind
from accoil.erase.models import Erasure, OtherKey, Suppression, SuppressionKey
from accoil.receive import suppressed
from accoil.receive.suppressed import Suppressed
from accoil.refused import Refused
from accoil.score.configuration import configurations

Rows = dict[int, dict[str, set[str]]]

_kept: tuple[object, Rows] = (None, {})  # what the rows were found by, and they


def keys_of(product_id: int) -> list[bytes]:
    """Of the hashes of one product, that of new ones first. Made of the server's secret key, and kept, encrypted, since
    that may change."""
    kept = [row.secret for of in (SuppressionKey, OtherKey) for row in of.objects.filter(product=product_id)]
    return [bytes.fromhex(each) for each in kept if each] or [made_key(product_id, settings.SECRET_KEY)]


def made_key(product_id: int, secret_key: str) -> bytes:
    return hashlib.sha256(f"suppression:{product_id}:{secret_key}".encode()).digest()


def keep_keys(made_of: str) -> None:
    """Before the server's secret key is another one: who was deleted by an older version is recognised."""
    lacking = Suppression.objects.filter(product__suppression_key=None).values_list("product_id", flat=True)
    for product in set(lacking.order_by()):
        SuppressionKey.objects.create(product_id=product)
    for kept in SuppressionKey.objects.filter(secret=""):  # which is not one that can't be read
        secret = made_key(kept.product_id, made_of).hex()
        SuppressionKey.objects.filter(pk=kept.pk).update(secret=secret)


def digest(product_id: int, kind: Kind, name: str) -> str:
    return digests(product_id, kind, name)[0]


def digests(product_id: int, kind: Kind, name: str) -> list[str]:
    """As which it may stand there, a new one first."""
    return [suppressed.digest(key, kind, name) for key in keys_of(product_id)]


def all_suppressed() -> Mapping[int, Suppressed]:
    """Product → who is refused there, products with nobody left out."""
    means, found = configurations(), {}
    for product, of in _rows().items():
        key, *more = keys_of(product)
        trait = means[product].account_id if product in means else None
        users, accounts = frozenset(of[suppressed.USER]), frozenset(of[suppressed.ACCOUNT])
        found[product] = Suppressed(key, users, accounts, trait, tuple(more))
    return found


def of(product_id: int) -> Suppressed | None:
    return all_suppressed().get(product_id)


def add(erasure: Erasure, name: str, is_other_id: bool = False) -> None:
    """Of a deletion that follows another one, what it refuses goes with the later one."""
    _keep_key(erasure.product_id)
    Suppression.objects.update_or_create(
        product=erasure.product, kind=erasure.kind, digest=digest(erasure.product_id, kind_of(erasure), name),
        defaults={"erasure": erasure, "is_other_id": is_other_id},
    )  # fmt: skip


def _keep_key(product_id: int) -> None:
    """The one that a new hash is made with. Where the kept one can't be read, since the secret key is another one and
    `accoil secret-key` was not asked yet, another one stands beside it; both can be read afterwards."""
    own = made_key(product_id, settings.SECRET_KEY).hex()
    is_first = not Suppression.objects.filter(product=product_id).exists()
    kept, _ = SuppressionKey.objects.get_or_create(product_id=product_id, defaults={"secret": own if is_first else ""})
    if not kept.secret and own not in (row.secret for row in OtherKey.objects.filter(product=product_id)):
        OtherKey.objects.create(product_id=product_id, secret=own)


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

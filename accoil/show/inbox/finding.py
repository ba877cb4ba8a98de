"""Who the person of a conversation is among the users of the team's products."""

from collections.abc import Sequence
from datetime import UTC, datetime

import msgspec

from accoil.connect.models import Connection, Record
from accoil.count import contacts
from accoil.count.contacts import Did
from accoil.show.inbox.asked import Contact
from accoil.show.inbox.standing import Standing

LAST = 5  # things they did
MOST_ACCOUNTS = 10  # to choose from
NEVER = datetime.min.replace(tzinfo=UTC)


class Who(msgspec.Struct, frozen=True):
    """A user of one product. `others`: how many more of its users have the same e-mail address."""

    product: int
    user: int
    did: Did
    others: int = 0

    @property
    def last_at(self) -> datetime:
        return self.did.last_at or NEVER


def find(connection: Connection, standing: Standing, asked: Sequence[Contact]) -> list[list[Who]]:
    """For each contact one user of each product that knows them, the one seen last first; the team's real products
    before those of staging. In a product the matched user, else the one with the external id, else of those with the
    e-mail address the one seen last."""
    users = _users(connection, list(standing.products), asked)
    everyone: dict[int, set[int]] = {}
    for found in users:
        for product, some in found.items():
            everyone.setdefault(product, set()).update(some)
    did = {product: contacts.did(product, some, LAST, MOST_ACCOUNTS) for product, some in everyone.items()}

    def who(product: int, some: Sequence[int]) -> Who:
        first = max(some, key=lambda user: (did[product][user].last_at or NEVER, user))
        return Who(product, first, did[product][first], len(some) - 1)

    def order(each: Who) -> tuple[bool, float]:
        return standing.products[each.product].is_staging, -each.last_at.timestamp() if each.did.events else 0.0

    return [sorted((who(*item) for item in found.items()), key=order) for found in users]


def _users(connection: Connection, products: Sequence[int], asked: Sequence[Contact]) -> list[dict[int, list[int]]]:
    """For each contact, by product who it may be; several only where all that is known is an e-mail address."""
    matched = _matched(connection, products, asked)
    by_id = contacts.by_tracking_id(products, {each.external_id for each in asked if each.external_id})
    known = [
        {p: some for p in products if (some := matched.get((p, each.id)) or by_id.get((p, each.external_id)))}
        for each in asked
    ]
    # An address is looked for only where nothing better is known: that is what takes longest.
    missing = [each for each, found in zip(asked, known, strict=True) if each.email and len(found) < len(products)]
    by_email = contacts.by_email(products, {each.email for each in missing})
    for each, found in zip(asked, known, strict=True):
        for product in products:
            if product not in found and (some := by_email.get((product, each.email))):
                found[product] = some
    return known


def _matched(connection: Connection, products: Sequence[int], asked: Sequence[Contact]) -> contacts.Found:
    """As the sync has matched them. Only of the connection's own team, whatever a record says."""
    found: contacts.Found = {}
    wanted = [each.id for each in asked if each.id]
    kept = Record.objects.filter(
        connection=connection, kind="user", match=Record.Is.MATCHED, remote_id__in=wanted, product__in=products
    )
    for product, remote_id, entity in kept.values_list("product_id", "remote_id", "entity"):
        found.setdefault((product, remote_id), []).append(entity)
    return found

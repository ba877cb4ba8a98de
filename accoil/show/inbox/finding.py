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
NEVER = datetime.min.replace(tzinfo=UTC)


class Who(msgspec.Struct, frozen=True):
    """A user of one product. `others`: how many more of its users have the same e-mail address."""

    product: int
    user: int
    did: list[Did]
    worked_for: list[int]
    others: int = 0

    @property
    def last_at(self) -> datetime:
        return self.did[0].at if self.did else NEVER


def find(connection: Connection, standing: Standing, asked: Sequence[Contact]) -> list[list[Who]]:
    """For each contact one user of each product that knows them, the one seen last first; the team's real products
    before those of staging. In a product the matched user, else the one with the external id, else of those with the
    e-mail address the one seen last."""
    products = list(standing.products)
    ways = (
        (_matched(connection, products, asked), "id"),
        (contacts.by_tracking_id(products, {each.external_id for each in asked if each.external_id}), "external_id"),
        (contacts.by_email(products, {each.email for each in asked if each.email}), "email"),
    )
    candidates = [
        {product: [found.get((product, getattr(each, by)), []) for found, by in ways] for product in products}
        for each in asked
    ]
    everyone: dict[int, set[int]] = {}
    for candidate in candidates:
        for product, found in candidate.items():
            everyone.setdefault(product, set()).update(user for some in found for user in some)
    asked_of = {product: users for product, users in everyone.items() if users}
    did = {product: contacts.last_done(product, users, LAST) for product, users in asked_of.items()}
    worked_for = {product: contacts.worked_for(product, users) for product, users in asked_of.items()}

    def who(product: int, found: Sequence[Sequence[int]]) -> Who | None:
        some = next((users for users in found if users), None)
        if not some:
            return None
        told = did[product]
        first = max(some, key=lambda user: (told[user][0].at if user in told else NEVER, user))
        others = len({*found[-1]} - {first})
        return Who(product, first, told.get(first, []), worked_for[product].get(first, []), others)

    def order(each: Who) -> tuple[bool, float]:
        return standing.products[each.product].is_staging, -each.last_at.timestamp() if each.did else 0.0

    found_each = ([who(*item) for item in candidate.items()] for candidate in candidates)
    return [sorted((each for each in found if each), key=order) for found in found_each]


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

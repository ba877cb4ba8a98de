"""Events of automations, sent to Segment: what happened to a user, or to an account, as said by one of its users."""

from collections.abc import Iterable
from typing import Any

from accoil.connect import people
from accoil.connect.connection import Message, Rejected
from accoil.connect.models import Connection, Record
from accoil.connect.segment.messages import Making
from accoil.connect.segment.properties import told
from accoil.connect.segment.speaking import speaker_of
from accoil.count import ids
from accoil.refused import Refused
from accoil.team.models import Product

NOBODY = "No user of this account is known, and Segment takes an event only as done by one."


class Tracking:
    """Sends to one source."""

    def __init__(self, connection: Connection) -> None:
        self._connection, self._speaker = connection, speaker_of(connection)
        self._making = Making(connection.pk, connection.options.get("left_out", ()))

    def send(self, action: str, values: dict[str, str], message: Message) -> str:
        event = " ".join(values.get("event", "").split())
        if not event:
            raise Rejected("There is no name for the event, so nothing was sent.")
        try:
            properties = told(values, message)
        except Refused as wrong:
            raise Rejected(str(wrong)) from wrong
        account, user = _id(message, "account"), _id(message, "user")
        by = user or self._member(message, account)
        track = self._making.track(message.key, by, account, event, properties, message.at)
        if failed := self._speaker.send({message.key: track}):
            raise failed[message.key]
        return f"“{event}” of {by} is in Segment." if user else f"“{event}” of {account} is in Segment, by {by}."

    def _member(self, message: Message, account: str) -> str:
        """Raises Rejected."""
        product = self._connection.team.products.filter(pk=message.product).first() if account else None
        found = last_active(product, {ids.id_of(product.pk, ids.ACCOUNT, account): account}) if product else {}
        if account not in found:
            raise Rejected(NOBODY)
        return found[account]


def members(connection: int, accounts: Iterable[str]) -> dict[str, str]:
    """Account → its user who was active last, by their ids in Segment. Those without one are left out."""
    records = Record.objects.filter(
        connection=connection, kind="account", remote_id__in=list(accounts), match=Record.Is.MATCHED
    )
    found: dict[str, str] = {}
    of_product: dict[Product, dict[int, str]] = {}
    for record in records.select_related("product"):
        of_product.setdefault(record.product, {})[record.entity] = record.remote_id
    for product, entities in of_product.items():
        found |= last_active(product, entities)
    return found


def last_active(product: Product, accounts: dict[int, str]) -> dict[str, str]:
    """`accounts`: id here → there."""
    users = sorted(people.users(product, accounts=accounts), key=lambda user: user.last_at)
    return {accounts[user.account]: user.tracking_id for user in users if user.account in accounts}


def _id(message: Message, kind: str) -> str:
    about: dict[str, Any] = message.data.get(kind) or {}
    return str(about.get("id") or "")

"""Does one delivery: finds the record in the other tool, and has the tool do the action."""

from collections.abc import Callable, Sequence
from typing import cast

from django.db import transaction

from accoil.act import finding
from accoil.act.actions import action_of
from accoil.act.models import Delivery
from accoil.connect.connection import FEED, Gone, Message, Rejected, Session, Together, Tool, TryLater
from accoil.connect.held import held, still
from accoil.connect.leaving import EMPTIED, follow
from accoil.connect.models import Connection, Record, State
from accoil.count.ids import Kind
from accoil.refused import Refused

FIRED = "automation.fired"
NOT_YET = (60, 300, 1_800, 6 * 3_600)  # seconds: somebody who is new here may be new there a little later


class NotYet(TryLater):
    """The tool works; only, nobody there is known to be this user or account so far."""


Opened = Callable[[Tool, Connection], Session]


def perform(deliveries: Sequence[Delivery], opened: Opened) -> str:
    """What happened, in words; several are told in one message. Raises the tool's errors; Rejected as well for what
    can't be done at all."""
    delivery = deliveries[0]
    try:
        tool, action = action_of(delivery.action)
    except Refused as wrong:
        raise Rejected(str(wrong)) from wrong
    connection, kind = delivery.connection, _kind(delivery)
    if connection is None or connection.state in (State.DISCONNECTED, State.DISCONNECTING):
        raise Rejected(f"{tool.name} is not connected. Connect it in Settings > Connections, then try again.")
    if not action.needs_match:
        return _send(deliveries, tool, connection)
    session = opened(tool, connection)
    record = finding.known(connection, delivery.product, kind, delivery.entity) or _found(delivery, connection, session)
    try:
        return session.perform(action.key, kind, record.remote_id, delivery.values)
    except Gone as gone:
        remote_id = _moved(record, gone) if gone.moved_to else _found(delivery, connection, session).remote_id
    return session.perform(action.key, kind, remote_id, delivery.values)


def _found(delivery: Delivery, connection: Connection, session: Session) -> Record:
    """Raises Rejected when it is not there, and TryLater as long as it may come: a person who waits for the answer of
    ticked rows is told at once."""
    record = finding.find(connection, session, delivery.product, _kind(delivery), delivery.entity)
    if record is None:
        raise Rejected(f"This {delivery.kind} is not known to Accoil any more.")
    if record.match == Record.Is.MATCHED:
        return record
    if record.match == Record.Is.AMBIGUOUS or delivery.batch_id or delivery.attempts > len(NOT_YET):
        raise Rejected(record.reason or "It was not found there.")
    raise NotYet(record.reason or "It was not found there yet.", after=NOT_YET[delivery.attempts - 1])


def _send(deliveries: Sequence[Delivery], tool: Tool, connection: Connection) -> str:
    if tool.sending is None:
        raise Rejected(f"{tool.name} takes nothing that goes to no record.")
    sender, first = tool.sending(connection), deliveries[0]
    if len(deliveries) == 1:
        return sender.send(first.action, first.values, _message(first))
    told = [(each.values, _message(each)) for each in deliveries]
    return cast(Together, sender).send_all(first.action, told)


def _message(delivery: Delivery) -> Message:
    at = delivery.firing.at if delivery.firing else delivery.created_at
    type = FEED if delivery.feed_id else FIRED
    return Message(key=delivery.key, type=type, at=at, data=delivery.told, product=delivery.product_id)


def _moved(record: Record, gone: Gone) -> str:
    """What it was merged into."""
    into = gone.moved_to or ""
    with transaction.atomic():
        now = still(record, held([record.pk]).get(record.pk))
        if now:
            follow(now, into)
            now.save(update_fields=["remote_id", "match", "reason", "matched_at", *EMPTIED])
    return into


def _kind(delivery: Delivery) -> Kind:
    return delivery.kind  # type: ignore[return-value]

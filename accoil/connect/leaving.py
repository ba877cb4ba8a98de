"""Takes back what we wrote on a record that is no longer matched with whom it was of."""

from datetime import timedelta

from django.db.models import Q

from accoil.connect import breaker
from accoil.connect.connection import Gone, Rejected, Session
from accoil.connect.models import Connection, Left, Record, Written
from accoil.connect.now import moment

LEFT = "It is no longer matched with the record it was matched with; what stood there is emptied."
AT_ONCE = 100  # records, at one step
AGAIN = timedelta(hours=6)  # after it was refused, or while its attributes are archived


def leave(record: Record) -> bool:
    """What stands there is emptied within seconds, once this is saved; the record is not. False: nothing does."""
    names = names_of(record)
    names = names if record.remote_id else set()
    if names:
        row, _ = Left.objects.get_or_create(
            connection_id=record.connection_id, kind=record.kind, remote_id=record.remote_id
        )
        row.names, row.next_at = sorted({*row.names, *names}), None
        row.save()
    emptied(record)
    return bool(names)


def hand_over(record: Record, to: Record) -> None:
    """Of two on one record there the other one must say, for all that stands there, what should. Not saved."""
    to.unsure = sorted({*to.unsure, *names_of(record)})


def emptied(record: Record) -> None:
    record.confirmed, record.unsure, record.rests_on = {}, [], {}
    record.problem, record.next_at, record.attempts = "", None, 0


def names_of(record: Record) -> set[str]:
    return {*record.confirmed, *record.unsure}


def empty(connection: Connection, session: Session) -> None:
    """Raises TryLater, SignInAgain; then some are left for the next time."""
    due = connection.left.filter(Q(next_at=None) | Q(next_at__lte=moment()))[:AT_ONCE]
    if not due:
        return
    active = connection.attributes.filter(state=Written.Is.ACTIVE).exclude(remote_id="")
    told = active.values_list("kind", "name", "profile__product")
    product_of = {(kind, name): product for kind, name, product in told}
    for row in due:
        _empty(session, row, {name: product_of[row.kind, name] for name in row.names if (row.kind, name) in product_of})


def _empty(session: Session, row: Left, names: dict[str, int | None]) -> None:
    """`names`: those that are in use, with the product they are of."""
    holders = Record.objects.filter(
        connection=row.connection_id, kind=row.kind, remote_id=row.remote_id, match=Record.Is.MATCHED
    )
    for holder in holders:
        own = {name for name, product in names.items() if product == holder.product_id}
        if own:
            holder.unsure, holder.next_at = sorted({*holder.unsure, *own}), moment()
            holder.save(update_fields=["unsure", "next_at"])
        names = {name: product for name, product in names.items() if name not in own}
        row.names = [name for name in row.names if name not in own]
    try:
        if names:
            session.write(row.kind, row.remote_id, dict.fromkeys(sorted(names)))  # type: ignore[arg-type]
        row.names, row.problem = [name for name in row.names if name not in names], ""
    except Gone:
        row.names = []
    except Rejected as why:
        row.problem = why.reason
    breaker.answered(row.connection)
    row.next_at = moment() + AGAIN
    row.save() if row.names else row.delete()

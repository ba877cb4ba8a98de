"""Takes back what we wrote on a record that is no longer matched with whom it was of."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Q

from accoil.connect import breaker
from accoil.connect.connection import Gone, Rejected, Session, TryLater
from accoil.connect.models import Connection, Left, Record, Written
from accoil.connect.now import moment

LEFT = "It is no longer matched with the record it was matched with; what stood there is emptied."
AT_ONCE = 100  # records, at one step
LATER = timedelta(minutes=5)  # after a problem that passes
AGAIN = timedelta(hours=6)  # after it was refused, or while its attributes are archived
EMPTIED = ["confirmed", "unsure", "rests_on", "problem", "next_at", "attempts", "refused"]


def leave(record: Record) -> bool:
    """What stands there is emptied within seconds, once this is saved; the record is not. False: nothing does. In a
    transaction that holds the record."""
    names = names_of(record)
    names = names if record.remote_id else set()
    if names:
        row, _ = Left.objects.select_for_update().get_or_create(
            connection_id=record.connection_id, kind=record.kind, remote_id=record.remote_id
        )
        row.names, row.next_at = sorted({*row.names, *names}), None
        row.save(update_fields=["names", "next_at"])
    emptied(record)
    return bool(names)


def follow(record: Record, remote_id: str) -> None:
    """It was merged into that one there, whose own values may have won. Not saved."""
    record.unsure = sorted(names_of(record))
    record.remote_id, record.match, record.reason, record.matched_at = remote_id, Record.Is.MATCHED, "", moment()
    record.rests_on, record.problem, record.refused, record.next_at = {}, "", {}, moment()


def hand_over(record: Record, to: Record) -> None:
    """Of two on one record there the other one must say, for all that stands there, what should. Not saved."""
    to.unsure = sorted({*to.unsure, *names_of(record)})


def emptied(record: Record) -> None:
    record.confirmed, record.unsure, record.rests_on = {}, [], {}
    record.problem, record.next_at, record.attempts, record.refused = "", None, 0, {}


def names_of(record: Record) -> set[str]:
    return {*record.confirmed, *record.unsure}


def empty(connection: Connection, session: Session) -> None:
    """Raises TryLater, SignInAgain; then some are left for the next time."""
    due = connection.left.filter(Q(next_at=None) | Q(next_at__lte=moment()))[:AT_ONCE]
    if not due:
        return
    there = connection.attributes.exclude(state=Written.Is.ARCHIVED).exclude(remote_id="")
    told = [*there.values_list("kind", "name", "remote_id", "profile__product", "state")]
    used = {(kind, id) for kind, _, id, _, state in told if state == Written.Is.ACTIVE}
    product_of = {
        (kind, name): product if state == Written.Is.ACTIVE else None
        for kind, name, id, product, state in told
        if state == Written.Is.ACTIVE or (kind, id) not in used  # as long as it can't be archived it is seen there
    }
    for row in due:
        names = {name: product_of[row.kind, name] for name in row.names if (row.kind, name) in product_of}
        try:
            _empty(session, row, names)
        except TryLater as why:  # one that is locked there for long keeps nobody else waiting
            if why.limited:
                raise
            breaker.failed(connection, why)
            connection.left.filter(pk=row.pk, next_at=row.next_at).update(problem=why.reason, next_at=moment() + LATER)
            if breaker.is_open(connection):
                raise


def _empty(session: Session, row: Left, names: dict[str, int | None]) -> None:
    """`names`: those that are seen there, with the product they are of; None for one that nothing asks for."""
    done = _taken_over(row, names)
    problem = ""
    try:
        if rest := sorted(names.keys() - done):
            session.write(row.kind, row.remote_id, dict.fromkeys(rest))  # type: ignore[arg-type]
        done |= names.keys()
    except Gone:
        done = set(row.names)
    except Rejected as why:
        problem = why.reason
    breaker.answered(row.connection)
    with transaction.atomic():  # more may be left there since
        for now in Left.objects.select_for_update().filter(pk=row.pk):
            now.names, now.problem = [name for name in now.names if name not in done], problem
            now.next_at = moment() + AGAIN if set(now.names) <= set(row.names) else None
            now.save(update_fields=["names", "problem", "next_at"]) if now.names else now.delete()


def _taken_over(row: Left, names: dict[str, int | None]) -> set[str]:
    """Names that whoever is matched with it now has to say: they send them."""
    told: set[str] = set()
    with transaction.atomic():
        holders = Record.objects.select_for_update().filter(
            connection=row.connection_id, kind=row.kind, remote_id=row.remote_id, match=Record.Is.MATCHED
        )
        for holder in holders.order_by("pk"):
            own = {name for name, product in names.items() if product == holder.product_id} - told
            if own:
                holder.unsure, holder.next_at = sorted({*holder.unsure, *own}), moment()
                holder.save(update_fields=["unsure", "next_at"])
            told |= own
    return told

"""Looks once a day whether what we wrote still stands there, in a few records; what differs is sent again."""

from django.db import transaction

from accoil.connect import passes
from accoil.connect.connection import Gone, Session, Value
from accoil.connect.held import held, still
from accoil.connect.ledger import note
from accoil.connect.models import Connection, Entry, Pass, Record
from accoil.connect.now import moment

PART, FEWEST, MOST = 100, 20, 500  # one in so many, but so many at least and at most


def look(connection: Connection, session: Session) -> None:
    """Does nothing unless it is due. Raises TryLater, SignInAgain."""
    if not passes.is_due(connection, Pass.Of.DRIFT):
        return
    written = Record.objects.filter(connection=connection, match=Record.Is.MATCHED).exclude(confirmed={})
    many = min(MOST, max(FEWEST, written.count() // PART))
    with passes.passing(connection, Pass.Of.DRIFT) as counts:
        for record in written.order_by("?")[:many]:
            counts["read"] += 1
            counts["drifted"] += _differs(session, record)


def _differs(session: Session, record: Record) -> bool:
    names = sorted(record.confirmed)
    try:
        stands = session.read(record.kind, record.remote_id, names)  # type: ignore[arg-type]
    except Gone:
        Record.objects.filter(pk=record.pk, remote_id=record.remote_id).update(rematch=True)
        return False
    changed = {name: [record.confirmed[name], stands.get(name)] for name in names
               if stands.get(name) != record.confirmed[name]}  # fmt: skip
    return bool(changed) and _sent_again(record, changed)


def _sent_again(record: Record, changed: dict[str, list[Value]]) -> bool:
    """Not when somebody else stands for it there by now."""
    with transaction.atomic():
        now = still(record, held([record.pk]).get(record.pk))
        if now is None:
            return False
        now.unsure, now.next_at = sorted({*now.unsure, *changed}), moment()
        now.save(update_fields=["unsure", "next_at"])
        note(now, Entry.What.SKIPPED, "Something else stood there than we wrote; it is sent again.", changes=changed)
    return True

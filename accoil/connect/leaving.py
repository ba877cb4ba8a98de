"""Takes back what we wrote on a record that is no longer ours."""

from accoil.connect.connection import Gone, Rejected, Session
from accoil.connect.ledger import note
from accoil.connect.models import Entry, Record

EMPTIED = "It is no longer matched with this record; what stood there is emptied."


def leave(session: Session, record: Record) -> None:
    """Empties what we wrote, or leaves it to whoever holds the record there now. Not saved. Raises TryLater,
    SignInAgain."""
    names = names_of(record)
    if names and record.remote_id:
        others = Record.objects.filter(
            connection=record.connection_id,
            product=record.product_id,
            kind=record.kind,
            remote_id=record.remote_id,
            match=Record.Is.MATCHED,
        )
        other = others.exclude(pk=record.pk).first()
        if other:
            hand_over(record, other)
            other.save(update_fields=["unsure"])
        else:
            record.unsure = sorted(names)  # until its answer comes
            record.save(update_fields=["unsure"])
            _empty(session, record, names)
    emptied(record)


def hand_over(record: Record, to: Record) -> None:
    """The other one must say, for all that stands there, what should. Not saved."""
    to.unsure = sorted({*to.unsure, *names_of(record)})


def emptied(record: Record) -> None:
    record.confirmed, record.unsure, record.rests_on = {}, [], {}
    record.problem, record.next_at, record.attempts = "", None, 0


def names_of(record: Record) -> set[str]:
    return {*record.confirmed, *record.unsure}


def _empty(session: Session, record: Record, names: set[str]) -> None:
    try:
        session.write(record.kind, record.remote_id, dict.fromkeys(sorted(names)))  # type: ignore[arg-type]
    except Gone:
        return
    except Rejected as why:
        note(record, Entry.What.FAILED, f"What was written before could not be emptied: {why.reason}")
        return
    changes = {name: [record.confirmed.get(name), None] for name in sorted(names)}
    note(
        record,
        Entry.What.WRITTEN,
        EMPTIED,
        changes=changes,
    )

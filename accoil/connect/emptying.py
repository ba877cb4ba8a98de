"""Takes values back that no profile asks for any more, in tools where what they stand in cannot be archived: else old
scores would look like those of today."""

from collections.abc import Callable, Sequence

from django.db import transaction
from django.db.models import Q

from accoil.connect.connection import SignInAgain, ToolError, TryLater, Value
from accoil.connect.held import held, still
from accoil.connect.leaving import names_of
from accoil.connect.ledger import entry
from accoil.connect.models import Connection, Entry, Record
from accoil.connect.names import synced, wanted
from accoil.count.ids import Kind

Values = dict[str, Value]
Send = Callable[[Kind, dict[str, Values]], dict[str, Values | ToolError]]

AT_ONCE = 500  # records
WHY = "No profile asks for it any more, so it is emptied."


def empty(connection: Connection, kind: Kind, name: str, send: Send) -> None:
    """Wherever that attribute stands, and with it all others that are not asked for either: once for each record. What
    was emptied is written down as it is done. Raises TryLater, SignInAgain; then some is left."""
    asked = {each.attribute.name for each in wanted(synced(connection))}
    rows = Record.objects.filter(
        Q(confirmed__has_key=name) | ~Q(unsure=[]), connection=connection, kind=kind, match=Record.Is.MATCHED
    )
    after = 0
    while some := list(rows.filter(pk__gt=after).order_by("pk")[:AT_ONCE]):
        after = some[-1].pk
        left = {record.pk: sorted(names_of(record) - asked) for record in some if names_of(record) - asked}
        told = send(kind, {record.remote_id: dict.fromkeys(left[record.pk]) for record in some if record.pk in left})
        _emptied([record for record in some if record.pk in left and _went(told[record.remote_id])], left)
        for why in told.values():
            if isinstance(why, TryLater | SignInAgain):
                raise why


def _went(told: Values | ToolError) -> bool:
    """One that is refused is refused every time; whatever is wrong with it, it is not there either."""
    return not isinstance(told, TryLater | SignInAgain)


def _emptied(records: Sequence[Record], names: dict[int, list[str]]) -> None:
    entries = []
    with transaction.atomic():
        now = held(record.pk for record in records)
        for record in records:
            if (row := still(record, now.get(record.pk))) is None:
                continue
            gone = names[row.pk]
            changed = {name: [row.confirmed.pop(name, None), None] for name in gone}
            row.unsure = [name for name in row.unsure if name not in gone]
            row.save(update_fields=["confirmed", "unsure"])
            entries.append(entry(row, Entry.What.WRITTEN, WHY, changes=changed))
        Entry.objects.bulk_create(entries)

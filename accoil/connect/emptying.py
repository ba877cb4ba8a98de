"""Takes values back that no profile asks for any more, in tools where what they stand in cannot be archived: else old
scores would look like those of today."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from django.db import transaction
from django.db.models import Max, Q

from accoil.connect.connection import Gone, Rejected, SignInAgain, ToolError, TryLater, Value
from accoil.connect.held import held, still
from accoil.connect.leaving import names_of
from accoil.connect.ledger import entry, failure
from accoil.connect.models import Connection, Entry, Left, Record
from accoil.connect.names import synced, wanted
from accoil.count.ids import Kind

Values = dict[str, Value]
Send = Callable[[Kind, dict[str, Values]], dict[str, Values | ToolError]]

AT_ONCE = 500  # records
WHY = "No profile asks for it any more, so it is emptied."
STAYS = "No profile asks for it any more, but what stands there could not be emptied."


def empty(connection: Connection, kind: Kind, name: str, send: Send) -> None:
    """Wherever that attribute stands, and with it all others that are not asked for either. What was emptied is written
    down as it is done, as is what was refused. Raises TryLater, SignInAgain; then some is left. Raises Rejected when it
    still stands somewhere: one that is refused keeps no other from being emptied."""
    asked = {each.attribute.name for each in wanted(synced(connection))}
    rows = Record.objects.filter(
        Q(confirmed__has_key=name) | ~Q(unsure=[]), connection=connection, kind=kind, match=Record.Is.MATCHED
    )
    stays: list[Rejected] = []
    after = 0
    while some := list(rows.filter(pk__gt=after).order_by("pk")[:AT_ONCE]):
        after = some[-1].pk
        left = {record.pk: names for record in some if (names := names_of(record) - asked)}
        some = [record for record in some if record.pk in left]
        told = send(kind, _values(some, left))
        _note(some, left, told)
        for record in some:
            why = told[record.remote_id]
            if isinstance(why, TryLater | SignInAgain):
                raise why
            if isinstance(why, Rejected) and name in left[record.pk]:
                stays.append(why)
    stays += _left(connection, kind, name, asked, send)
    if stays:
        have = f"1 {kind} still has" if len(stays) == 1 else f"{len(stays)} {kind}s still have"
        raise Rejected(f"{have} an old value there that could not be emptied. {stays[0].reason}")


def _left(connection: Connection, kind: Kind, name: str, asked: set[str], send: Send) -> list[Rejected]:
    """The same of those there that are nobody's any more, as of who was deleted: once the attribute is done with,
    nobody looks at them again."""
    stays: list[Rejected] = []
    for row in connection.left.filter(kind=kind).order_by("pk"):
        gone = set(row.names) - asked
        if name not in gone:
            continue
        why = send(kind, {row.remote_id: dict.fromkeys(sorted(gone))})[row.remote_id]
        if isinstance(why, TryLater | SignInAgain):
            raise why
        if isinstance(why, Rejected):
            stays.append(why)
            continue
        with transaction.atomic():  # more may be left there since
            for now in Left.objects.select_for_update().filter(pk=row.pk):
                now.names = [each for each in now.names if each not in gone]
                now.save(update_fields=["names"]) if now.names else now.delete()
    return stays


def _values(records: Iterable[Record], names: Mapping[int, set[str]]) -> dict[str, Values]:
    """Of two products one and the same there may stand for one of each: it loses the values of both."""
    found: dict[str, Values] = {}
    for record in records:
        found.setdefault(record.remote_id, {}).update(dict.fromkeys(sorted(names[record.pk])))
    return found


def _note(records: Sequence[Record], names: Mapping[int, set[str]], told: Mapping[str, Values | ToolError]) -> None:
    entries = []
    with transaction.atomic():
        now = held(record.pk for record in records)
        said = _said_last(record.pk for record in records if isinstance(told[record.remote_id], Rejected))
        for record in records:
            row, why = still(record, now.get(record.pk)), told[record.remote_id]
            if row is None:
                continue
            if isinstance(why, Gone) or not isinstance(why, ToolError):
                entries.append(entry(row, Entry.What.WRITTEN, WHY, changes=_take(row, names[row.pk])))
            elif isinstance(why, Rejected) and said.get(row.pk) != (reason := f"{STAYS} {why.reason}"):
                entries.append(failure(row, Rejected(reason, status=why.status, request_id=why.request_id)))
        Entry.objects.bulk_create(entries)


def _take(row: Record, gone: set[str]) -> dict[str, list[Value]]:
    """What changed by that, as the ledger tells it."""
    changed: dict[str, list[Value]] = {name: [row.confirmed.pop(name, None), None] for name in sorted(gone)}
    row.unsure = [name for name in row.unsure if name not in gone]
    row.save(update_fields=["confirmed", "unsure"])
    return changed


def _said_last(records: Iterable[int]) -> dict[int, str]:
    """What the ledger said last of each: it is tried again every day, for each attribute, and told once."""
    last = Entry.objects.filter(record__in=[*records]).values("record").annotate(last=Max("pk")).values("last")
    return dict(Entry.objects.filter(pk__in=last).values_list("record", "reason"))

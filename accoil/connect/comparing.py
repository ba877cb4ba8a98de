"""Compares what should stand there with what was confirmed, and sends what differs."""

from collections.abc import Sequence

from django.db.models import Q

from accoil.connect import attributes, breaker
from accoil.connect.desired import changes, desired, is_own
from accoil.connect.models import Connection, ProfileSync, Record
from accoil.connect.names import wanted
from accoil.connect.now import moment
from accoil.connect.watching import Whose
from accoil.connect.writing import Due, Writer

SENT = 50  # so many are sent with values of one moment; then they are asked for anew


def compare(
    connection: Connection,
    syncs: Sequence[ProfileSync],
    whose: Whose,
    ids: Sequence[int],
    writer: Writer,
    everything: bool,
) -> None:
    """`everything`: also what only others moved, and what was to be left alone for a while. Raises TryLater,
    SignInAgain; then some are not sent."""
    due = find(connection, syncs, whose, ids, everything)
    writer.counts["unchanged"] += len(ids) - len(due)
    first = True
    while due:
        size = 1 if breaker.is_probed(connection) else max(SENT, writer.at_once)
        some, due = due[:size], due[size:]
        if not first:
            some = find(connection, syncs, whose, [each.record.entity for each in some], everything)
        writer.write(some)
        first = False


def find(
    connection: Connection, syncs: Sequence[ProfileSync], whose: Whose, ids: Sequence[int], everything: bool
) -> list[Due]:
    """Those of whom something must be sent, with the values of this moment. What was refused is not sent again for a
    while, but for a value that is another one now."""
    product, kind = whose
    own = [sync for sync in syncs if sync.profile.product_id == product]
    records = Record.objects.filter(connection=connection, product=product, kind=kind, entity__in=ids)
    records = records.filter(match=Record.Is.MATCHED)
    now = moment()
    if not everything:
        records = records.filter(Q(next_at=None) | Q(next_at__lte=now) | ~Q(refused={}))
    profiles = {sync.profile_id: sync.profile for sync in own}
    asked = attributes.usable(connection, wanted(own))
    there = list(records)
    told = desired(profiles, asked, kind, [record.entity for record in there])
    found = []
    for record in there:
        changed = changes(record, told[record.entity])
        waits = not everything and record.next_at is not None and record.next_at > now
        if not changed:
            _settled(record)
        elif not everything and not is_own(record, told[record.entity], changed):
            if not waits:
                _settled(record)
        elif not waits or changed != record.refused:
            found.append(Due(record, changed, told[record.entity]))
    return found


def _settled(record: Record) -> None:
    """What could not be sent need not be any more; unless it was just asked for again."""
    if record.next_at or record.problem:
        same = Record.objects.filter(pk=record.pk, next_at=record.next_at, problem=record.problem)
        same.update(problem="", next_at=None, attempts=0, refused={})

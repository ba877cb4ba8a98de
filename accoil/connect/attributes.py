"""Makes the attributes that the modes of profiles ask for, and archives those that nothing asks for any more."""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from django.db import transaction
from django.db.models import Q

from accoil.connect.batches import batches
from accoil.connect.connection import Attribute, Rejected, Session
from accoil.connect.held import held
from accoil.connect.models import Connection, Record, Written
from accoil.connect.names import Wanted, type_of
from accoil.connect.now import moment

AGAIN = timedelta(days=1)  # one that could not be archived is tried again
AT_ONCE = 1000  # records

Key = tuple[str, str]  # kind, name


def settle(connection: Connection, session: Session, wanted: Sequence[Wanted], check: bool = False) -> None:
    """Archives first, which frees places. `check`: also asks whether those in use are still there. Each is written down
    as it is done, so that it can be stopped anywhere. Raises TryLater, SignInAgain."""
    asked = {_key(each.attribute): each for each in wanted}
    have = {(row.kind, row.name): row for row in connection.attributes.all()}
    for key, row in have.items():
        if key not in asked:
            _archive(session, row)
    for key, each in asked.items():
        row = have.get(key) or Written(connection=connection, kind=key[0], name=key[1])
        if check or not _is_settled(row, each):
            _ensure(session, row, each)


def usable(connection: Connection, wanted: Sequence[Wanted]) -> list[Wanted]:
    """Those that are there, so that values can be sent."""
    rows = connection.attributes.filter(state=Written.Is.ACTIVE).exclude(remote_id="")
    have = set(rows.values_list("kind", "name"))
    return [each for each in wanted if _key(each.attribute) in have]


def archive_all(connection: Connection, session: Session) -> list[Written]:
    """Those that could not be archived, each with its problem."""
    for row in connection.attributes.all():
        _archive(session, row, at_once=True)
    return list(connection.attributes.exclude(state=Written.Is.ARCHIVED))


def _key(attribute: Attribute) -> Key:
    return attribute.kind, attribute.name


def _is_settled(row: Written, wanted: Wanted) -> bool:
    """In use, or refused so lately that it is not asked for again before the next full pass."""
    in_use = row.state == Written.Is.ACTIVE and row.profile_id == wanted.profile
    return bool(in_use and (row.remote_id or row.problem))


def _ensure(session: Session, row: Written, wanted: Wanted) -> None:
    is_back = row.pk is not None and row.state != Written.Is.ACTIVE
    was_missing = row.pk is not None and not row.remote_id
    # Written down before it is made: whatever happens now, it will be archived one day.
    row.profile_id = wanted.profile
    if is_back:
        doubt(row.connection, row.kind, [row.name])
        row.connection.left.update(next_at=None)
    row.state = Written.Is.ACTIVE
    if is_back or row.pk is None:
        row.remote_id = ""
    row.save()
    try:
        remote_id, row.problem = session.ensure(wanted.attribute), ""
        if was_missing:  # somebody may have deleted it, and made it anew: then nothing of ours stands there
            doubt(row.connection, row.kind, [row.name])
        row.remote_id = remote_id
    except Rejected as why:
        row.remote_id, row.problem = "", why.reason
    row.tried_at = moment()
    row.save()


def _archive(session: Session, row: Written, at_once: bool = False) -> None:
    if row.state == Written.Is.ARCHIVED:
        return
    if row.state == Written.Is.ACTIVE:
        row.state, row.tried_at = Written.Is.ARCHIVING, None
        row.save()
    if row.tried_at and row.tried_at + AGAIN > moment() and not at_once:
        return
    attribute = Attribute(kind=row.kind, name=row.name, type=type_of(row.name), words=row.name)  # type: ignore[arg-type]
    try:
        if not row.remote_id and not row.problem:  # it was asked for and no answer came: perhaps it is there
            row.remote_id = session.ensure(attribute)
        if row.remote_id:
            session.archive(attribute, row.remote_id)
        row.state, row.problem = Written.Is.ARCHIVED, ""
    except Rejected as why:
        row.problem = why.reason
    row.tried_at = moment()
    row.save()


def doubt(connection: Connection, kind: str, names: Iterable[str]) -> None:
    """Nobody knows any more what stands under these names where we once wrote: they are sent again."""
    some = set(names)
    have = Q()
    for name in some:
        have |= Q(confirmed__has_key=name)
    keys = list(Record.objects.filter(have, connection=connection, kind=kind).values_list("pk", flat=True))
    for some_keys in batches(keys, AT_ONCE):
        with transaction.atomic():
            batch = [*held(some_keys).values()]
            for record in batch:
                record.unsure = sorted({*record.unsure, *(some & record.confirmed.keys())})
            Record.objects.bulk_update(batch, ["unsure"])

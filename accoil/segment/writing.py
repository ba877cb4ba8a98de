"""Writes down who entered and left, in the application database."""

from collections.abc import Iterable, Sequence

from django.db import connection, transaction

from accoil.segment.inside import Move
from accoil.segment.models import Round, Waiting
from accoil.segment.watched import Watched
from accoil.store.questions import beside

ASK = beside(__file__, "stays")

AT_ONCE = 50_000  # rows in one transaction: others want to write too

Rows = Iterable[Sequence[int]]


def write(round: Round, move: Move) -> None:
    """The moves of one segment; very many in several transactions."""
    for some in _in_parts(move):
        with transaction.atomic():
            _write(round, some)


def many(question: str, rows: Rows) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(ASK[question], list(rows))


def due(segment: Watched, day: int) -> list[int]:
    """Those who have waited long enough by that day; they wait no more."""
    waiting = Waiting.objects.filter(segment=segment.id, since_day__lte=day - segment.stay_days)
    found = list(waiting.values_list("entity", flat=True))
    waiting.delete()
    return found


def enter(round: Round, segment: int, entities: Iterable[int]) -> None:
    many("enter", ((segment, entity, round.day, round.pk) for entity in entities))


def _write(round: Round, move: Move) -> None:
    segment = move.segment.id
    many("leave", ((round.day, round.pk, segment, entity) for entity in move.left))
    if not move.segment.stay_days:
        enter(round, segment, move.entered)
    else:
        many("wait", ((segment, entity, round.day) for entity in move.entered))
    if move.segment.stay_days or Waiting.objects.filter(segment=segment).exists():
        many("wait_no_more", ((segment, entity) for entity in move.left))


def _in_parts(move: Move) -> Iterable[Move]:
    if len(move.entered) + len(move.left) <= AT_ONCE:
        return [move]
    parts = [Move(move.segment, [], move.left[i : i + AT_ONCE]) for i in range(0, len(move.left), AT_ONCE)]
    return parts + [Move(move.segment, move.entered[i : i + AT_ONCE], []) for i in range(0, len(move.entered), AT_ONCE)]

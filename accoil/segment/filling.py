"""Past membership, worked out from what was received: day by day, oldest first, going on where it was stopped.

Whoever is inside on a day is written down as staying to the end of what is filled in; when he is found to have left,
the stay is made shorter. At the end such stays are joined with those that began on the first recorded day."""

import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import partial

from django.db import connection, transaction

from accoil.count import days
from accoil.count.facts import facts
from accoil.count.ids import Kind
from accoil.score.book import Book
from accoil.score.models import Profile
from accoil.segment import sizes, writing
from accoil.segment.built_ins import with_built_ins
from accoil.segment.inside import Inside, Move
from accoil.segment.look import SCOPES
from accoil.segment.models import Filling, Reason, Round, Segment, Stay
from accoil.segment.watched import Watched, watched

AT_ONCE = 0.5  # seconds of work in one step


def fill_in(segments: Iterable[Segment], first: int) -> list[Filling]:
    """Begins to fill in from a day on, up to the first day that is recorded; the segments are of one profile.
    What was filled in before is made anew. Nothing where there is no day between."""
    made = []
    by_day: dict[int, list[Segment]] = defaultdict(list)
    for segment in segments:
        if segment.recorded_from is not None and segment.recorded_from > first:
            by_day[segment.recorded_from].append(segment)
    with transaction.atomic():
        for until, some in by_day.items():
            for segment in some:
                forget(segment)
            profile = some[0].profile
            under = {"version": profile.current.number}
            round = Round.objects.create(profile=profile, day=until, reason=Reason.FILLED_IN, data=under)
            filling = Filling.objects.create(profile=profile, round=round, first=first, until=until, done=first - 1)
            filling.segments.set(some)
            made.append(filling)
    return made


def forget(segment: Segment) -> None:
    """Takes back what was filled in; what was recorded stays."""
    first = segment.recorded_from
    if first is None:
        return
    for filling in segment.fillings.all():
        filling.segments.remove(segment)
    Stay.objects.filter(segment=segment, entered_day__lt=first, left_day__lte=first).delete()
    Stay.objects.filter(segment=segment, entered_day__lt=first).update(entered_day=first)
    segment.sizes.filter(day__lt=first).delete()
    Segment.objects.filter(pk=segment.pk).update(filled_from=None)


class Fillings:
    """Works on the newest filling there is: somebody is waiting for it."""

    def __init__(self) -> None:
        self._at: Work | None = None

    def step(self) -> None:
        """Some days, for about half a second."""
        _begin_those_that_are_recorded()
        filling = Filling.objects.select_related("profile__product", "round").order_by("-pk").first()
        if filling is None:
            self._end()
            return
        if filling.round.data.get("version") != filling.profile.current.number:
            fill_in(list(filling.segments.all()), filling.first)  # one definition for all of it: from the beginning
            filling.delete()
            return
        if self._at is None or self._at.filling.pk != filling.pk or self._at.facts is not facts():
            self._end()
            self._at = Work(filling)
        until = time.monotonic() + AT_ONCE
        try:
            while self._at.day() and time.monotonic() < until:
                pass
        except BaseException:
            self._end()
            raise

    def _end(self) -> None:
        if self._at:
            self._at.drop()
        self._at = None


def want(segments: Iterable[Segment], first: int) -> None:
    """Has them filled in from a day on, as soon as it is recorded who is inside."""
    Segment.objects.filter(pk__in=[each.pk for each in segments]).update(fill_from=first)


def _begin_those_that_are_recorded() -> None:
    wanting = Segment.objects.filter(fill_from__isnull=False, recorded_from__isnull=False).select_related("profile")
    together: dict[tuple[int, int], list[Segment]] = defaultdict(list)
    for segment in wanting:
        together[segment.profile_id, segment.fill_from or 0].append(segment)
    for (_, first), some in together.items():
        with transaction.atomic():
            fill_in(some, first)
            Segment.objects.filter(pk__in=[each.pk for each in some]).update(fill_from=None)


class Work:
    """One filling; in memory is only what can be found again."""

    def __init__(self, filling: Filling) -> None:
        self.filling, self.facts = filling, facts()
        profile: Profile = filling.profile
        self._definition = profile.current.parsed
        self._wanted = set(filling.segments.values_list("pk", flat=True))
        self._asked = {scope: self._asked_of(profile, scope) for scope in SCOPES}
        self._inside = {scope: Inside(self.facts, scope, from_nothing=True) for scope in SCOPES if self._asked[scope]}
        self._since: dict[int, dict[int, int]] = {each.id: {} for each in self._long()}  # of those that wait
        longest = max((each.stay_days for each in self._long()), default=0)
        # Days before those that are written tell who was inside, or waiting, when they begin.
        self._before: dict[int, set[int]] | None = None if filling.done >= filling.first else defaultdict(set)
        self._next = (filling.first if self._before is not None else filling.done) - longest

    def day(self) -> bool:
        """One more day; False when it was the last."""
        filling, day = self.filling, self._next
        if not filling.segments.exists():
            filling.delete()
            return False
        if day >= filling.until:
            join(filling)
            return False
        book = Book(filling.profile.product_id, self._definition, days.day(day), f"filling_{filling.pk}")
        try:
            book.catch_up()
            self._one(book, day)
        finally:
            book.drop()
        self._next += 1
        return True

    def drop(self) -> None:
        for inside in self._inside.values():
            inside.drop()

    def _asked_of(self, profile: Profile, scope: Kind) -> list[Watched]:
        """Those that are wanted, and the stages above them."""
        found = watched(profile, scope, self._definition, with_built_ins(profile))
        above = {id for each in found if each.id in self._wanted for id in each.after}
        return [each for each in found if each.id in self._wanted | above]

    def _one(self, book: Book, day: int) -> None:
        moves = [
            move for scope, inside in self._inside.items() for move in inside.find(book, self._asked[scope])
            if move.segment.id in self._wanted
        ]  # fmt: skip
        moves = [self._who_stayed(move, day) if move.segment.stay_days else move for move in moves] + self._due(day)
        if self._before is not None:
            moves = self._begun(moves, day)
        if day > self.filling.done:
            self._write(book, moves, day)
        for scope, inside in self._inside.items():
            inside.settle(self._asked[scope])

    def _begun(self, moves: list[Move], day: int) -> list[Move]:
        """On the first day that is written: everyone who is inside by then."""
        assert self._before is not None
        for move in moves:
            self._before[move.segment.id] |= set(move.entered)
            self._before[move.segment.id] -= set(move.left)
        if day < self.filling.first:
            return []
        by_id = {each.id: each for asked in self._asked.values() for each in asked}
        moves = [Move(by_id[id], list(inside), []) for id, inside in self._before.items() if inside]
        self._before = None
        return moves

    def _write(self, book: Book, moves: Sequence[Move], day: int) -> None:
        with transaction.atomic():
            for move in moves:
                _write(self.filling, move, day)
            for scope, inside in self._inside.items():
                wanted = [each for each in self._asked[scope] if each.id in self._wanted]
                sizes.write(book, scope, inside.table, wanted, day, partial(_stayed, day=day))
            self.filling.done = day
            self.filling.save(update_fields=["done"])

    def _who_stayed(self, move: Move, day: int) -> Move:
        since = self._since[move.segment.id]
        since.update(dict.fromkeys(move.entered, day))
        for entity in move.left:
            since.pop(entity, None)
        return Move(move.segment, [], move.left)

    def _due(self, day: int) -> list[Move]:
        moves = []
        for each in self._long():
            since = self._since[each.id]
            due = [entity for entity, first in since.items() if first + each.stay_days <= day]
            for entity in due:
                del since[entity]
            if due:
                moves.append(Move(each, due, []))
        return moves

    def _long(self) -> list[Watched]:
        asked = (each for some in self._asked.values() for each in some)
        return [each for each in asked if each.stay_days and each.id in self._wanted]


def _write(filling: Filling, move: Move, day: int) -> None:
    segment, until, round = move.segment.id, filling.until, filling.round_id
    writing.many("fill_leave", ((day, segment, entity, until, round) for entity in move.left))
    writing.many("fill_enter", ((segment, entity, day, round, until, round) for entity in move.entered))


def _stayed(segment: int, day: int) -> int:
    return Stay.objects.filter(segment=segment, entered_day__lte=day, left_day__gt=day).count()


def join(filling: Filling) -> None:
    """Stays that reach the first recorded day become one with those that begin on it."""
    with transaction.atomic():
        for segment in filling.segments.all():
            _join(segment, filling)
        filling.segments.update(filled_from=filling.first)
        filling.delete()


def _join(segment: Segment, filling: Filling) -> None:
    until = filling.until
    reaching = Stay.objects.filter(segment=segment, left_day=until, left_in=filling.round)
    earlier = dict(reaching.values_list("entity", "pk"))
    later = Stay.objects.filter(segment=segment, entered_day=until)
    rows = later.values_list("pk", "entity", "left_day", "left_in", "back_in")
    told = [row for row in rows if row[1] in earlier]
    with connection.cursor() as cursor:
        cursor.executemany("delete from segment_stay where id = %s", [(pk,) for pk, *_ in told])
        cursor.executemany(
            "update segment_stay set left_day = %s, left_in_id = %s, back_in_id = %s where id = %s",
            [(*ended, earlier[entity]) for _, entity, *ended in told],
        )

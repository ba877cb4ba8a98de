"""One look at a profile: what changed since the last one, who moved by it, and why."""

from collections.abc import Sequence

import msgspec
from django.db import transaction
from django.utils import timezone

from accoil.count import days
from accoil.count.facts import facts
from accoil.count.ids import Kind
from accoil.score.book import open_book
from accoil.score.models import Profile
from accoil.segment import grounds, sizes, writing
from accoil.segment.built_ins import all_watched
from accoil.segment.grounds import Ground
from accoil.segment.inside import Inside, Move
from accoil.segment.models import Reason, Round, Segment, Stay
from accoil.segment.watched import Watched, watched

SCOPES: tuple[Kind, ...] = ("account", "user")
MOST_MISSED = 35  # days that are caught up one by one after the server stood still

Says = list[tuple[object, ...]]


class Cause(msgspec.Struct, frozen=True):
    """Why people move whose segment says what it said. `data`: of a definition, its versions `from` and `to`."""

    reason: Reason
    data: dict[str, int] = {}

    @property
    def is_definition(self) -> bool:
        return bool(self.data)


class Look:
    """The state of one profile between looks."""

    def __init__(self, profile: Profile) -> None:
        self.facts = facts()
        self._inside = {scope: Inside(self.facts, scope) for scope in SCOPES}
        self._ground: Ground | None = grounds.last(profile)
        self._says: Says | None = None  # what the segments said at the last look
        self._began = timezone.now()

    def drop(self) -> None:
        for inside in self._inside.values():
            inside.drop()

    def look(self, profile: Profile, importing: bool = False) -> bool:
        """Whether there was anything to look at. No day begins before what was imported is looked at: who moves by a
        day that passed was not moved by a file."""
        self._began, now = timezone.now(), grounds.ground(profile)
        if importing and self._ground:
            now = msgspec.structs.replace(now, day=min(now.day, self._ground.day))
        segments = all_watched(profile)
        says: list[tuple[object, ...]] = [
            (each.pk, each.name, each.rule, each.stay_days, each.position) for each in segments
        ]
        if self._ground == now and self._says == says:
            return False
        before, said = self._ground, self._says
        try:
            if before is not None:
                self._days_missed(profile, segments, before, now)
                if before.version != now.version and (before, said) != (_of(now, before.version), says):
                    self._before_the_change(profile, segments, before, now, importing)
            seen = self._round(profile, segments, now, _cause(profile, before, now, importing))
        except BaseException:
            # Not all may be written: the next look begins at what is.
            self._ground, self._says = grounds.last(profile), None
            for inside in self._inside.values():
                inside.forget()
            raise
        self._ground, self._says = msgspec.structs.replace(now, facts=seen), says
        return True

    def _days_missed(self, profile: Profile, segments: list[Segment], before: Ground, now: Ground) -> None:
        """Each day that ended while nobody looked."""
        for day in range(max(before.day + 1, now.day - MOST_MISSED), now.day):
            then = msgspec.structs.replace(before, day=day)
            self._round(profile, _recorded(segments), then, Cause(Reason.DAY))

    def _before_the_change(
        self, profile: Profile, segments: list[Segment], before: Ground, now: Ground, importing: bool
    ) -> None:
        """What else happened since the last look, under the definition of then: the new one has not moved those."""
        then = _of(now, before.version)
        self._round(profile, _recorded(segments), then, Cause(grounds.reason(before, then, importing)))

    def _round(self, profile: Profile, segments: list[Segment], ground: Ground, cause: Cause) -> int:
        """Looks as of a day, under a version; which version of the facts it saw."""
        definition = grounds.definition_of(profile, ground.version)
        book = open_book(profile.product_id, definition, days.day(ground.day))
        day = max(ground.day, self._ground.day if self._ground else 0)  # a time zone may set the clock back
        writer = Writer(profile, day, cause, segments)
        for scope in SCOPES:
            asked = watched(profile, scope, definition, segments)
            inside = self._inside[scope]
            writer.write(inside.find(book, asked))
            with transaction.atomic():
                writer.note(asked)
                sizes.write(book, scope, inside.table, asked, day, _stayed)
            inside.settle(asked)
        grounds.remember(profile, msgspec.structs.replace(ground, day=day), self._began)
        return book.version


class Writer:
    """Writes the moves of one look, each with the reason that holds for its segment."""

    def __init__(self, profile: Profile, day: int, cause: Cause, segments: Sequence[Segment]) -> None:
        self._profile, self._day, self._cause = profile, day, cause
        self._segments = {segment.pk: segment for segment in segments}
        self._rounds: dict[Reason, Round] = {}

    def write(self, moves: Sequence[Move]) -> None:
        for move in moves:
            writing.write(self._round(self._reason(move.segment)), move)

    def note(self, asked: Sequence[Watched]) -> None:
        """Lets in who has waited long enough, and remembers what the segments said."""
        for each in asked:
            if each.stay_days and (due := writing.due(each, self._day)):
                reason = self._reason(each)
                writing.enter(self._round(Reason.DAY if reason == Reason.FACTS else reason), each.id, due)
        changed = []
        for each in asked:
            segment = self._segments[each.id]
            if segment.seen != each.digest:
                segment.seen = each.digest
                segment.recorded_from = self._day if segment.recorded_from is None else segment.recorded_from
                changed.append(segment)
        Segment.every.bulk_update(changed, ["seen", "recorded_from"])

    def _reason(self, each: Watched) -> Reason:
        segment = self._segments[each.id]
        if segment.recorded_from is None:
            return Reason.FILLED_IN
        if segment.seen != each.digest and not self._cause.is_definition:
            return Reason.RULE
        return self._cause.reason

    def _round(self, reason: Reason) -> Round:
        if reason not in self._rounds:
            data = self._cause.data if reason == self._cause.reason else {}
            data = {"first": 1} if reason == Reason.FILLED_IN else data
            self._rounds[reason] = Round.objects.create(profile=self._profile, day=self._day, reason=reason, data=data)
        return self._rounds[reason]


def _stayed(segment: int) -> int:
    return Stay.objects.filter(segment=segment, left_day=None).count()


def _of(ground: Ground, version: int) -> Ground:
    return msgspec.structs.replace(ground, version=version)


def _recorded(segments: Sequence[Segment]) -> list[Segment]:
    return [each for each in segments if each.recorded_from is not None]


def _cause(profile: Profile, before: Ground | None, now: Ground, importing: bool) -> Cause:
    if before is None:
        return Cause(Reason.FILLED_IN)
    if before.version == now.version:
        return Cause(grounds.reason(before, now, importing))
    change = grounds.reason_of_change(*(grounds.definition_of(profile, each.version) for each in (before, now)))
    return Cause(change, {"from": before.version, "to": now.version})

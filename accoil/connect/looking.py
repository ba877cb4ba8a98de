"""Finds whose own figures or segments changed in a profile, for all at once, so that only those are looked at closer.

What was seen last is kept beside the book and lost with the process: the first look finds everyone."""

import itertools
from collections.abc import Sequence

import msgspec
from django.db.models import Min

from accoil.connect.desired import named_segments
from accoil.count import days
from accoil.count.facts import facts
from accoil.count.ids import Kind
from accoil.rule.to_sql import Condition
from accoil.score.book import open_book
from accoil.score.models import Profile
from accoil.segment.models import Round, Stay
from accoil.store.questions import beside, filled

ASK = beside(__file__, "looking")
FIGURES = ("raw", "frequency", "recently_scored_events", "overall_scored_events", "last_day", "steps_met")
OF_ACCOUNTS = ("active_users", "total_users")
_numbered = itertools.count(1)


class Seen(msgspec.Struct, frozen=True):
    """What the last look rests on. When `version`, `names` or the store are other ones, everyone is due."""

    store: str
    version: int
    names: dict[int, str]
    facts: int
    round: int
    day: int


class Look:
    """Of the users, or the accounts, of a profile. `figures`: whether more than segments is written."""

    def __init__(self, profile: int, kind: Kind, figures: bool) -> None:
        self._profile, self._kind, self._figures = profile, kind, figures
        self._names = [f"sync_{next(_numbered)}", f"sync_{next(_numbered)}"]  # as seen last, as it is now
        self._facts = facts()
        self._seen: Seen | None = None

    def changed(self, profile: Profile) -> set[int] | None:
        """Ids of those who may have changed since the last look; None for everyone."""
        before, self._seen = self._seen, None  # whatever goes wrong now, the next look begins anew
        now = self._now(profile)
        if before == now:
            self._seen = now
            return set()
        anew = before is None or (before.store, before.version, before.names) != (now.store, now.version, now.names)
        found: set[int] = set()
        if self._figures and (anew or before is None or (before.facts, before.day) != (now.facts, now.day)):
            now = msgspec.structs.replace(now, facts=self._keep(profile))
            found |= set() if anew else self._moved()
            self._names.reverse()
        if before is None or before.round != now.round:
            found |= self._passed(before.round, list(now.names)) if before is not None and not anew else set()
        self._seen = now
        return None if anew else found

    def drop(self) -> None:
        for name in self._names:
            self._facts.store.drop(name)

    def _now(self, profile: Profile) -> Seen:
        newest = Round.objects.filter(profile=profile).order_by("-pk").values_list("pk", flat=True).first()
        return Seen(
            store=facts().store.path.name,
            version=profile.current.number,
            names=named_segments(profile, self._kind),
            facts=facts().version[profile.product_id] if self._figures else 0,
            round=newest or 0,
            day=days.number(profile.product.today()) if self._figures else 0,
        )

    def _keep(self, profile: Profile) -> int:
        """Keeps the figures as they are now; which version of the facts they are of."""
        self._facts = facts()
        book = open_book(profile.product_id, profile.current.parsed, profile.product.today())
        # A later one may be kept: then the next look finds nothing new in it, or what came since.
        version = book.version
        book.keep(self._names[1], Condition(ASK[self._kind], {}, frozenset()))
        return version

    def _moved(self) -> set[int]:
        figures = FIGURES if self._kind == "user" else FIGURES + OF_ACCOUNTS
        differ = " or ".join(f"n.{name} is distinct from w.{name}" for name in figures)
        places = {"was": f"kept.{self._names[0]}", "now": f"kept.{self._names[1]}"}
        found = self._facts.store.ask(filled(ASK["changed"], differ=differ), places)
        return set(found["id"].to_pylist())

    def _passed(self, after: int, segments: Sequence[int]) -> set[int]:
        """Those who entered, came back or left since that round."""
        since = Round.objects.filter(profile=self._profile, pk__gt=after).aggregate(day=Min("day"))["day"]
        stays = Stay.objects.filter(segment__in=segments)
        entered = stays.filter(entered_day__gte=since, entered_in__gt=after)
        left = stays.filter(left_day__gte=since, left_in__gt=after)
        back = stays.filter(back_in__gt=after)
        return {entity for some in (entered, left, back) for entity in some.values_list("entity", flat=True)}

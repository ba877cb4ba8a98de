"""What the pages under Views share: whom they look at and when, as the address says; tiles."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from accoil.count.ids import Kind
from accoil.score.book import look_at
from accoil.score.views import View
from accoil.segment import figures
from accoil.segment.built_in import EVERYONE
from accoil.segment.built_ins import with_built_ins
from accoil.segment.models import Segment
from accoil.segment.reading import members
from accoil.show import bars, ranges, words
from accoil.show.frame import Frame
from accoil.show.ranges import Range
from accoil.show.seen import Seen

Row = dict[str, Any]

KEPT = ("who", "segment", "search", "sort", "show")  # of the address, when other days are chosen


@dataclass
class Looking:
    """One page's look at the population: users or accounts, over a range."""

    frame: Frame
    name: str  # of the page's address
    args: tuple[int, ...] = ()

    @cached_property
    def range(self) -> Range:
        return ranges.asked(self.frame.request.GET, self.frame.as_of, self.frame.today, self.frame.first_askable)

    @cached_property
    def kind(self) -> Kind:
        """As asked for; else accounts, or users while no account is known."""
        asked = self.frame.request.GET.get("who", "")
        if asked in ("accounts", "users"):
            return "account" if asked == "accounts" else "user"
        return Seen(self.frame).kind

    @cached_property
    def segments(self) -> list[Segment]:
        """Those to look at, and the stages of journeys."""
        return [each for each in with_built_ins(self.frame.version.profile) if each.scope == self.kind]

    @cached_property
    def segment(self) -> Segment | None:
        """The one that is looked at; None: everyone. One of the other scope means nothing here."""
        asked = self.frame.request.GET.get("segment", "")
        return next((each for each in self.segments if str(each.pk) == asked), None)

    @cached_property
    def only(self) -> frozenset[int] | None:
        """Its members on the last day of the range."""
        return frozenset(members(self.segment, self.range.last)) if self.segment else None

    @cached_property
    def view(self) -> View:
        return View(
            product_id=self.frame.product.pk,
            definition=self.frame.definition,
            kind=self.kind,
            first=self.range.first,
            last=self.range.last,
            only=self.only,
        )

    def here(self, **query: object) -> str:
        """The address of this page, with what is looked at kept."""
        return self.to(self.name, *self.args, **query)

    def to(self, name: str, /, *args: int | str, **query: object) -> str:
        """Of another page under Views."""
        who = self.frame.request.GET.get("who", "")
        segment = self.segment.pk if self.segment else ""
        kept = {"who": who if who in ("accounts", "users") else "", "segment": segment, **self.range.query, **query}
        if self.range.days is None:
            kept["as_of"] = ""  # days of one's own say all
        return self.frame.link(name, *args, **kept)

    @property
    def switches(self) -> Row:
        """The links above a page: whom, how many days; and what the form for other days must keep."""
        kinds: tuple[tuple[Kind, str], ...] = (("account", "accounts"), ("user", "users"))
        return {
            "whom": [
                {"words": who.title(), "link": self.here(who=who, segment=""), "here": kind == self.kind}
                for kind, who in kinds
            ],
            "ranges": [
                {"days": days, "link": self._in_range(days), "here": days == self.range.days} for days in ranges.USUAL
            ],
            "range": self.range,
            "segment": self.segment,
            "among": self.segment.name if self.segment else f"All {self.kind}s",
            "segments": [
                {"name": each.name, "link": self.here(segment=each.pk), "here": each == self.segment}
                for each in self.segments
                if each.key != EVERYONE
            ],
            "everyone_link": self.here(segment=""),
            "kept": self._kept(),
            "kind": self.kind,
            "nouns": f"{self.kind}s",
        }

    def _in_range(self, days: int) -> str:
        query = self.frame.request.GET
        kept = {key: query[key] for key in KEPT if query.get(key)}
        return self.frame.link(self.name, *self.args, **kept, days=days)

    def _kept(self) -> list[tuple[str, str]]:
        query = self.frame.request.GET
        return [(key, query[key]) for key in ("profile", "as_of", *KEPT) if query.get(key)]


def swings(rows: Sequence[Row]) -> list[Row]:
    """Each with a bar for its change, as wide as its part of the largest."""
    largest = max((abs(row["week_change"]) for row in rows), default=0) or 1
    return [{**row, "swing": bars.swing(row["week_change"], largest)} for row in rows]


def mean(values: Iterable[float]) -> float:
    given = list(values)
    return sum(given) / len(given) if given else 0.0


def tile(label: str, value: str, note: str = "", meter: float | None = None, says: str = "", made: str = "") -> Row:
    """`meter`: a fraction. `says`: what the number means; `made`: what it is made of."""
    told: Row = {"label": label, "value": value, "note": note, "says": says, "made": made}
    return told if meter is None else {**told, "meter": words.in_percent(min(meter, 1))}


def average_score(looking: Looking) -> Row:
    """Of the last day of the range."""
    book = look_at(looking.frame.product.pk, looking.frame.definition, looking.range.last)
    if looking.segment:
        of_segments = figures.now(looking.segment.profile, looking.kind, book, looking.segments)
        value = of_segments[looking.segment.pk].score
    else:
        value = book.summary()[f"average_{looking.kind}_score"]
    note = f"of active {looking.kind}s {words.day(looking.range.last, looking.frame.today)}"
    return tile("Average score", words.number(round(value)) if value is not None else "–", note, says="average_score")

"""What most questions take: who asks, which page, which profile as of which day, under which of its versions."""

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from functools import cached_property
from typing import Annotated, Any
from urllib.parse import urlencode

import msgspec
from ninja import Schema
from pydantic import BeforeValidator, Field

from accoil.count import ids
from accoil.receive.times import EARLIEST
from accoil.score.askable import why_not
from accoil.score.book import Book, look_at
from accoil.score.definition import Definition
from accoil.score.models import Profile, Version
from accoil.segment.askable import first_askable
from accoil.segment.built_ins import with_built_ins
from accoil.segment.models import Segment
from accoil.show.api.errors import Wrong, invalid, not_found
from accoil.team.models import SCOPES, Product

Row = dict[str, Any]

LARGEST_OFFSET = 2**31 - 1
FIRST_DAY = date.fromtimestamp(EARLIEST / 1000)  # what claims to be older is not believed when it is received
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def _day(value: object) -> object:
    """Days are written 2026-11-01 and no other way: a bare number would be read as seconds since 1970."""
    if isinstance(value, str) and not _DAY.fullmatch(value):
        raise ValueError("write a day as 2026-11-01")
    return value


Day = Annotated[date, BeforeValidator(_day)]
Id = Annotated[int, Field(gt=0, le=ids.LARGEST)]
Text = Annotated[str, Field(max_length=255)]


class Asker(msgspec.Struct, frozen=True):
    """Whose numbers are asked for, and which of them may be told."""

    product: Product
    reads: frozenset[str] = frozenset(SCOPES)

    def needs(self, scope: str) -> None:
        """Raises Wrong (403)."""
        if scope not in self.reads:
            raise Wrong(403, "forbidden", f"This token may not read {scope}; an owner can make one that may.")


class Paging(Schema):
    limit: int = Field(20, ge=1, le=100, description="Rows on a page.")
    offset: int = Field(0, ge=0, le=LARGEST_OFFSET, description="Rows before it.")


class Asked(Schema):
    workspace_id: Id = Field(description="The profile's id.")
    as_of: Day | None = Field(None, description="The numbers of that day (local, at its end); else of today.")
    version: Annotated[int, Field(gt=0, le=LARGEST_OFFSET)] | None = Field(
        None, description="Under that version of the profile; else under the one in force today."
    )


def profile_of(product: Product, profile_id: int) -> Profile:
    profile = product.profiles.filter(pk=profile_id).first()
    if not profile:
        raise not_found("workspace")
    return profile


def day_of(product: Product, day: date | None, name: str = "as_of", first: date | None = None) -> date:
    """The day, today if none is asked for; `first`: the first that can be. Raises Wrong for one that can't be told."""
    today = product.today()
    if day is None:
        return today
    if day > today:
        raise invalid(name, f"{name} is in the future; today is {today} in {product.time_zone}.")
    if day < FIRST_DAY:
        raise invalid(name, f"{name} is before {FIRST_DAY}; nothing is kept from then.")
    if first and day < first:
        raise invalid(name, f"{name} can't be {day}: {why_not(product, first)}")
    return day


class Opened:
    """A profile as of a day under one of its versions, and what was asked for."""

    def __init__(self, asker: Asker, asked: Asked) -> None:
        self.asker, self.product = asker, asker.product
        self.profile = profile_of(self.product, asked.workspace_id)
        self.version = self._version(asked.version)
        self.first = first_askable(self.profile, self.version.parsed)  # None: every day can be asked for
        self.as_of = day_of(self.product, asked.as_of, first=self.first)
        self._kept = {"as_of": asked.as_of, "version": asked.version}

    @property
    def definition(self) -> Definition:
        return self.version.parsed

    @cached_property
    def book(self) -> Book:
        return look_at(self.product.pk, self.definition, self.as_of)

    @cached_property
    def segments(self) -> list[Segment]:
        """And the stages of journeys, in their order."""
        return with_built_ins(self.profile)

    def top(self) -> Row:
        """What stands at the top of an answer out of the book."""
        return self._top(self.book.computed_at)

    def top_now(self) -> Row:
        """The same where the answer was computed just now."""
        return self._top(now())

    def _top(self, computed_at: datetime) -> Row:
        return {
            "as_of": self.as_of,
            "version": self.version.number,
            "computed_at": computed_at,
            "workspace_id": self.profile.pk,
        }

    def link(self, path: str, **query: Any) -> str:
        """An address that asks under the same profile, day and version."""
        return link(path, workspace_id=self.profile.pk, **self._kept, **query)

    def moment(self, day: date) -> datetime:
        """When a day began in the product's time zone."""
        zone = UTC if self.product.time_zone == "UTC" else self.product.zone
        return datetime.combine(day, time(), zone)

    def _version(self, number: int | None) -> Version:
        if number is None:
            return self.profile.current
        version = self.profile.versions.filter(number=number).first()
        if not version:
            latest = self.profile.current.number
            raise invalid("version", f"version {number} does not exist; the latest is {latest}.")
        return version


def now() -> datetime:
    return datetime.now(UTC)


def link(path: str, **query: Any) -> str:
    kept = urlencode({name: value for name, value in query.items() if value is not None})
    return f"{path}?{kept}" if kept else path


def pagination(paging: Paging, total: int) -> Row:
    return {"limit": paging.limit, "offset": paging.offset, "total": total}


def pages(path: str, paging: Schema, total: int) -> Row:
    """Links to this page and those beside it, with everything that was asked for."""
    asked = paging.model_dump(by_alias=True, exclude_none=True, exclude_defaults=True)
    limit, offset = paging.limit, paging.offset  # type: ignore[attr-defined]
    links = {"self": link(path, **asked)}
    if offset + limit < total:
        links["next"] = link(path, **asked | {"offset": offset + limit})
    if offset:
        links["previous"] = link(path, **asked | {"offset": max(0, offset - limit)})
    return links


def sort_of(sort: str, known: Sequence[str]) -> str:
    """Raises Wrong for a column that lists are not sorted by."""
    if sort.removeprefix("-") not in known:
        raise invalid(
            "sort", f"sort is {sort!r}; choose one of {', '.join(known)}, with a minus for the largest first."
        )
    return sort


def named(text: str, known: Sequence[str], name: str) -> list[str]:
    """Names with commas between, each of which must be known. Raises Wrong."""
    names = [each for each in text.split(",") if each]
    if unknown := [each for each in names if each not in known]:
        raise invalid(name, f"{name} can name {', '.join(known)}, not {', '.join(unknown)}.")
    return names

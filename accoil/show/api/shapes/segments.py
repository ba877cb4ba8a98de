"""Segments, and who is in them."""

from typing import Any

from ninja import Schema
from pydantic import Field

from accoil.count.ids import Kind
from accoil.show.api.shapes.answer import Paged, Provenance, SelfLink
from accoil.show.api.shapes.people import Lean, LeanUser


class SegmentLinks(SelfLink):
    members: str


class Segment(Schema):
    id: int
    name: str
    scope: Kind
    default: bool = Field(description="Every profile has it.")
    size: int
    value: int = Field(description="What its accounts pay a month, in cents.")
    score: float | None = Field(description="The mean of its active members.")
    rule: dict[str, Any]
    words: str = Field(description="The rule, to be read.")
    stay_days: int = Field(description="How many days one must be inside before it counts.")
    links: SegmentLinks = Field(alias="_links")


class Segments(Paged):
    workspace_id: int
    data: list[Segment]


class OneSegment(Provenance, Segment):
    workspace_id: int


class Members(Paged):
    workspace_id: int
    segment_id: int
    scope: Kind
    data: list[LeanUser | Lean]

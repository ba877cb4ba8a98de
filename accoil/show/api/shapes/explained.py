"""Why a score is what it is, why it changed, and how it came about."""

from datetime import date
from typing import Literal

from ninja import Schema
from pydantic import Field

from accoil.show.api.shapes.answer import Fraction, Provenance


class Part(Schema):
    event: str
    count: float
    weight: int
    points: float
    share: Fraction = Field(description="Of all points.")
    counted: float | None = Field(None, description="Under a daily cap: how many of the count make points.")


class Step(Schema):
    step: str = Field(description="In words.")
    met: bool
    on: date | None = Field(description="The day on which it was reached; null of steps that are no event.")
    count: int | None = Field(description="So far.")
    at_least: int | None = Field(description="How many it takes.")


class OfOne(Provenance):
    workspace_id: int
    id: int


class Explained(OfOne):
    score: int
    raw: float
    benchmark: float | None
    curve: Literal["exponential", "linear"]
    not_scored: str | None = Field(description="Why one does not count; null for one who does.")
    parts: list[Part]
    steps: list[Step] = Field(description="Of activation.")


class ExplainedAccount(Explained):
    class OfUser(Schema):
        id: int
        name: str
        score: int
        raw: float

    users: list[OfUser] | None = Field(description="null: the token may not read users.")


class OverDays(OfOne):
    first: date = Field(alias="from")
    last: date = Field(alias="to")


class Why(OverDays):
    class Parts(Schema):
        definition: int = Field(description="Another version of the profile.")
        membership: int = Field(description="People who joined or left the account.")
        behaviour: int = Field(description="What people did.")
        benchmark: int = Field(description="What everybody else did.")

    class Moved(Schema):
        event: str
        weight: int
        count_before: float
        count_after: float
        gained: float = Field(description="Points that came into the window.")
        aged_out: float = Field(description="Points that left it.")

    change: int = Field(description="The parts sum to it.")
    parts: Parts
    events: list[Moved]
    sentence: str
    score_before: int
    score_after: int
    raw_before: float
    raw_after: float
    benchmark_before: float | None
    benchmark_after: float | None
    definition_changed: bool
    change_alike: int = Field(description="The change as the later version says of both days.")
    version_from: int
    version_to: int
    active_before: int
    active_after: int
    joined: int
    left: int


class History(OverDays):
    class OnDay(Schema):
        day: date
        score: int
        raw: float
        reported_score: int = Field(description="Under the version then in force, against the benchmark kept for it.")
        version: int = Field(description="The one then in force.")
        late: bool = Field(description="Events that belong to its window came after it was reported.")

    data: list[OnDay]

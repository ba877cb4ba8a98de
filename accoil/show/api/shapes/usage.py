"""Who takes up which event and feature."""

from datetime import date

from ninja import Schema
from pydantic import Field

from accoil.count.ids import Kind
from accoil.show.api.shapes.answer import Fraction, Paged


class Uptake(Schema):
    did: int = Field(description="How many did it in the range.")
    did_before: int = Field(description="In the range before.")
    active: int = Field(description="How many did anything at all.")
    active_before: int
    adoption: Fraction
    adoption_before: Fraction
    change: float = Field(description="Percentage points.")
    times: int = Field(description="How often it happened.")
    average_events: float = Field(description="Per head.")
    average_times: float = Field(description="Per one who did it.")


class InRange(Paged):
    workspace_id: int
    first: date = Field(alias="from")
    last: date = Field(alias="to")
    scope: Kind


class Events(InRange):
    class Event(Uptake):
        event: str
        scored: bool = Field(description="It carries weight in the profile.")

    data: list[Event]


class Features(InRange):
    class Feature(Uptake):
        feature: str
        events: list[str]
        week: Fraction = Field(description="The mean share of the last 7 days.")
        week_before: Fraction
        week_change: float = Field(description="Percentage points.")

    data: list[Feature]

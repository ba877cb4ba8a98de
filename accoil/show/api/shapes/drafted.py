"""What a draft would change."""

from ninja import Schema
from pydantic import Field

from accoil.count.ids import Kind
from accoil.show.api.shapes.answer import Provenance


class FromTo(Schema):
    before: float | None = Field(alias="from")
    after: float | None = Field(alias="to")


class InBands(Schema):
    most: int
    slightly: int
    passive: int
    least: int


class BandsOfBoth(Schema):
    accounts: InBands
    users: InBands


class WhatIf(Provenance):
    class Bands(Schema):
        before: BandsOfBoth = Field(alias="from", description="As the version in force says.")
        after: BandsOfBoth = Field(alias="to", description="As the draft says.")

    class Mover(Schema):
        type: Kind
        id: int
        tracking_id: str
        name: str
        before: int | None = Field(alias="from", description="null: does not count.")
        after: int | None = Field(alias="to")
        change: int

    class Passing(Schema):
        name: str
        scope: Kind
        entered: int
        left: int

    class Following(Schema):
        name: str
        scope: Kind
        when: str = Field(description="Its trigger, in words.")
        entities: int = Field(description="For how many it would come true, the condition holding.")

    workspace_id: int
    scored: int = Field(description="Users with points under the draft.")
    benchmark: FromTo
    bands: Bands
    movers: list[Mover]
    segments: list[Passing]
    automations: list[Following] = Field(
        description="Those whose trigger the draft makes true for somebody. Saving a definition itself fires nothing."
    )
    writes: int = Field(description="Records in other tools that would be written.")

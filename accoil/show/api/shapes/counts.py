"""How often what was done."""

from datetime import date

from ninja import Schema
from pydantic import Field

from accoil.show.api.shapes.answer import Paged


class Counted(Schema):
    """The dimensions grouped by, and `count`."""

    user: str | None = Field(None, description="null: of an anonymous id that is nobody's yet.")
    account: str | None = Field(None, description="null: could not be attributed.")
    event: str | None = None
    day: date | None = None
    count: int


class Counts(Paged):
    data: list[Counted]
    total_count: int = Field(description="The sum of all that match, whatever the page.")

"""What answers have in common."""

from datetime import date, datetime

from ninja import Schema
from pydantic import Field

Fraction = float


class Refusal(Schema):
    class Error(Schema):
        code: str = Field(examples=["missing_workspace_id"])
        message: str = Field(examples=["workspace_id is required"])

    error: Error


class Provenance(Schema):
    as_of: date = Field(description="The local day the numbers are of.")
    version: int | None = Field(description="Of the profile; null where no profile has a say.")
    computed_at: datetime


class Pagination(Schema):
    limit: int
    offset: int
    total: int = Field(description="Rows in all.")


class PageLinks(Schema):
    self: str
    next: str | None = None
    previous: str | None = None


class Paged(Provenance):
    pagination: Pagination
    links: PageLinks | None = Field(None, alias="_links")


class SelfLink(Schema):
    self: str

"""/v2/counts: exactly how often what was done, for whoever wants to check every number from outside."""

from datetime import date
from typing import Any

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from accoil.count.counts import DIMENSIONS
from accoil.count.counts import counts as counted
from accoil.show.api.asked import product_of
from accoil.show.api.errors import Wrong


class AskedCounts(Schema):
    user: str | None = None
    account: str | None = None
    event: str | None = None
    first: date | None = Field(None, alias="from")
    last: date | None = Field(None, alias="to")
    group_by: str = ",".join(DIMENSIONS)
    limit: int = Field(1000, ge=1, le=10_000)
    offset: int = Field(0, ge=0)


def router() -> Router:
    router = Router(tags=["counts"])
    router.get("/counts")(counts)
    return router


def counts(request: HttpRequest, asked: Query[AskedCounts]) -> dict[str, Any]:
    """Messages by user, account, event and day (any of them); days are local and both ends count.
    `total_count` is the sum of all that match, whatever the page; `account: null` could not be attributed."""
    group_by = [name for name in asked.group_by.split(",") if name]
    if unknown := set(group_by) - set(DIMENSIONS):
        raise Wrong(
            400, "invalid_group_by", f"group_by can name {', '.join(DIMENSIONS)}, not {', '.join(sorted(unknown))}."
        )
    found = counted(
        product_of(request).pk,
        user=asked.user, account=asked.account, event=asked.event, first=asked.first, last=asked.last,
        group_by=group_by, limit=asked.limit, offset=asked.offset,
    )  # fmt: skip
    return {
        "data": found.rows,
        "total_count": found.total_count,
        "pagination": {"limit": asked.limit, "offset": asked.offset, "total": found.total},
    }

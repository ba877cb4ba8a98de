"""/v2/counts: exactly how often what was done, for whoever wants to check every number from outside."""

from datetime import date

from ninja import Query, Router, Schema
from pydantic import Field

from accoil.count.counts import DIMENSIONS, Wanted, stream
from accoil.count.counts import counts as counted
from accoil.show.api.answered import add
from accoil.show.api.asked import LARGEST_OFFSET, Asker, Day, Row, Text, named, now, pages, pagination
from accoil.show.api.errors import invalid
from accoil.show.api.shapes import counts as shapes
from accoil.show.export import Table

MOST = 10_000


class AskedCounts(Schema):
    user: Text | None = Field(None, description="The id you sent, also an earlier or anonymous one.")
    account: Text | None = Field(None, description="The id you sent.")
    event: Text | None = Field(None, description="Its name.")
    first: Day | None = Field(None, alias="from", description="Local days; both ends belong to the range.")
    last: Day | None = Field(None, alias="to")
    group_by: str = Field(",".join(DIMENSIONS), description="Any of user, account, event, day; empty: one sum.")
    limit: int = Field(1000, ge=1, le=MOST)
    offset: int = Field(0, ge=0, le=LARGEST_OFFSET)


def put(router: Router) -> None:
    add(router, "/counts", counts, shapes.Counts, "counts", "counts", table=table)


def counts(asker: Asker, asked: Query[AskedCounts]) -> Row:
    """Messages by user, account, event and day (any of them), whatever any profile scores; sorted by the grouping.
    `total_count` is the sum of all that match, whatever the page; `account: null` could not be attributed."""
    asker.needs("counts")
    found = counted(asker.product.pk, limit=asked.limit, offset=asked.offset, **wanted(asked, asker.product.whole_from))
    return {
        "as_of": asker.product.today(),
        "version": None,
        "computed_at": now(),
        "data": found.rows,
        "total_count": found.total_count,
        "pagination": pagination(asked, found.total),  # type: ignore[arg-type]
        "_links": pages("/v2/counts", asked, found.total),
    }


def table(asker: Asker, asked: Query[AskedCounts]) -> Table:
    asker.needs("counts")
    return Table(f"counts-{asker.product.today()}", stream(asker.product.pk, **wanted(asked, asker.product.whole_from)))


def wanted(asked: AskedCounts, whole_from: date | None = None) -> Wanted:
    """Raises Wrong."""
    if asked.first and asked.last and asked.first > asked.last:
        raise invalid("from", f"from ({asked.first}) is after to ({asked.last}).")
    group_by = named(asked.group_by, DIMENSIONS, "group_by")
    return {
        "user": asked.user, "account": asked.account, "event": asked.event,
        "first": _first(whole_from, asked, by_day="day" in group_by), "last": asked.last, "group_by": group_by,
    }  # fmt: skip


def _first(whole_from: date | None, asked: AskedCounts, by_day: bool) -> date | None:
    """Sums of all days reach back as far as ever; of single days they do as far as those are kept."""
    if whole_from is None:
        return asked.first
    for name, day in (("from", asked.first), ("to", asked.last)):
        if day and day < whole_from:
            raise invalid(name, f"{name} ({day}) is before {whole_from}; daily counts are kept from that day on.")
    return asked.first or (whole_from if by_day else None)

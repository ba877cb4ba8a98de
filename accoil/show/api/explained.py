"""Why a score is what it is, why it changed, and how it came about day by day."""

from datetime import date, timedelta

from ninja import Query, Router, Schema
from pydantic import Field

from accoil.count.ids import Kind
from accoil.score.explain import explain as explained
from accoil.score.history import history as day_by_day
from accoil.show.api import shapes
from accoil.show.api.answered import add
from accoil.show.api.asked import Asked, Asker, Day, Opened, Row, day_of, link
from accoil.show.api.errors import invalid
from accoil.show.api.people import OurId, the_one

USUAL_DAYS = 90
MOST_DAYS = 3660  # ten years


class AskedDays(Asked):
    first: Day | None = Field(None, alias="from", description="The first day.")
    last: Day | None = Field(None, alias="to", description="The last day; else `as_of`, else today.")


def put(router: Router) -> None:
    kinds: tuple[tuple[Kind, type[Schema]], ...] = (
        ("account", shapes.ExplainedAccount), ("user", shapes.Explained),
    )  # fmt: skip
    for kind, shape in kinds:
        path, more = f"/{kind}s/{{int:id}}", {"tags": [f"{kind}s"]}
        add(router, f"{path}/explain", explain_of(kind), shape, f"explain_{kind}", **more)
        add(router, f"{path}/history", history_of(kind), shapes.History, f"{kind}_history", **more)


def explain_of(kind: Kind):
    def explain(asker: Asker, id: OurId, asked: Query[Asked]) -> Row:
        """The events that make the score, with count, weight and points: the points sum to `raw`."""
        opened = _opened(asker, kind, id, asked)
        told = explained(opened.product.pk, opened.definition, kind, id, opened.as_of)
        if "users" not in asker.reads:
            told.pop("users", None)
        return opened.top_now() | {"id": id} | told

    return explain

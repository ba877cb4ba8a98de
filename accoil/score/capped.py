"""Counts under a daily cap: at most so many of one event by one user on one day make points."""

from accoil.score import values
from accoil.score.definition import Definition
from accoil.store.questions import beside
from accoil.store.store import Store

ASK = beside(__file__, "capped")


def counts(store: Store, name: str, product_id: int, definition: Definition, first: int, last: int) -> str:
    """The table of what makes points on days from first to last: `counts` itself, or with a cap `kept.{name}`, which
    has its columns product, day, user_id, account_id, event_id and n (a double), and is the caller's to drop."""
    if definition.daily_cap is None:
        return "counts"
    given = values.of(product_id, definition) | {"cap": definition.daily_cap, "first": first, "last": last}
    store.keep(name, ASK["capped"], **given)
    return f"kept.{name}"


def places(definition: Definition) -> dict[str, str]:
    """What sums of points are, and how those of an account are told: whole, or under a cap to one decimal."""
    whole = definition.daily_cap is None
    return {"points": "bigint" if whole else "double", "shown": "whole" if whole else "tenths"}

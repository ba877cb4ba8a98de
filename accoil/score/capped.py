"""Counts under a daily cap: at most so many of one event by one user on one day make points."""

from accoil.score import values
from accoil.score.definition import Definition
from accoil.store.questions import beside, filled
from accoil.store.store import Store, Value

ASK = beside(__file__, "capped")

NARROW = 62  # numbers that fit the faster kind of bit set
AT_A_TIME = 20  # parts that a question is asked in
CAPPED = f"({ASK['capped']})"


def counts(
    store: Store, name: str, product_id: int, definition: Definition, first: int, last: int, done: str = "counts"
) -> str:
    """The table of what makes points on days from first to last: what was done itself, or with a cap `kept.{name}`,
    which has its columns product, day, user_id, account_id, event_id and n (a double), and is the caller's to drop."""
    if definition.daily_cap is None:
        return done
    with_above = keep_above(store, f"{name}_above", product_id, definition, first, last, done)
    given = values.of(product_id, definition) | {"cap": definition.daily_cap, "first": first, "last": last}
    store.keep(name, filled(ASK["of_these_days"], capped=CAPPED), with_above, **given)
    store.drop(f"{name}_above")
    return f"kept.{name}"


def keep_above(
    store: Store, name: str, product_id: int, definition: Definition, first: int, last: int, done: str = "counts"
) -> dict[str, str]:
    """The places of a question with `made_of(…)` about days from first to last. Under a cap a table is kept for it, the
    caller's to drop."""
    if definition.daily_cap is None:
        return {"counts": done}
    many = len(definition.events)
    at_once = max(1, NARROW // many)
    places = {"bit_of": "bit_of" if many <= NARROW else "wide_bit_of", "several": f"kept.{name}_several"}
    places["counts"] = done
    given: dict[str, Value] = {"first": first, "last": last, "many": many, "at_once": at_once}
    given |= values.of(product_id, definition) | {"cap": definition.daily_cap}
    store.keep(f"{name}_several", _several(last - first + 1, at_once), places, **given)
    store.keep(name, ASK["above"], places, **given)
    store.drop(f"{name}_several")
    return {"counts": done, "above": f"kept.{name}"}


def _several(days: int, at_once: int) -> str:
    """The question about so many days, piece by piece."""
    pieces = -(-days // at_once)
    each = at_once * -(-pieces // AT_A_TIME)
    of_some = [filled(ASK["several"], since=str(start), until=str(start + each)) for start in range(0, days, each)]
    return " union all ".join(f"({question})" for question in of_some)


def made_of(question: str, definition: Definition) -> str:
    """The question with what makes points in place of its {counts}: asked so, not all of it has to be kept. Under a cap
    it wants the value `cap`."""
    return question if definition.daily_cap is None else question.replace("{counts}", CAPPED)


def places(definition: Definition) -> dict[str, str]:
    """What sums of points are, and how those of an account are told: whole, or under a cap to one decimal."""
    whole = definition.daily_cap is None
    return {"points": "bigint" if whole else "double", "shown": "whole" if whole else "tenths"}

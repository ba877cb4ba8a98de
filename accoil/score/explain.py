"""Why a score is what it is: its parts, which add up to it exactly; the steps; or why there is none."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from accoil.count import days, people
from accoil.count.facts import facts
from accoil.count.ids import Kind
from accoil.score import progress, summaries, values
from accoil.score.definition import Activation, Definition
from accoil.score.not_scored import not_scored
from accoil.score.population import population
from accoil.store.questions import beside, filled
from accoil.store.store import Value

ASK = beside(__file__, "explain")

Row = dict[str, Any]


def explain(
    product_id: int, definition: Definition, kind: Kind, id: int, as_of: date, done: str = "counts", named: bool = True
) -> Row:
    """`parts`: event, count, weight, points, share of raw, heaviest first; they sum to `raw`. For an account also
    `users`: id, name, score and raw for it; the mean of those scores, half up, is the account's `score`. Under a daily
    cap `counted` is how many of the count make points (of an account in fractions, shown to one decimal).

    `steps` of activation, as `progress` tells them. `not_scored`: a sentence, for one who does not count; else None.
    `done`: a table of what was done, where it was put aside. `named`: whether users are told with their names, which
    takes longer than all else where they are many."""
    day, benchmark = days.number(as_of), summaries.benchmark(product_id, definition, as_of)
    explained: Row = {
        "as_of": as_of, "raw": 0, "benchmark": benchmark, "curve": definition.curve, "score": 0, "parts": [],
        "not_scored": not_scored(product_id, definition, kind, id, as_of), "steps": [],
    }  # fmt: skip
    if explained["not_scored"]:
        return explained | ({"users": []} if kind == "account" else {})
    rows = _made(product_id, definition, kind, id, day, "by_event", benchmark, done)
    explained["parts"], explained["score"] = _parts(definition, rows), rows[0]["score"]
    explained["raw"] = _together(definition, kind, explained["parts"], "points")
    if kind == "account":
        users = _made(product_id, definition, kind, id, day, "by_user", benchmark, done)
        explained["users"] = _users(product_id, definition, users, named)
        explained["score"] = users[0]["of_account"] if users else 0
    if definition.activation != Activation():
        explained["steps"] = progress.steps(product_id, definition, kind, id, day)
    return explained


def _made(
    product_id: int, definition: Definition, kind: Kind, id: int, day: int, question: str, benchmark: float | None,
    done: str,
) -> list[Row]:  # fmt: skip
    given: dict[str, Value] = values.of(product_id, definition) | {"as_of": day, "id": id, "b": benchmark}
    places, counted = {"who": f"{kind}_id", "counts": done}, ""
    if not definition.counts_everyone:
        places["population"], counted = population(facts(), product_id, definition, day), ASK["of_those_who_count"]
    made = filled(ASK["made" if definition.daily_cap is None else "made_under_cap"], counted=counted)
    return facts().store.rows(f"{made}\n{ASK[question]}", places, cap=definition.daily_cap, **given)


def _parts(definition: Definition, rows: Sequence[Row]) -> list[Row]:
    names = list(definition.events.items())
    parts = []
    for row in rows:
        event, weight = names[row["position"]]
        part = {"event": event, "count": row["count"], "weight": weight, "points": row["made"] * weight}
        parts.append(part if definition.daily_cap is None else part | {"counted": row["made"]})
    return sorted(parts, key=lambda part: (-part["points"], -part["weight"], part["event"]))


def _together(definition: Definition, kind: Kind, parts: list[Row], what: str) -> int | float:
    """The sum of a figure over the parts, which get it as it is shown: whole, or of an account under a cap in tenths,
    so that they still add up."""
    amounts = [part[what] for part in parts]
    if definition.daily_cap is None:
        raw: int | float = int(sum(amounts))
        shown: list[int | float] = [int(amount) for amount in amounts]
    elif kind == "user":
        shown = [round(amount) for amount in amounts]
        raw = sum(shown)
        for part in parts:
            part["counted"] = round(part["counted"])
    else:
        raw, shown = in_tenths(amounts)
        for part in parts:
            part["counted"] = int(10 * part["counted"] + 0.5 + 1e-9) / 10
    for part, amount in zip(parts, shown, strict=True):
        part[what] = amount
        part["share"] = amount / raw if raw else 0.0
    return raw


def in_tenths(amounts: Sequence[float]) -> tuple[float, list[int | float]]:
    """The sum to one decimal, half up, and the amounts to one decimal, which add up to it: those that lose most by
    being cut get the tenths that are left."""
    total = int(10 * sum(amounts) + 0.5 + 1e-9)
    cut = [int(10 * amount + 1e-9) for amount in amounts]
    lost = sorted(range(len(amounts)), key=lambda place: (cut[place] - 10 * amounts[place], place))
    for place in lost[: total - sum(cut)]:
        cut[place] += 1
    return total / 10, [tenths / 10 for tenths in cut]


def _users(product_id: int, definition: Definition, rows: Sequence[Row], named: bool) -> list[Row]:
    raws: list[int | float] = [int(row["raw"]) for row in rows]
    if definition.daily_cap is not None:
        raws = in_tenths([row["raw"] for row in rows])[1]
    told = [{"id": row["id"], "score": row["score"], "raw": raw} for row, raw in zip(rows, raws, strict=True)]
    names = people.names(product_id, "user", [row["id"] for row in rows]) if named else {}
    return [{**row, "name": names[row["id"]]} for row in told] if named else told

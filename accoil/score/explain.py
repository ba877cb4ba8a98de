"""Why a score is what it is: its parts, which add up to it exactly."""

from datetime import date
from typing import Any

from accoil.count import days, people
from accoil.count.facts import facts
from accoil.count.ids import Kind
from accoil.score import history, values
from accoil.score.definition import Definition
from accoil.store.questions import beside

ASK = beside(__file__, "explain")


def explain(product_id: int, definition: Definition, kind: Kind, id: int, as_of: date) -> dict[str, Any]:
    """`parts`: event, count, weight, points, share of raw, heaviest first; they sum to `raw`. For an account also
    `users`: id, name, score and raw for it; the mean of those scores, half up, is the account's `score`."""
    day = days.number(as_of)
    benchmark = history.benchmark(product_id, definition, day)
    parts = _parts(product_id, definition, kind, id, day)
    raw = sum(part["points"] for part in parts)
    for part in parts:
        part["share"] = part["points"] / raw if raw else 0.0
    explained: dict[str, Any] = {
        "as_of": as_of, "raw": raw, "benchmark": benchmark, "curve": definition.curve, "parts": parts,
    }  # fmt: skip
    if kind == "account":
        explained["users"] = _users(product_id, definition, id, day, benchmark)
    return explained | {"score": history.history(product_id, definition, kind, id, as_of, as_of)[0]["score"]}


def compare(
    product_id: int, definition: Definition, kind: Kind, id: int, first: date, last: date
) -> dict[str, list[dict[str, Any]]]:
    """Two windows side by side, one ending on each day: per event the counts and points before and after."""
    before, after = (
        {part["event"]: part for part in _parts(product_id, definition, kind, id, days.number(day))}
        for day in (first, last)
    )
    events = [
        {
            "event": event,
            "weight": part["weight"],
            "count_before": before[event]["count"],
            "count_after": part["count"],
            "points_before": before[event]["points"],
            "points_after": part["points"],
        }
        for event, part in after.items()
    ]
    return {"events": sorted(events, key=lambda row: -abs(row["points_after"] - row["points_before"]))}


def _parts(product_id: int, definition: Definition, kind: Kind, id: int, day: int) -> list[dict[str, Any]]:
    names = list(definition.events.items())
    rows = facts().store.rows(ASK[kind], id=id, as_of=day, **values.of(product_id, definition))
    parts = []
    for row in rows:
        event, weight = names[row["position"]]
        parts.append({"event": event, "count": row["count"], "weight": weight, "points": row["count"] * weight})
    return sorted(parts, key=lambda part: (-part["points"], -part["weight"], part["event"]))


def _users(product_id: int, definition: Definition, id: int, day: int, benchmark: float | None) -> list[dict[str, Any]]:
    given = values.of(product_id, definition)
    rows = facts().store.rows(ASK["users_of_account"], id=id, as_of=day, b=benchmark, **given)
    names = people.names(product_id, "user", [row["id"] for row in rows])
    return [{"id": row["id"], "name": names[row["id"]], "score": row["score"], "raw": row["raw"]} for row in rows]

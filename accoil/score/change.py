"""Why a score changed from one day to another: whole numbers that add up to the change, exactly."""

from datetime import date
from typing import Any

from accoil.count import days
from accoil.count.facts import facts
from accoil.count.ids import Kind
from accoil.score import history, summaries, values
from accoil.score.counted import counted
from accoil.score.definition import Definition
from accoil.store.questions import beside
from accoil.store.store import Value

ASK = beside(__file__, "change")

Then = tuple[Definition, date]
PARTS = ("definition", "membership", "behaviour", "benchmark")


def why(product_id: int, before: Then, after: Then, kind: Kind, id: int) -> dict[str, Any]:
    """The change of a user's or account's score from one day, scored as it was then, to another.

    `change` = `score_after` − `score_before`, and `parts` (definition, membership, behaviour, benchmark) sum to it:
    each is what the score moves by when only that is taken as it is afterwards, in this order. `change_alike` is the
    change under the definition of afterwards on both days; it differs where the definition changed.
    `events`: event, weight, count_before, count_after, gained and aged_out (points), the largest move first; gained −
    aged_out sums to `raw_after` − `raw_before`. `active_before`, `active_after`: people with points; `joined`, `left`:
    people whose account it became or ceased to be.
    """
    (old, first), (new, last) = before, after
    places, given = _asked(product_id, before, after, kind, id)
    b_old, b_before, b_after = (
        summaries.benchmark(product_id, definition, day)
        for definition, day in ((old, first), (new, first), (new, last))
    )
    given |= {"b_old": b_old or b_after, "b_before": b_before or b_after, "b_after": b_after}
    steps = facts().store.rows(ASK["steps"], places, **given)[0]
    scores = [int(steps[f"s{step}"]) for step in range(5)]
    parts = {part: scores[step + 1] - scores[step] for step, part in enumerate(PARTS)}
    names = list(new.events.items())
    events = [_event(row, *names[row["position"]]) for row in facts().store.rows(ASK["events"], places, **given)]
    return {
        "from": first,
        "to": last,
        "score_before": scores[0],
        "score_after": scores[4],
        "change": scores[4] - scores[0],
        "change_alike": scores[4] - scores[1],
        "definition_changed": old != new,
        "parts": parts,
        "events": sorted(events, key=lambda row: (-abs(row["gained"] - row["aged_out"]), row["event"])),
        "raw_before": history.plain(steps["raw_before"]),
        "raw_after": history.plain(steps["raw_after"]),
        "benchmark_before": b_old,
        "benchmark_after": b_after,
        "active_before": int(steps["active_before"]),
        "active_after": int(steps["active_after"]),
        "joined": int(steps["joined"]),
        "left": int(steps["gone"]),
    }


def _asked(product_id: int, before: Then, after: Then, kind: Kind, id: int) -> tuple[dict[str, str], dict[str, Value]]:
    (old, first), (new, last) = before, after
    was, given = values.of(product_id, old), values.of(product_id, new)
    given |= {
        "id": id, "from_day": days.number(first), "to_day": days.number(last), "of_account": kind == "account",
        "old_win": was["win"], "old_events": was["events"], "old_weights": was["weights"], "old_curve": was["curve"],
    }  # fmt: skip
    places = {"whose": f"{kind}_id", "old_counts": "counts", "counts": "counts"}
    for name, definition, day in (("old", old, first), ("before", new, first), ("after", new, last)):
        who = counted(facts(), product_id, definition, days.number(day))
        places[name], given[f"all_{name}"] = who.table, who.everyone
    return places, given


def _event(row: dict[str, Any], event: str, weight: int) -> dict[str, Any]:
    figures = {name: history.plain(row[name]) for name in ("count_before", "count_after", "gained", "aged_out")}
    return {"event": event, "weight": weight, **figures}

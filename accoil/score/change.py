"""Why a score changed from one day to another: whole numbers that add up to the change, exactly."""

from datetime import date
from typing import Any

from accoil.count import days
from accoil.count.facts import facts
from accoil.count.ids import Kind
from accoil.score import summaries, values
from accoil.score.counted import counted, what_makes_points
from accoil.score.definition import Definition
from accoil.score.history import plain
from accoil.store.questions import beside
from accoil.store.store import Value

ASK = beside(__file__, "change")

Then = tuple[Definition, date]
PARTS = ("definition", "membership", "behaviour", "benchmark")


def why(product_id: int, before: Then, after: Then, kind: Kind, id: int, done: str = "counts") -> dict[str, Any]:
    """The change of a user's or account's score from one day, scored as it was then, to another.

    `change` = `score_after` − `score_before`, and `parts` (definition, membership, behaviour, benchmark) sum to it:
    each is what the score moves by when only that is taken as it is afterwards, in this order. `change_alike` is the
    change under the definition of afterwards on both days; it differs where the definition changed.
    `window`: days, of the definition afterwards. `events`: event, weight, count_before, count_after, gained and
    aged_out (points), the largest move first; gained − aged_out sums to `raw_after` − `raw_before` (of an account
    under a daily cap these are fractions). `active_before`, `active_after`: people with points; `joined`, `left`:
    people whose account it became or ceased to be. `done`: a table of what it did, where it was put aside.
    """
    (old, first), (new, last) = before, after
    places, given = _asked(product_id, before, after, kind, id)
    b_old, b_before, b_after = (
        summaries.benchmark(product_id, definition, day)
        for definition, day in ((old, first), (new, first), (new, last))
    )
    given |= {"b_old": b_old or b_after, "b_before": b_before or b_after, "b_after": b_after}
    of_then = (old, days.number(first) - old.window + 1, days.number(first))
    of_both = (new, days.number(min(first, last)) - new.window + 1, days.number(max(first, last)))
    with what_makes_points(product_id, *of_then, done) as then, what_makes_points(product_id, *of_both, done) as both:
        places |= {"old_counts": then, "counts": both}
        steps = facts().store.rows(ASK["steps"], places, **given)[0]
        rows = facts().store.rows(ASK["events"], places, **given)
    if new.daily_cap is not None:  # they were done as often as they were done, also where that makes no more points
        whole = facts().store.rows(ASK["events"], {**places, "counts": done}, **given)
        often = {row["position"]: row for row in whole}
        rows = [{**often[row["position"]], "gained": row["gained"], "aged_out": row["aged_out"]} for row in rows]
    scores = [int(steps[f"s{step}"]) for step in range(5)]
    parts = {part: scores[step + 1] - scores[step] for step, part in enumerate(PARTS)}
    names = list(new.events.items())
    events = [_event(row, *names[row["position"]]) for row in rows]
    return {
        "from": first,
        "to": last,
        "window": new.window,
        "score_before": scores[0],
        "score_after": scores[4],
        "change": scores[4] - scores[0],
        "change_alike": scores[4] - scores[1],
        "definition_changed": old != new,
        "parts": parts,
        "events": sorted(events, key=lambda row: (-abs(row["gained"] - row["aged_out"]), row["event"])),
        "raw_before": _plain(steps["raw_before"]),
        "raw_after": _plain(steps["raw_after"]),
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
    # A user's parts for several accounts make whole points together.
    places = {"whose": f"{kind}_id", "together": "whole" if kind == "user" else "as_it_is"}
    for name, definition, day in (("old", old, first), ("before", new, first), ("after", new, last)):
        who = counted(facts(), product_id, definition, days.number(day))
        places[name], given[f"all_{name}"] = who.table, who.everyone
    return places, given


def _event(row: dict[str, Any], event: str, weight: int) -> dict[str, Any]:
    figures = {name: _plain(row[name]) for name in ("count_before", "count_after", "gained", "aged_out")}
    return {"event": event, "weight": weight, **figures}


def _plain(amount: Any) -> int | float:
    """Fractions, which there are under a daily cap alone, without the dust of adding them."""
    return plain(round(amount, 6))

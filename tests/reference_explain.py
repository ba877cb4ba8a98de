"""Why a number is what it is, a second time: slow and obvious, as the numbers themselves in `reference`."""

from collections import Counter, defaultdict
from datetime import date
from fractions import Fraction

from tests.reference import (
    Definition,
    account_scores,
    benchmark,
    in_window,
    making_points,
    member_scores,
    population,
    raws,
    user_scores,
)
from tests.reference_facts import Row, World


def explain(world: World, definition: Definition, kind: str, id: str, as_of: date) -> Row:
    """The events behind a number, most points first; `users` of an account are its active ones. Exact: nothing is
    rounded to one decimal."""
    count: Counter[str] = Counter()
    points: dict[str, Fraction] = defaultdict(Fraction)
    who, facts = population(world, definition, as_of), world.attributed()
    for (user, account, event, day), n in making_points(world, definition).items():
        if user in who and id == (user if kind == "user" else account) and in_window(day, as_of, definition.window):
            count[event] += facts[user, account, event, day]
            points[event] += n * definition.events.get(event, 0)
    points = {event: amount for event, amount in points.items() if event in definition.events}
    raw = sum(points.values(), Fraction())
    parts = [
        {
            "event": event, "count": count[event], "weight": definition.events[event],
            "points": points[event], "share": float(points[event] / raw),
        }
        for event in sorted(points, key=lambda event: (-points[event], event))
    ]  # fmt: skip
    whole = user_scores if kind == "user" else account_scores
    answer = {
        "as_of": as_of, "raw": raw, "score": whole(world, definition, as_of).get(id, 0),
        "benchmark": benchmark(world, definition, as_of), "curve": definition.curve, "parts": parts,
    }  # fmt: skip
    if kind == "account":
        scores = member_scores(world, definition, as_of).get(id, {})
        by_pair = raws(world, definition, as_of)
        answer["users"] = [
            {"id": user, "name": world.name("user", user, as_of), "score": score, "raw": by_pair[user, id]}
            for user, score in sorted(scores.items(), key=lambda pair: (-pair[1], pair[0]))
        ]
    return answer

"""Why a score changed, a second time, slow and obvious: each step of the specification is counted anew."""

from collections import defaultdict
from datetime import date, timedelta
from fractions import Fraction

from tests.reference import Definition, benchmark, curve, making_points, population, raws, rounded_mean
from tests.reference_facts import Row, World

Raws = dict[str, Fraction]  # user → points, of one user, or of the users of one account


def why(world: World, before: tuple[Definition, date], after: tuple[Definition, date], kind: str, id: str) -> Row:
    (old, first), (new, last) = before, after
    b_after = benchmark(world, new, last)
    b_old, b_before = benchmark(world, old, first) or b_after, benchmark(world, new, first) or b_after
    then, now = raws_of(world, new, first, kind, id), raws_of(world, new, last, kind, id)
    moved = movers(world, id, first, last) if kind == "account" else set()
    half_way = {user: raw for user, raw in then.items() if user not in moved}
    half_way |= {user: raw for user, raw in now.items() if user in moved}
    steps = [
        score(old, raws_of(world, old, first, kind, id), b_old),
        score(new, then, b_before),
        score(new, half_way, b_before),
        score(new, now, b_before),
        score(new, now, b_after),
    ]
    names = ("definition", "membership", "behaviour", "benchmark")
    return {
        "score_before": steps[0],
        "score_after": steps[4],
        "parts": {name: steps[place + 1] - steps[place] for place, name in enumerate(names)},
        "raw_before": sum(then.values()),
        "raw_after": sum(now.values()),
        "events": moves(world, new, first, last, kind, id),
    }


def raws_of(world: World, definition: Definition, day: date, kind: str, id: str) -> Raws:
    found: Raws = defaultdict(Fraction)
    for (user, account), raw in raws(world, definition, day).items():
        if id == (user if kind == "user" else account):
            found[user] += raw
    return dict(found)


def score(definition: Definition, of_users: Raws, against: float | None) -> int:
    scores = [curve(definition, raw, against) for raw in of_users.values() if raw > 0]
    return rounded_mean(scores) if scores else 0


def movers(world: World, account: str, first: date, last: date) -> set[str]:
    """Users whose membership in force is the account on exactly one of the days; nobody is a member unseen."""
    return {
        user
        for user in world.users(last) | world.users(first)
        if is_member(world, user, account, first) != is_member(world, user, account, last)
    }


def is_member(world: World, user: str, account: str, day: date) -> bool:
    return world.first_day("user", user) <= day and world.membership(user, day) == account


def moves(world: World, definition: Definition, first: date, last: date, kind: str, id: str) -> dict[str, Row]:
    """Per event what was done then and now, and the points that came and went."""
    found: dict[str, Row] = {}
    window = timedelta(days=definition.window)
    were, are = population(world, definition, first), population(world, definition, last)
    facts = world.attributed()
    for (user, account, event, day), n in making_points(world, definition).items():
        if event not in definition.events or id != (user if kind == "user" else account):
            continue
        then = user in were and first - window < day <= first
        now = user in are and last - window < day <= last
        if not (then or now):
            continue
        row = found.setdefault(event, dict.fromkeys(("count_before", "count_after", "gained", "aged_out"), 0))
        row["count_before"] += facts[user, account, event, day] if then else 0
        row["count_after"] += facts[user, account, event, day] if now else 0
        row["gained"] += n * definition.events[event] if now and not then else 0
        row["aged_out"] += n * definition.events[event] if then and not now else 0
    return found

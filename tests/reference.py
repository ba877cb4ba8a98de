"""The numbers a second time, slow and obvious, to be compared with what the product's SQL says.

Each function is a sentence of the specification of the numbers; nothing is kept, everything is counted again. Rows
have the keys of a book's rows. A definition without events, on which the specification is silent, has adoption 0.
"""

import math
from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from tests.reference_facts import Message, Row, World, money, text

__all__ = ["Definition", "Message", "World", "benchmark", "explain", "score_accounts", "score_users"]


@dataclass(frozen=True)
class Definition:
    """Event names with their weights, the window in days, a fixed benchmark or None for the moving one, the curve."""

    events: dict[str, int]
    window: int = 7
    benchmark: float | None = None
    curve: str = "exponential"


def in_window(day: date, as_of: date, days: int) -> bool:
    return as_of - timedelta(days=days) < day <= as_of


def raws(world: World, definition: Definition, as_of: date) -> Counter[tuple[str, str | None]]:
    """Points of (user, account) in the window."""
    points: Counter[tuple[str, str | None]] = Counter()
    for (user, account, event, day), n in world.attributed().items():
        if event in definition.events and in_window(day, as_of, definition.window):
            points[user, account] += definition.events[event] * n
    return points


def user_raws(world: World, definition: Definition, as_of: date) -> Counter[str]:
    points: Counter[str] = Counter()
    for (user, _), raw in raws(world, definition, as_of).items():
        points[user] += raw
    return points


def benchmark(world: World, definition: Definition, as_of: date) -> float | None:
    if definition.benchmark is not None:
        return definition.benchmark
    ranked = sorted(raw for raw in user_raws(world, definition, as_of).values() if raw > 0)
    if not ranked:
        return None
    position = Fraction(9, 10) * (len(ranked) - 1)
    below = math.floor(position)
    above = min(below + 1, len(ranked) - 1)
    percentile = ranked[below] + (position - below) * (ranked[above] - ranked[below])
    return math.floor(10 * percentile + Fraction(1, 2)) / 10


def curve(definition: Definition, raw: int, against: float | None) -> int:
    if raw == 0 or against is None:
        return 0
    linear = definition.curve == "linear"
    share = (100 * raw) / against if linear else 100 * (1 - 10 ** (-raw / against))
    return max(1, min(100, math.floor(share + 0.5 + 1e-9)))


def user_scores(world: World, definition: Definition, as_of: date) -> dict[str, int]:
    against = benchmark(world, definition, as_of)
    return {user: curve(definition, raw, against) for user, raw in user_raws(world, definition, as_of).items()}


def member_scores(world: World, definition: Definition, as_of: date) -> dict[str, dict[str, int]]:
    """For every account the scores of its active users, from the part of their points that belongs to it."""
    against = benchmark(world, definition, as_of)
    scores: dict[str, dict[str, int]] = {}
    for (user, account), raw in raws(world, definition, as_of).items():
        if account is not None and raw > 0:
            scores.setdefault(account, {})[user] = curve(definition, raw, against)
    return scores


def account_scores(world: World, definition: Definition, as_of: date) -> dict[str, int]:
    scores = member_scores(world, definition, as_of)
    return {account: rounded_mean(list(of_users.values())) for account, of_users in scores.items()}


def rounded_mean(scores: list[int]) -> int:
    """Halves up, as in 82.5 → 83; integers, so nothing can tip over."""
    return (2 * sum(scores) + len(scores)) // (2 * len(scores))


def changes(now: int, yesterday: int, last_period: int) -> Row:
    both = {"score_yesterday": yesterday, "score_last_period": last_period}
    return {"score": now, **both, "change": now - last_period}


def habits(definition: Definition, done: set[tuple[str, date]], as_of: date) -> Row:
    """What follows from the (event, day) of scored events alone, a user's or those of all users of an account."""
    done = {(event, day) for event, day in done if event in definition.events and day <= as_of}
    recent = {(event, day) for event, day in done if in_window(day, as_of, definition.window)}
    ever, lately = len({event for event, _ in done}), len({event for event, _ in recent})
    return {
        "frequency": len({day for _, day in recent}),
        "adoption": lately / len(definition.events) if definition.events else 0,
        "lifetime_adoption": ever / len(definition.events) if definition.events else 0,
        "overall_scored_events": ever,
        "recently_scored_events": lately,
        "last_active": max((day for _, day in done), default=None),
    }


def life(world: World, kind: str, id: str, as_of: date) -> Row:
    created_on = world.created_on(kind, id, as_of)
    return {
        "name": world.name(kind, id, as_of),
        "first_day": world.first_day(kind, id),
        "created_on": created_on,
        "tenure": max(0, (as_of - created_on).days),
    }


def score_users(world: World, definition: Definition, as_of: date) -> dict[str, Row]:
    raw = user_raws(world, definition, as_of)
    now, yesterday, last_period = (
        user_scores(world, definition, as_of - timedelta(days=back)) for back in (0, 1, definition.window)
    )
    facts = world.attributed()
    rows = {}
    for user in world.users(as_of):
        traits = world.traits("user", user, as_of)
        rows[user] = {
            "raw": raw[user],
            **changes(now.get(user, 0), yesterday.get(user, 0), last_period.get(user, 0)),
            **habits(definition, {(event, day) for who, _, event, day in facts if who == user}, as_of),
            **life(world, "user", user, as_of),
            "account": world.membership(user, as_of),
            "email": text(traits.get("email")),
            "role": text(traits.get("role")),
        }
    return rows


def score_accounts(world: World, definition: Definition, as_of: date) -> dict[str, Row]:
    by_pair = raws(world, definition, as_of)
    members = member_scores(world, definition, as_of)
    now, yesterday, last_period = (
        account_scores(world, definition, as_of - timedelta(days=back)) for back in (0, 1, definition.window)
    )
    facts = world.attributed()
    rows = {}
    for account in world.users_by_account(as_of):
        traits = world.traits("account", account, as_of)
        active = members.get(account, {})
        here = {(user, event, day) for user, where, event, day in facts if where == account}
        total = {user for user, _, day in here if in_window(day, as_of, 90)}
        rows[account] = {
            "raw": sum(raw for (_, where), raw in by_pair.items() if where == account),
            **changes(now.get(account, 0), yesterday.get(account, 0), last_period.get(account, 0)),
            "total_score": sum(active.values()),
            "active_users": len(active),
            "total_users": len(total),
            "active_percent": len(active) / len(total) if total else 0,
            **habits(definition, {(event, day) for _, event, day in here}, as_of),
            **life(world, "account", account, as_of),
            "mrr": money(traits.get("mrr")),
            "plan": text(traits.get("plan")),
            "status": text(traits.get("status")),
        }
    return rows


def explain(world: World, definition: Definition, kind: str, id: str, as_of: date) -> Row:
    """The events behind a number, most points first; `users` of an account are its active ones."""
    count: Counter[str] = Counter()
    for (user, account, event, day), n in world.attributed().items():
        if id == (user if kind == "user" else account) and in_window(day, as_of, definition.window):
            count[event] += n
    points = {event: n * definition.events[event] for event, n in count.items() if event in definition.events}
    raw = sum(points.values())
    parts = [
        {
            "event": event, "count": count[event], "weight": definition.events[event],
            "points": points[event], "share": points[event] / raw,
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

"""The numbers a second time, slow and obvious, to be compared with what the product's SQL says.

Each function is a sentence of the specification of the numbers; nothing is kept, everything is counted again. Rows
have the keys of a book's rows. A definition without events, on which the specification is silent, has adoption 0.
Where the specification is silent of activation, this is what is taken for right: `activated_on` is told of those who
have met all steps; a step has a day where it is an event or a feature done so often, ever or since created-at.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING

from tests.reference_facts import Fact, Message, Row, World, money, text

if TYPE_CHECKING:
    from tests.reference_rules import View

__all__ = ["Definition", "Message", "World", "benchmark", "score_accounts", "score_users"]


@dataclass(frozen=True)
class Definition:
    """Event names with their weights, the window in days, a fixed benchmark or None for the moving one, the curve."""

    events: dict[str, int]
    window: int = 7
    benchmark: float | None = None
    curve: str = "exponential"
    daily_cap: int | None = None
    filter: Row | None = None  # a rule, as it is written
    exclude_users: tuple[str, ...] = ()
    exclude_accounts: tuple[str, ...] = ()
    internal_domains: tuple[str, ...] = ()
    user_steps: tuple[Row, ...] = ()
    account_steps: tuple[Row, ...] = ()
    features: Mapping[str, Sequence[str]] = field(default_factory=dict)


def population(world: World, definition: Definition, as_of: date) -> set[str]:
    """The users who count that day."""
    return {user for user in world.users(as_of) if not left_out(world, definition, user, as_of)}


def left_out(world: World, definition: Definition, user: str, as_of: date) -> bool:
    from tests.reference_rules import View, holds  # rules ask for scores, and scores for a rule

    if user in definition.exclude_users or world.membership(user, as_of) in definition.exclude_accounts:
        return True
    address = text(world.traits("user", user, as_of).get("email")) or ""
    host = address.rsplit("@", 1)[1].lower() if "@" in address else ""
    if any(host == domain or host.endswith("." + domain) for domain in definition.internal_domains):
        return True
    everyone = View(world, definition, as_of, features=definition.features)
    return definition.filter is not None and not holds(definition.filter, "user", user, everyone)


def in_window(day: date, as_of: date, days: int) -> bool:
    return as_of - timedelta(days=days) < day <= as_of


def making_points(world: World, definition: Definition) -> dict[Fact, Fraction]:
    """How many of each count: of one event by one user on one day no more than the cap, over all accounts, of which
    each has its share."""
    facts = world.attributed()
    of_day: Counter[tuple[str, str, date]] = Counter()
    for (user, _, event, day), n in facts.items():
        of_day[user, event, day] += n
    cap = definition.daily_cap or math.inf
    return {
        (user, account, event, day): n * Fraction(min(cap, of_day[user, event, day])) / of_day[user, event, day]
        for (user, account, event, day), n in facts.items()
    }


def raws(world: World, definition: Definition, as_of: date) -> dict[tuple[str, str | None], Fraction]:
    """Points of (user, account) in the window, of users who count."""
    points: dict[tuple[str, str | None], Fraction] = defaultdict(Fraction)
    who = population(world, definition, as_of)
    for (user, account, event, day), n in making_points(world, definition).items():
        if user in who and event in definition.events and in_window(day, as_of, definition.window):
            points[user, account] += definition.events[event] * n
    return points


def user_raws(world: World, definition: Definition, as_of: date) -> Counter[str]:
    points: dict[str, Fraction] = defaultdict(Fraction)
    for (user, _), raw in raws(world, definition, as_of).items():
        points[user] += raw
    assert all(raw.denominator == 1 for raw in points.values())
    return Counter({user: int(raw) for user, raw in points.items()})


def one_decimal(amount: Fraction) -> float:
    return math.floor(10 * amount + Fraction(1, 2)) / 10


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


def curve(definition: Definition, raw: int | Fraction, against: float | None) -> int:
    if raw == 0 or against is None:
        return 0
    linear = definition.curve == "linear"
    points = float(raw)
    share = (100 * points) / against if linear else 100 * (1 - 10 ** (-points / against))
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


def life(world: World, kind: str, id: str, as_of: date, created_on: date) -> Row:
    return {
        "name": world.name(kind, id, as_of),
        "first_day": world.first_day(kind, id),
        "created_on": created_on,
        "tenure": max(0, (as_of - created_on).days),
    }


def activation(view: View, kind: str, steps: Sequence[Row], id: str) -> Row:
    """Of the steps met, as bits and as a share; and the day on which the last event step was, when all are met."""
    from tests.reference_rules import holds

    met = [holds(step, kind, id, view) for step in steps]
    days = [reached_on(view, kind, step, id) for step in steps if has_day(step)]
    return {
        "steps_met": sum(1 << place for place, done in enumerate(met) if done),
        "activation": sum(met) / len(steps) if steps else None,
        "activated_on": max(days) if days and all(met) else None,
    }


def has_day(step: Row) -> bool:
    is_event = any(kind in step for kind in ("event", "account_event", "feature"))
    return is_event and step.get("did", True) and "within_days" not in step


def reached_on(view: View, kind: str, step: Row, id: str) -> date:
    """The day on which it had been done often enough; the last of all days if it never was."""
    whose = view.account_of(id) if kind == "user" and "account_event" in step else id
    of = "account" if "account_event" in step else kind
    events = (
        list(view.features[step["feature"]]) if "feature" in step else [step.get("event", step.get("account_event"))]
    )
    running = 0
    for day, n in sorted(view.done(of, whose, events)) if whose is not None else []:
        soon = (day - view.created_on(of, whose)).days < step.get("within_days_of_created", math.inf)
        running += n if soon else 0
        if running >= step.get("at_least", 1):
            return day
    return date.max


def score_users(world: World, definition: Definition, as_of: date) -> dict[str, Row]:
    raw = user_raws(world, definition, as_of)
    now, yesterday, last_period = (
        user_scores(world, definition, as_of - timedelta(days=back)) for back in (0, 1, definition.window)
    )
    facts = world.attributed()
    view = view_of(world, definition, as_of)
    rows = {}
    for user in view.users:
        traits = world.traits("user", user, as_of)
        rows[user] = {
            "raw": raw[user],
            **changes(now.get(user, 0), yesterday.get(user, 0), last_period.get(user, 0)),
            **habits(definition, {(event, day) for who, _, event, day in facts if who == user}, as_of),
            **life(world, "user", user, as_of, world.created_on("user", user, as_of)),
            **activation(view, "user", definition.user_steps, user),
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
    view = view_of(world, definition, as_of)
    facts = [fact for fact in world.attributed() if fact[0] in view.users]
    rows = {}
    for account, users in world.users_by_account(as_of).items():
        if account in definition.exclude_accounts or not users & view.users:
            continue
        traits = world.traits("account", account, as_of)
        active = members.get(account, {})
        here = {(user, event, day) for user, where, event, day in facts if where == account}
        total = {user for user, _, day in here if in_window(day, as_of, 90)}
        rows[account] = {
            "raw": told(sum((raw for (_, where), raw in by_pair.items() if where == account), Fraction()), definition),
            **changes(now.get(account, 0), yesterday.get(account, 0), last_period.get(account, 0)),
            "total_score": sum(active.values()),
            "active_users": len(active),
            "total_users": len(total),
            "active_percent": len(active) / len(total) if total else 0,
            **habits(definition, {(event, day) for _, event, day in here}, as_of),
            **life(world, "account", account, as_of, view.created_on("account", account)),
            **activation(view, "account", definition.account_steps, account),
            "mrr": money(traits.get("mrr")),
            "plan": text(traits.get("plan")),
            "status": text(traits.get("status")),
        }
    return rows


def told(raw: Fraction, definition: Definition) -> int | float:
    """Of an account: whole, or under a cap to one decimal."""
    return int(raw) if definition.daily_cap is None else one_decimal(raw)


def view_of(world: World, definition: Definition, as_of: date) -> View:
    from tests.reference_rules import View

    return View(world, definition, as_of, population(world, definition, as_of), features=definition.features)

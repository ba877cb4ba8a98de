"""Why an automation fired, or why it did not, in words: the move, and the numbers it rests on."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from accoil.act.text import NAMES
from accoil.count.ids import Kind
from accoil.rule.tree import EVERYTHING, check, mentions, words
from accoil.score.wording import count
from accoil.segment.models import Reason

Row = Mapping[str, Any]

WORDS = {Reason.FACTS: "something was received", Reason.DAY: "a day passed"}
# What a row of a book has for a metric, as NAMES of texts call it, and what people call it.
METRICS = {
    "mrr": ("mrr", "MRR"), "activation": ("activation", "activation"), "adoption": ("adoption", "adoption"),
    "active_users": ("active_users", "active users"), "total_users": ("total_users", "users"),
    "frequency": ("frequency", "days active"), "last_active": ("last_active", "last active"),
    "created_at": ("created", "created"),
}  # fmt: skip


def moved(trigger: Row, scope: Kind, reason: Reason, row: Row | None, window: int) -> str:
    """“Entered At risk because something was received; score 22 (−9 in 30 days).”"""
    return f"{_move(trigger, scope, row)} because {WORDS[reason]}; {numbers(scope, row, window)}."


def numbers(scope: Kind, row: Row | None, window: int) -> str:
    if row is None:
        return f"the profile does not count this {scope} now"
    change = f"{row['change']:+d} in" if row["change"] else "as it was"
    told = f"score {row['score']} ({change} {count(window, 'day')}{'' if row['change'] else ' ago'})".replace("-", "−")
    if row.get("activation") is not None:
        told += f", activation {NAMES[scope]['activation'](row)}"
    return told


def not_held(condition: Any, scope: Kind, row: Row | None) -> str:
    """“Not done: MRR above $100 does not hold (MRR $50).”"""
    rule = check(condition, scope, EVERYTHING)
    asked = [METRICS[name] for name in mentions(rule).metrics if name in METRICS and METRICS[name][0] in NAMES[scope]]
    now = [f"{label} {NAMES[scope][name](row) or 'unknown'}" for name, label in asked] if row else []
    told = f" ({', '.join(now)})" if now else ""
    return f"Not done: {words(rule, scope)} does not hold{told}."


def cooling(last: datetime, now: datetime, hours: int) -> str:
    """“Not done: it was done 3 hours ago, and the cool-down is 24 hours.”"""
    return f"Not done: it was done {_ago(now - last)} ago, and the cool-down is {count(hours, 'hour')}."


def too_late(at: datetime, now: datetime) -> str:
    """“Not done: that was 3 days ago, and the automation could not act before now.”"""
    return f"Not done: that was {_ago(now - at)} ago, and the automation could not act before now."


def not_first(scope: Kind) -> str:
    return f"Not done: the profile counted this {scope} before, so it is not new."


def not_below(scope: Kind) -> str:
    """Of who left those above, and is not below now."""
    return f"Not done: the score of this {scope} is not below that now, or the profile counts it no more."


def _move(trigger: Row, scope: Kind, row: Row | None) -> str:
    key, given = next(iter(trigger.items()))
    match key:
        case "enters":
            return f"Entered {given}"
        case "leaves":
            return f"Left {given}"
        case "stage":
            return f"Entered the stage {given}"
        case "new":
            return f"New {scope}"
        case "becomes":
            return f"Came to match “{words(check(given, scope, EVERYTHING), scope)}”"
        case "activation" if "step" in given:
            return f"Did step {given['step']} of the activation"
        case "activation":
            return f"Activation reached {given['reaches']} %"
    return _score(given)


def _score(given: Row) -> str:
    over = f" within {given['days']} days" if "days" in given else ""
    if "rises" in given:
        return f"Score rose by {given['rises']} or more{over}"
    if "falls" in given:
        return f"Score fell by {given['falls']} or more{over}"
    above = "rises_above" in given
    return f"Score rose above {given['rises_above']}" if above else f"Score dropped below {given['drops_below']}"


def _ago(since: timedelta) -> str:
    minutes = int(since.total_seconds() // 60)
    if minutes < 1:
        return "less than a minute"
    if minutes < 60:
        return count(minutes, "minute")
    hours = minutes // 60
    return count(hours, "hour") if hours < 48 else count(hours // 24, "day")

"""A change of a score as a waterfall and a table that add up, and where the definition changed. No number is made
here."""

from collections.abc import Mapping
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from accoil.count.ids import Kind
from accoil.score import change_words
from accoil.score.change import PARTS
from accoil.score.diff import sentence as differences
from accoil.score.in_force import in_force
from accoil.score.models import Profile
from accoil.show import words
from accoil.show.charts import WIDTH

Row = Mapping[str, Any]

MOST_EVENTS = 12
TITLES: dict[Kind, dict[str, str]] = {
    "account": {
        "definition": "How events are scored", "membership": "Who joined and left", "behaviour": "What its people did",
        "benchmark": "What everybody else did",
    },
    "user": {
        "definition": "How events are scored", "behaviour": "What was done", "benchmark": "What everybody else did",
    },
}  # fmt: skip


def waterfall(told: Row, kind: Kind) -> list[dict[str, Any]]:
    """The score then, what each part moved it by, and the score now: with bars that begin where the last one ended."""
    score = told["score_before"]
    rows = [{"title": f"Score on {words.short_day(told['from'])}", "score": score, **_bar(0, score)}]
    for part in PARTS:
        points = told["parts"][part]
        if part not in TITLES[kind] or (part == "definition" and not told["definition_changed"]):
            continue
        rows.append({
            "title": TITLES[kind][part], "points": points, "note": _note(part, told), **_bar(score, score + points),
        })  # fmt: skip
        score += points
    rows.append({"title": f"Score on {words.short_day(told['to'])}", "score": score, **_bar(0, score)})
    return rows


def _bar(start: int, end: int) -> dict[str, float]:
    """On a scale of 0 to 100."""
    low, high = sorted((start, end))
    return {"x": low * WIDTH / 100, "width": (high - low) * WIDTH / 100}


def _note(part: str, told: Row) -> str:
    if part == "membership" and (told["joined"] or told["left"]):
        return change_words.moved(told)
    if part == "benchmark":
        before, after = told["benchmark_before"], told["benchmark_after"]
        if before and after:
            same = before == after
            return "benchmark unchanged" if same else f"benchmark {words.number(before)} → {words.number(after)}"
    if part == "behaviour" and told["parts"]["behaviour"]:
        return change_words.did(told, told["to"])
    return ""


def events(told: Row) -> list[dict[str, Any]]:
    """The events that moved points, the largest move first, each with its net."""
    moved = [event for event in told["events"] if event["gained"] or event["aged_out"]]
    return [{**event, "lost": -event["aged_out"], "net": change_words.net(event)} for event in moved[:MOST_EVENTS]]


def totals(told: Row) -> dict[str, float]:
    """Of all events, also those that the table leaves out."""
    gained, aged_out = (sum(event[name] for event in told["events"]) for name in ("gained", "aged_out"))
    return {"gained": gained, "lost": -aged_out, "net": gained - aged_out}


def versions(profile: Profile, first: date, last: date) -> dict[date, str]:
    """The days on which another version came into force, with what it changed."""
    stretches = in_force(profile, first - timedelta(days=1), last)
    found = {}
    for (before, *_), (version, since, _) in pairwise(stretches):
        what = differences(before.parsed, version.parsed)
        found[since] = f"Version {version.number}: {what or 'nothing that counts changed'}"
    return found

"""A profile as somebody is writing it: read from the form, shown again as typed, made a definition when asked."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.http import QueryDict

from accoil.refused import Refused
from accoil.score.definition import Definition
from accoil.score.reading import WINDOWS
from accoil.show import words
from accoil.show.proposal import Judged, propose
from accoil.show.whole import whole

MOST_OTHERS = 150  # unscored events offered; whoever misses one types its name
NOTHING = {"count_30d": 0, "users_30d": 0, "accounts_30d": 0}

ON_THE_FORM = ("window", "events", "benchmark", "curve", "daily_cap")

Known = Mapping[str, Any]


@dataclass(frozen=True)
class Weighed:
    """One event in the list: its weight, whether it counts, and who used it in the last 30 days."""

    event: str
    weight: int
    scored: bool
    count: int = 0
    users: int = 0
    accounts: int = 0
    share: int = 0  # of all points, in percent
    reason: str = ""

    @property
    def about(self) -> str:
        """Why it was proposed; else who uses it."""
        return self.reason or self.used_by

    @property
    def used_by(self) -> str:
        if not self.count:
            return "not seen in 30 days"
        if not self.accounts:
            return words.count(self.users, "user")
        return f"{words.count(self.users, 'user')}, {words.count(self.accounts, 'account')}"


@dataclass(frozen=True)
class Draft:
    """What the form holds. Texts stay as typed until `definition` reads them."""

    name: str = ""
    note: str = ""
    window: str = "7"
    benchmark: str = "moving"
    fixed: str = ""
    curve: str = "exponential"
    daily_cap: str = ""
    events: list[Weighed] = field(default_factory=list)
    kept: Mapping[str, Any] = field(default_factory=dict)  # what the version says that no field of the form does

    @property
    def scored(self) -> list[Weighed]:
        return [event for event in self.events if event.scored]

    @property
    def others(self) -> list[Weighed]:
        return [event for event in self.events if not event.scored]

    def definition(self) -> Definition:
        """Raises Refused with a sentence about the first thing that is wrong."""
        if not self.scored:
            raise Refused("No event counts yet: tick or type at least one, and see here what it does.")
        if self.benchmark == "fixed" and not self.fixed:
            raise Refused("Write the fixed benchmark: how many points make a score of 90.")
        benchmark = "moving_p90" if self.benchmark == "moving" else {"fixed": _amount(self.fixed)}
        return Definition.check(
            {
                **self.kept,
                "window": _typed(self.window),
                "events": {event.event: event.weight for event in self.scored},
                "benchmark": benchmark,
                "curve": self.curve,
                "daily_cap": _typed(self.daily_cap) or None,
            }
        )


def written(definition: Definition, known: Sequence[Known], name: str = "") -> Draft:
    """A definition as a draft, with all other known events below it."""
    return Draft(
        name=name,
        window=str(definition.window),
        benchmark="moving" if definition.benchmark is None else "fixed",
        fixed="" if definition.benchmark is None else words.number(definition.benchmark).replace(",", ""),
        curve=definition.curve,
        daily_cap="" if definition.daily_cap is None else str(definition.daily_cap),
        events=listed(definition.events, known),
        kept=_kept(definition),
    )


def proposed(judged: Sequence[Judged], known: Sequence[Known], name: str) -> Draft:
    """A profile as suggested by the events that arrived, each with the reason for its weight."""
    weights = {each.event: each.weight for each in judged}
    reasons = {each.event: each.reason for each in judged}
    events = listed({each.event: each.weight for each in propose(judged)}, known, weights)
    return Draft(name=name, events=[replace(event, reason=reasons.get(event.event, "")) for event in events])


def read(form: QueryDict, known: Sequence[Known], now: Definition | None = None) -> Draft:
    """What was typed and ticked. An event typed by name joins the list, ticked. What the form does not show (filter,
    exclusions, steps) stays as the definition in force, `now`, has it."""
    events: dict[str, int] = {}
    others: dict[str, int] = {}
    for key in form:
        if not key.startswith("event-"):
            continue
        place = key.removeprefix("event-")
        kept = events if form.get(f"scored-{place}") else others
        kept[form.get(key, "")] = _weight(form.get(f"weight-{place}"))
    if typed := form.get("another", "").strip():
        events.setdefault(typed, 5)
    return Draft(
        name=form.get("name", ""),
        note=form.get("note", ""),
        window=form.get("window", "7"),
        benchmark="fixed" if form.get("benchmark") == "fixed" else "moving",
        fixed=form.get("fixed", "").strip(),
        curve=form.get("curve", "exponential"),
        daily_cap=form.get("daily_cap", "").strip(),
        events=listed(events, known, others),
        kept=_kept(now) if now else {},
    )


def with_feature(draft: Draft, events: Sequence[str], weight: int, known: Sequence[Known]) -> Draft:
    """All events of a feature count, with this weight; with 0 none of them does. The others stay as they are."""
    scored = {event.event: event.weight for event in draft.scored}
    others = {event.event: event.weight for event in draft.others}
    for event in events:
        if weight:
            scored[event] = weight
        elif event in scored:
            others[event] = scored.pop(event)
    return replace(draft, events=listed(scored, known, others))


def listed(
    weights: Mapping[str, int], known: Sequence[Known], others: Mapping[str, int] | None = None
) -> list[Weighed]:
    """Scored events by their share of the points, then the others by how many people use them."""
    by_name = {event["event"]: event for event in known}
    points = {name: weight * by_name.get(name, NOTHING)["count_30d"] for name, weight in weights.items()}
    total = sum(points.values())
    scored = [
        replace(_weighed(name, weight, True, by_name), share=words.in_percent(points[name] / total) if total else 0)
        for name, weight in weights.items()
    ]
    unscored = [_weighed(name, (others or {}).get(name, 5), False, by_name) for name in _left(weights, known, others)]
    scored.sort(key=lambda event: (-points[event.event], -event.weight, event.event))
    unscored.sort(key=lambda event: (-event.users, -event.count, event.event))
    return scored + unscored[:MOST_OTHERS]


def _kept(definition: Definition) -> dict[str, Any]:
    return {key: value for key, value in definition.to_yaml_dict().items() if key not in ON_THE_FORM}


def _left(weights: Mapping[str, int], known: Sequence[Known], others: Mapping[str, int] | None) -> Iterable[str]:
    names = dict.fromkeys([*(event["event"] for event in known), *(others or {})])
    return [name for name in names if name not in weights]


def _weighed(name: str, weight: int, scored: bool, known: Mapping[str, Known]) -> Weighed:
    seen = known.get(name, NOTHING)
    return Weighed(name, weight, scored, seen["count_30d"], seen["users_30d"], seen["accounts_30d"])


def _weight(text: str | None) -> int:
    # A slider sends only 1–10; anything else is left to Definition.check to refuse by name.
    weight = whole((text or "").removeprefix("-"), 5)
    return -weight if text and text.startswith("-") else weight


def _typed(text: str) -> int | str:
    """What is no number is left to Definition.check too."""
    number = whole(text, -1)
    return text if number < 0 else number


def _amount(text: str) -> float | str:
    try:
        return float(text.replace(",", ""))
    except ValueError:
        return text


WINDOW_CHOICES = [(str(days), words.count(days, "day")) for days in WINDOWS]

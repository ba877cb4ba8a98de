"""A feature as somebody is writing it, and features that suggest themselves by the names of events."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict

from accoil.score.features import Said
from accoil.show import words

SUGGESTED = 6
LEAST_EVENTS = 2  # that make a suggestion

Known = Mapping[str, Any]


@dataclass(frozen=True)
class Choice:
    """One event to tick: who used it lately, and the other feature that it belongs to."""

    event: str
    ticked: bool
    users: int = 0
    other: str = ""

    @property
    def used_by(self) -> str:
        return words.count(self.users, "user") if self.users else "not seen in 30 days"


@dataclass(frozen=True)
class Draft:
    """What the form holds. `typed`: names of events that have not arrived yet, one a line."""

    name: str = ""
    description: str = ""
    events: tuple[str, ...] = ()
    typed: str = ""

    def said(self, id: int = 0) -> Said:
        typed = (line.strip() for line in self.typed.splitlines())
        return Said(id=id, name=self.name, description=self.description, events=(*self.events, *filter(None, typed)))


def written(feature: Said, known: Sequence[Known]) -> Draft:
    arrived = {row["event"] for row in known}
    return Draft(
        name=feature.name,
        description=feature.description,
        events=tuple(event for event in feature.events if event in arrived),
        typed="\n".join(event for event in feature.events if event not in arrived),
    )


def read(form: QueryDict) -> Draft:
    return Draft(
        name=form.get("name", ""),
        description=form.get("description", ""),
        events=tuple(form.getlist("event")),
        typed=form.get("typed", ""),
    )


def choices(draft: Draft, known: Sequence[Known], others: Mapping[str, str]) -> list[Choice]:
    """Those ticked first, in their order; then those of no feature, then those of others. `others`: event → feature."""
    users = {row["event"]: row["users_30d"] for row in known}
    free = [event for event in users if event not in draft.events and event not in others]
    taken = [event for event in users if event not in draft.events and event in others]
    return [
        Choice(event, event in draft.events, users.get(event, 0), others.get(event, ""))
        for event in (*draft.events, *free, *taken)
    ]


@dataclass(frozen=True)
class Suggestion:
    name: str
    events: list[str] = field(default_factory=list)


def suggested(without: Sequence[str]) -> list[Suggestion]:
    """Events of no feature that begin with the same word: Report_Created and Report_Shared make Reports."""
    by_thing: dict[str, list[str]] = {}
    for event in without:
        if thing := _thing(event):
            by_thing.setdefault(thing, []).append(event)
    found = [
        Suggestion(words.plural(thing), events) for thing, events in by_thing.items() if len(events) >= LEAST_EVENTS
    ]
    return sorted(found, key=lambda each: (-len(each.events), each.name))[:SUGGESTED]


def _thing(event: str) -> str:
    """What an event is about: all its words but the last, which says what was done; Viewed Reports is about Reports."""
    said = words.event(event).split()
    if len(said) < 2:
        return ""
    about = said[1:] if re.fullmatch(r"(?i)viewed|opened|started", said[0]) else said[:-1]
    return " ".join(about[:1]).title() if about else ""

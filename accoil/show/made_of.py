"""What a number of one account or user is made of, in a sentence with its figures, and where it is listed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from accoil.count.ids import Kind
from accoil.score.definition import Definition
from accoil.show import reasons, words

Row = Mapping[str, Any]

MOST_NAMED = 4


@dataclass(frozen=True)
class Told:
    """`row`: of the book, as of the day looked at; `explained`: as `accoil.score.explain` says, for what needs it."""

    kind: Kind
    row: Row
    definition: Definition
    today: date
    explained: Row

    @property
    def window(self) -> str:
        days = self.definition.window
        return f"the last {days} days" if days > 1 else "one day"


class Saying(NamedTuple):
    """`place`: the part of the page of the account or user that lists it; `go`: words of the link there."""

    say: Callable[[Told], str]
    place: str
    go: str
    is_asked: bool = False  # needs `explained`


def sentence(key: str, told: Told) -> str:
    """ "" for what nothing is known of."""
    return SAYINGS[key].say(told)


def _score(told: Told) -> str:
    say = reasons.account_score if told.kind == "account" else reasons.user_score
    return say(told.explained)


def _change(told: Told) -> str:
    row, ago = told.row, words.window(told.definition.window)
    return f"{row['score']} now against {row['score_last_period']} {ago} ago, by today’s definition of both days."


def _activation(told: Told) -> str:
    steps = told.explained["steps"]
    done, left = [step["step"] for step in steps if step["met"]], [step["step"] for step in steps if not step["met"]]
    if not steps:
        return "The profile has no steps."
    if not left:
        return f"All {words.count(len(done), 'step')} done: {_named(done)}." if len(done) > 1 else f"Done: {done[0]}."
    opening = f"{len(done)} of {words.count(len(steps), 'step')} done"
    return f"{opening}{': ' if done else ''}{_named(done)}. Left: {_named(left)}."


def _adoption(told: Told) -> str:
    done = [part["event"] for part in told.explained["parts"] if part["count"]]
    left = [event for event in told.definition.events if event not in done]
    opening = f"{len(done)} of the {_events(told)} of this profile {_was(done)} done in {told.window}"
    told_left = f" Not: {_named(map(words.event, left))}." if left else ""
    return f"{opening}{': ' if done else ''}{_named(map(words.event, done))}.{told_left}"


def _adoption_ever(told: Told) -> str:
    ever, lately = told.row["overall_scored_events"], told.row["recently_scored_events"]
    return f"{ever} of the {_events(told)} of this profile happened at some time, {lately} of them in {told.window}."


def _points(told: Told) -> str:
    parts = sorted((part for part in told.explained["parts"] if part["points"]), key=lambda part: -part["points"])
    if not parts:
        return f"Nothing that counts was done in {told.window}."
    named = [
        f"{words.event(part['event'])} {words.number(part.get('counted', part['count']))} × {part['weight']}"
        for part in parts
    ]
    return f"{_named(named)} make {words.count(told.explained['raw'], 'point')}."


def _active_users(told: Told) -> str:
    some, total = told.row["active_users"], told.row["total_users"]
    did = f"{words.count(some, 'user')} did something that counts in {told.window}" if some else "Nobody was active"
    return f"{did}; {words.number(total)} did anything at all in the last 90 days."


def _users_active(told: Told) -> str:
    some, total = told.row["active_users"], told.row["total_users"]
    return f"{words.number(some)} of {words.count(total, 'user')}." if total else "It had no users in the last 90 days."


def _frequency(told: Told) -> str:
    return f"Something that counts was done on {words.number(told.row['frequency'])} of {told.window}."


def _last_active(told: Told) -> str:
    last = told.row["last_active"]
    return (
        f"The last event that counts was on {words.full_day(last)} {last.year}." if last else "Nothing that counts yet."
    )


def _since(told: Told) -> str:
    row = told.row
    opening = f"{words.full_day(row['created_on'])} {row['created_on'].year}, {words.count(row['tenure'], 'day')} ago."
    if row["created_on"] == row["first_day"]:
        return opening
    return f"{opening} The first call about it came on {words.short_day(row['first_day'])} {row['first_day'].year}."


def _mrr(told: Told) -> str:
    cents = told.row["mrr"]
    return "" if cents is None else f"Sent as {words.number(cents)} cents, which is {words.money(cents)} a month."


def _events(told: Told) -> str:
    return words.count(len(told.definition.events), "event")


def _was(some: list[str]) -> str:
    return "was" if len(some) == 1 else "were"


def _named(names: Any) -> str:
    return words.listed(list(names), most=MOST_NAMED)


SAYINGS: dict[str, Saying] = {
    "score": Saying(_score, "why", "What it is made of", is_asked=True),
    "change": Saying(_change, "changed", "Why it changed"),
    "activation": Saying(_activation, "steps", "Step by step", is_asked=True),
    "adoption": Saying(_adoption, "why", "All events that count", is_asked=True),
    "lifetime_adoption": Saying(_adoption_ever, "events", "Its events"),
    "raw": Saying(_points, "why", "All events that count", is_asked=True),
    "last_active": Saying(_last_active, "events", "Its events"),
    "created_on": Saying(_since, "traits", "Its traits"),
    "active_users": Saying(_active_users, "people", "Who they are"),
    "active_percent": Saying(_users_active, "people", "Who they are"),
    "frequency": Saying(_frequency, "events", "Its events"),
    "mrr": Saying(_mrr, "traits", "Its traits"),
}

"""Plays: automations that teams like ours begin with, as drafts for a profile of theirs to be looked at and changed."""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from accoil.act.actions import Written
from accoil.act.automations import Draft
from accoil.count.ids import Kind
from accoil.score.features import events_of
from accoil.score.models import Profile

ENGAGED = 50  # a score from which somebody is engaged
DROPPED = 14  # days without a feature that was used before
OFTEN = 0.6  # of the days of a window: every day that people work

When = Callable[["Grounds"], Mapping[str, Any]]


class Grounds(msgspec.Struct, frozen=True, kw_only=True):
    """What a play is made of in one product. `used` is a feature, else an event, that a rule can ask for."""

    used: dict[str, str]
    window: int


class Play(msgspec.Struct, frozen=True, kw_only=True):
    """`goal` says what it is for, `signal` what it waits for. `tag` is what those it fires for are called."""

    key: str
    name: str
    goal: str
    signal: str
    tag: str
    when: When
    scope: Kind = "account"
    condition: When | None = None


PLAYS = (
    Play(
        key="drop-off",
        name="Feature drop-off",
        goal="Speak to accounts before they miss what they came for.",
        signal=f"An account that used a feature has not used it for {DROPPED} days.",
        tag="feature-drop-off",
        when=lambda of: {"becomes": {"all": [of.used, {**of.used, "did": False, "within_days": DROPPED}]}},
    ),
    Play(
        key="expansion",
        name="Expansion milestone",
        goal="Tell sales when an account has grown into the next plan.",
        signal="An engaged account comes to ten active users.",
        tag="ready-to-expand",
        when=lambda of: {"becomes": {"metric": "active_users", "at_least": 10}},
        condition=lambda of: {"metric": "score", "at_least": ENGAGED},
    ),
    Play(
        key="multi-user",
        name="Multi-user opportunity",
        goal="Help a lone champion to bring in colleagues.",
        signal="An account is engaged, and one person does it all.",
        tag="lone-champion",
        when=lambda of: {
            "becomes": {"all": [{"metric": "score", "at_least": ENGAGED}, {"metric": "active_users", "is": 1}]}
        },
    ),
    Play(
        key="premium",
        name="Premium feature adopters",
        goal="Find those who are ready for the plan that this feature belongs to.",
        signal="An account uses a feature for the third time within 30 days.",
        tag="premium-adopter",
        when=lambda of: {"becomes": {**of.used, "at_least": 3, "within_days": 30}},
    ),
    Play(
        key="trial",
        name="Engaged trial",
        goal="Call trial accounts while they are at it.",
        signal=f"The score of a trial account rises above {ENGAGED}.",
        tag="engaged-trial",
        when=lambda of: {"score": {"rises_above": ENGAGED}},
        condition=lambda of: {"account_trait": "status", "is": "Trial"},
    ),
    Play(
        key="everyday",
        name="Everyday user",
        goal="Ask those who live in the product what would make it better.",
        signal="Somebody is active on most days of the profile's window.",
        tag="everyday-user",
        scope="user",
        when=lambda of: {"becomes": {"metric": "frequency", "at_least": max(1, round(of.window * OFTEN))}},
    ),
)


def draft(play: Play, profile: Profile, then: list[Written]) -> Draft:
    """The play for this profile, about its first feature, else its weightiest event. `then`: what is done."""
    of = grounds(profile)
    condition = play.condition(of) if play.condition else None
    return Draft(name=play.name, scope=play.scope, when=play.when(of), then=then, condition=condition)


def grounds(profile: Profile) -> Grounds:
    definition = profile.current.parsed
    feature = next(iter(events_of(profile.product)), None)
    event = max(definition.events, key=lambda name: definition.events[name], default="Report_Created")
    return Grounds(used={"feature": feature} if feature else {"event": event}, window=definition.window)

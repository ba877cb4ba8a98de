"""The first profile, proposed from the events that arrived: the ten most telling, with weights and reasons.

An event tells much when few people do it and it makes or gives something; it tells little when everybody does it.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import log10
from typing import Any

from accoil.show import words

TELLING = 10  # events in a proposal
GIVING = re.compile(
    r"creat|invit|shar|publish|export|import|upgrad|purchas|paid|pay|order|subscrib|complet|finish|connect|integrat|"
    r"install|sent|send|add|upload|schedul|assign|comment|approv|sign|deploy|merge|commit|save|edit|writ",
    re.IGNORECASE,
)
LOOKING = re.compile(
    r"view|open|click|visit|load|seen|scroll|hover|log.?in|logged|sign.?in|session|search|page|screen|start",
    re.IGNORECASE,
)
LEAVING = re.compile(
    r"cancel|fail|error|uninstall|unsubscrib|downgrad|delet|remov|churn|disconnect|log.?out|sign.?out|bounce|expir",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Proposed:
    event: str
    weight: int
    reason: str
    telling: float


def propose(events: Iterable[Mapping[str, Any]], everyone: int) -> list[Proposed]:
    """The most telling events first; `events` as `known_events` answers, `everyone` the users known."""
    judged = [judge(event, max(everyone, 1)) for event in events if event["users_30d"]]
    telling = [each for each in judged if each.telling > 0]
    return sorted(telling, key=lambda each: (-each.telling, each.event))[:TELLING]


def judge(event: Mapping[str, Any], everyone: int) -> Proposed:
    name, share = event["event"], min(event["users_30d"] / everyone, 1)
    if LEAVING.search(name):
        return Proposed(name, 1, "sounds like leaving or failing, so it should not raise a score", 0)
    gives, looks = bool(GIVING.search(name)), bool(LOOKING.search(name))
    weight = weigh(share, gives and not looks, looks)
    # Something a single person did once may be a test: how often it was done counts, but ten times less than the weight.
    seen_enough = 1 if event["users_30d"] > 1 or everyone < 5 else 0.3
    return Proposed(
        name, weight, because(share, gives and not looks, looks), weight * seen_enough + log10(1 + event["count_30d"])
    )


def weigh(share: float, gives: bool, looks: bool) -> int:
    """1–10 from the share of users who do it, raised for what makes something, lowered for what only looks."""
    rare = 1 if share >= 0.6 else 3 if share >= 0.4 else 5 if share >= 0.2 else 6 if share >= 0.05 else 7
    if gives:
        return min(rare + 3, 10)
    return min(rare, 3) if looks else rare


def because(share: float, gives: bool, looks: bool) -> str:
    done = f"{words.percent(share)} of users do it" if share >= 0.005 else "hardly anyone does it"
    if gives:
        return f"makes something; {done}"
    if looks:
        return f"only looks; {done}"
    return done

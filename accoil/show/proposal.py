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
MAKING = re.compile(
    r"creat|invit|shar|publish|export|import|upgrad|purchas|paid|pay|order|subscrib|complet|finish|connect|integrat|"
    r"install|sent|send|add|upload|schedul|assign|comment|approv|sign|deploy|merge|commit|save|edit|writ|match|record",
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
RARITY = ((0.6, 1), (0.4, 3), (0.2, 5), (0.05, 6), (0, 7))  # share of users who do it, at least → weight


@dataclass(frozen=True)
class Judged:
    """One event, a weight for it and the reason in words. `telling` orders the proposal; 0 leaves it out."""

    event: str
    weight: int
    reason: str
    telling: float


def propose(judged: Iterable[Judged]) -> list[Judged]:
    """The most telling ones, most telling first."""
    telling = [each for each in judged if each.telling > 0]
    return sorted(telling, key=lambda each: (-each.telling, each.event))[:TELLING]


def judge(events: Iterable[Mapping[str, Any]], everyone: int) -> list[Judged]:
    """`events` as `known_events` answers; `everyone` is how many users are known."""
    return [_judge(event, max(everyone, 1)) for event in events if event["users_30d"]]


def _judge(event: Mapping[str, Any], everyone: int) -> Judged:
    name, share = event["event"], min(event["users_30d"] / everyone, 1)
    done = f"{words.percent(share)} of users" if share >= 0.005 else "hardly anyone"
    rare = next(weight for least, weight in RARITY if share >= least)
    # Among equal weights the more frequent is known better; one person alone may have been a test.
    sure = log10(1 + event["count_30d"]) - (4 if event["users_30d"] == 1 and everyone >= 5 else 0)
    if LEAVING.search(name):
        return Judged(name, 1, f"{done} · sounds like leaving or failing", 0)
    if LOOKING.search(name):
        return Judged(name, min(rare, 3), f"{done} · only looks", max(min(rare, 3) + sure, 0.1))
    if MAKING.search(name):
        return Judged(name, min(rare + 3, 10), f"{done} · makes something", max(min(rare + 3, 10) + sure, 0.1))
    return Judged(name, rare, done, max(rare + sure, 0.1))

"""What is said about an automation: in the editor, in the list, and in its run log."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from accoil.act.automations import action_words, check_draft
from accoil.act.hindered import hindrances
from accoil.act.models import Automation, Delivery
from accoil.act.previewing import previews
from accoil.act.triggers import sentence
from accoil.connect.models import State
from accoil.connect.webhook import endpoints
from accoil.count.ids import Kind
from accoil.refused import Refused
from accoil.rule.tree import EVERYTHING, check, words
from accoil.score.models import Profile
from accoil.show.automations.typed import Typed
from accoil.show.words import count, listed
from accoil.team.models import Team

Values = dict[str, Any]

NAMELESS = "An automation without a name yet"
_PLACE = re.compile(r"^(?:when|then|if)(?::| is )\s*")


def plainly(wrong: Refused) -> str:
    """A refusal without the keys of definition files in front."""
    said = _PLACE.sub("", str(wrong))
    return said[:1].upper() + said[1:]


def draft(profile: Profile, typed: Typed, itself: Automation | None) -> Values:
    """`says` in words, or `wrong`: what is still missing besides a name. Addresses stay as whole as they were typed."""
    try:
        checked = check_draft(profile, replace(typed, name=NAMELESS).draft(), itself)
    except Refused as wrong:
        return {"says": None, "wrong": plainly(wrong)}
    said = parts(checked.trigger.raw, typed.scope, checked.condition, checked.actions, True)
    name = typed.name.strip() or NAMELESS
    seen = previews(profile, typed.scope, name, checked.trigger.raw, checked.actions)
    return {"says": said, "wrong": "", "previews": seen}


def of(automation: Automation, whole: bool) -> Values:
    """`whole`: with all of an address, for who may change where it goes."""
    scope: Kind = automation.scope  # type: ignore[assignment]
    return parts(automation.trigger, scope, automation.condition, automation.actions, whole)


def parts(trigger: Any, scope: Kind, condition: Any, actions: Sequence[Any], whole: bool) -> Values:
    """When an account enters At risk · only if MRR above $100 · Add Tag in Intercom: at-risk."""
    held = words(check(condition, scope, EVERYTHING), scope) if condition else ""
    return {"when": sentence(trigger, scope), "condition": held, "then": action_words(actions, whole)}


def hindered(team: Team, found: Sequence[Automation]) -> dict[int, list[str]]:
    """Automation → why it can't act, or do all it should, in the words of pages."""
    return {key: [plainly(Refused(each)) for each in told] for key, told in hindrances(team, found).items()}


def shared(hindered: dict[int, list[str]]) -> list[str]:
    """What stands in the way of several: it is told once."""
    counted = Counter(why for told in hindered.values() for why in told)
    return [why for why, n in counted.items() if n > 1]


def overview(rows: Sequence[Values]) -> str:
    """2 of 3 automations on; they fired 12 times in the last 7 days."""
    on = [row for row in rows if row["automation"].enabled]
    if not on:
        return f"{count(len(rows), 'automation')}, none of them on."
    fired = sum(row["fired_week"] for row in rows)
    failed = [row["automation"].name for row in rows if row["failed"]]
    who, have = ("it", "has") if len(on) == 1 else ("they", "have")
    how_often = f"fired {count(fired, 'time')}" if fired else f"{have} not fired"
    told = f"{len(on)} of {count(len(rows), 'automation')} on; {who} {how_often} in the last 7 days."
    stuck = [row["automation"].name for row in on if row["hindered"]]
    who = stuck[0] if len(stuck) == 1 else f"{len(stuck)} of them"
    told += f" {who} can't do all that {'it' if len(stuck) == 1 else 'they'} should." if stuck else ""
    return f"{told} Something failed in {listed(failed)}." if failed else told


RESULTS = {
    Delivery.State.WAITING: ("", "Waiting"),
    Delivery.State.TAKEN: ("moving", "Being done"),
    Delivery.State.DONE: ("good", "Done"),
    Delivery.State.FAILED: ("bad", "Failed"),
}


def result(delivery: Delivery, whole: bool) -> Values:
    """How an action went, `whole` as above. One that was tried in vain and waits for the next try says so."""
    state, told = RESULTS[Delivery.State(delivery.state)]
    waits = delivery.state == Delivery.State.WAITING
    stopped = waits and delivery.connection is not None and delivery.connection.state == State.NEEDS_RECONNECT
    again = waits and bool(delivery.attempts) and not stopped
    if stopped:  # nothing is tried before somebody does something
        told = "Waits: the address is off" if delivery.action == endpoints.TOOL else "Waits to be connected"
    return {
        "delivery": delivery,
        "state": "fair" if again or stopped else state,
        "words": "Will be tried again" if again else told,
        "action": action_words([{delivery.action: delivery.values}], whole),
        "next_at": delivery.next_at if again else None,
        "may_retry": delivery.entity != 0 and (again or delivery.state == Delivery.State.FAILED),
    }

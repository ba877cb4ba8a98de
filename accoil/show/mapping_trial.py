"""A call that somebody tries mappings on: what each makes of it, and what would count in the end."""

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from accoil.receive import calls, lenient, steps
from accoil.receive.cleaning import TooDeep, any_json, clean
from accoil.receive.mapping import Mapping, Mappings, Outcome
from accoil.refused import Refused
from accoil.show import words
from accoil.show.words import joined

# What each type of call looks like, as clients send it.
EXAMPLES: dict[str, dict[str, Any]] = {
    "track": {
        "type": "track",
        "userId": "user-1",
        "event": "Report_Created",
        "properties": {"format": "pdf", "rows": 120},
        "context": {"groupId": "acme"},
    },
    "identify": {
        "type": "identify",
        "userId": "user-1",
        "traits": {
            "email": "ada@example.com",
            "name": "Ada Marlow",
            "role": "Admin",
            "accountStatus": "Paid",
            "createdAt": "2026-05-12T08:00:00Z",
        },
    },
    "group": {
        "type": "group",
        "userId": "user-1",
        "groupId": "acme",
        "traits": {"name": "Acme Ltd", "plan": "Growth", "status": "Paid", "mrr": 120000},
    },
    "page": {"type": "page", "userId": "user-1", "name": "Home", "properties": {"path": "/home"}},
    "screen": {"type": "screen", "userId": "user-1", "name": "Dashboard"},
}
LONGEST = 100_000  # characters


@dataclass(frozen=True)
class Told:
    """What one mapping makes of the call: `state` is made, kept (as it came), cannot, passes or off."""

    mapping: Mapping
    state: str
    reason: str = ""
    call: str = ""  # JSON
    is_asked: bool = False  # the one that somebody is writing


@dataclass(frozen=True)
class Trial:
    """`refusal` says why the text is no call; "" where it is one or where there is none."""

    refusal: str = ""
    takers: list[Told] = field(default_factory=list)
    others: list[Told] = field(default_factory=list)
    counted: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    @property
    def sentence(self) -> str:
        if self.counted:
            return f"{words.count(len(self.counted), 'call')} {'counts' if len(self.counted) == 1 else 'count'}."
        return "Nothing counts: the call is dropped." if not self.refused else "Nothing counts: the call is refused."


def trial(mappings: Sequence[Mapping], text: str, zone: ZoneInfo, asked: Mapping | None = None) -> Trial:
    """What the mappings make of the call that the text is; `asked`: the one of them that somebody is writing."""
    if not text.strip():
        return Trial()
    try:
        event = read(text)
    except Refused as wrong:
        return Trial(refusal=str(wrong))
    ready = Mappings(mappings)
    outcomes = {id(outcome.mapping): outcome for outcome in ready.explain(event)}
    told = [_told(mapping, outcomes.get(id(mapping)), event, mapping == asked) for mapping in mappings]
    takes = ("made", "kept", "cannot")
    # As the front door does it, to the last step.
    body = lenient.decode(msgspec.json.encode(event), batch=False, mappings=ready)
    kept = steps.run(body, steps.Arrival(int(time.time() * 1000)))
    return Trial(
        takers=[each for each in told if each.state in takes],
        others=[each for each in told if each.state not in takes],
        counted=[as_words(call, zone) for call in kept],
        refused=[rejected.message for rejected in body.rejected],
    )


def _told(mapping: Mapping, outcome: Outcome | None, event: dict[str, Any], is_asked: bool) -> Told:
    if outcome is None:
        return Told(mapping, "off", is_asked=is_asked)
    if outcome.reason:
        return Told(mapping, "cannot", outcome.reason, is_asked=is_asked)
    if outcome.call is None:
        return Told(mapping, "passes", is_asked=is_asked)
    state = "kept" if outcome.call == event else "made"
    return Told(mapping, state, call=written(outcome.call), is_asked=is_asked)


def read(text: str) -> dict[str, Any]:
    """The one call that the text is. Raises Refused."""
    if len(text) > LONGEST:
        raise Refused(f"This has {len(text):,} characters; paste one call of at most {LONGEST:,}.")
    try:
        whole = clean(any_json(text.encode("utf-8", "replace")))
    except (RecursionError, TooDeep):
        raise Refused(str(TooDeep())) from None
    except json.JSONDecodeError as wrong:
        raise Refused(f"This is not JSON: {wrong.msg} (line {wrong.lineno}, column {wrong.colno}).") from None
    if isinstance(whole, dict) and isinstance(whole.get("batch"), list):
        whole = whole["batch"]
    if isinstance(whole, list) and len(whole) == 1:
        whole = whole[0]
    if isinstance(whole, list):
        raise Refused(f"This is a list of {len(whole)}; paste one call of it.")
    if not isinstance(whole, dict):
        raise Refused("A call is a JSON object, such as the examples.")
    if not isinstance(whole.get("type"), str):
        raise Refused('The call has no type; write "type": "track" or another one into it.')
    return whole


def written(call: dict[str, Any]) -> str:
    return json.dumps(call, indent=2, ensure_ascii=False)


def as_words(call: calls.Call, zone: ZoneInfo) -> str:
    """What a call counts as."""
    user = f"user {call.userId}" if call.userId else f"somebody unknown ({call.anonymousId})"
    account = f"account {call.groupId}"
    keys = joined([key for key, _ in call.pairs or []])
    match call.kind:
        case calls.EVENT:
            day = datetime.fromtimestamp(call.at / 1000, zone)
            place = f", in {account}" if call.groupId else ""
            return f"Counts {call.event} of {user}{place}, on {day.day} {day:%B %Y}."
        case calls.IDENTIFY:
            place = f", and puts the user into {account}" if call.groupId else ""
            return f"{f'Sets {keys} of {user}' if keys else f'Makes {user} known'}{place}."
        case calls.GROUP:
            place = f", and puts {user} into it" if call.userId else ""
            return f"{f'Sets {keys} of {account}' if keys else f'Makes {account} known'}{place}."
    return f"From now on {call.anonymousId} is {user}."

"""What is known of the last call with a key: what the front door heard since it was started, else what was kept."""

from dataclasses import dataclass
from datetime import UTC, datetime

from accoil.receive.heard import heard
from accoil.team.models import IngestKey

# Why a call with a good key was refused all the same, by the code of the answer.
REFUSALS = {
    "key_disabled": "the key is switched off",
    "origin_not_allowed": "the page it came from is not among the key's allowed origins",
    "rate_limited": "more calls a second than the key allows",
    "invalid_signature": "its signature is missing or does not fit the key's shared secret",
    "invalid_json": "its body is not JSON",
    "invalid_payload": "its body is not what this address takes",
    "invalid_event": "it lacks what such a call needs",
    "internal": "a mistake of Accoil's own, which its log tells of",
    "unavailable": "the server had too much to do, or could not write; clients send it again",
}


@dataclass(frozen=True)
class LastCall:
    """`agent` is "" when it is not known any more; `why` says why it was refused, "" when it was taken."""

    at: datetime
    agent: str = ""
    is_ping: bool = False
    why: str = ""


def last_call(key: IngestKey) -> LastCall | None:
    """The last call that was taken; None when none ever was."""
    found = heard.last(key.pk)
    if found and not (key.last_seen_at and key.last_seen_at.timestamp() > found.at):  # by another server
        return LastCall(datetime.fromtimestamp(found.at, UTC), found.agent, found.is_ping)
    return LastCall(key.last_seen_at) if key.last_seen_at else None


def last_refusal(key: IngestKey) -> LastCall | None:
    """The last refused call, if none was taken after it."""
    found, taken = heard.last_refused(key.pk), heard.last(key.pk)
    if found is None or (taken and taken.at >= found.at):
        return None
    return LastCall(datetime.fromtimestamp(found.at, UTC), found.agent, why=REFUSALS.get(found.refused, found.refused))

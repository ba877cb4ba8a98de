"""From a decoded call to a fact-to-be, in named steps. A step changes the call, or gives the reason to drop it."""

import hashlib
import uuid
from collections.abc import Callable

import msgspec

from accoil.receive import times
from accoil.receive.calls import ALIAS, EVENT, GROUP, IDENTIFY, Body, Call, Rejected, clean

LONGEST_ID = 255
LONGEST_NAME = 255
# These write sentAt when a file of events is closed, which can be hours before it is sent: a clock that looks
# slow says nothing there.
SENT_AT_IS_STALE = (
    "analytics-swift",
    "analytics-ios",
    "analytics-kotlin",
    "Analytics-CSharp",
    "analytics-java",
)

Step = Callable[[Call, "Arrival"], str | None]


class Arrival(msgspec.Struct):
    """When a request came and what stood beside its calls."""

    received: int  # ms
    sent_at: str | None = None
    mends_skew: bool = True


def run(body: Body, arrival: Arrival) -> list[Call]:
    """The calls that can be counted; the others are added to `body.rejected` with their reason."""
    kept = []
    for index, call in enumerate(body.calls):
        for step in STEPS.get(call.type or "", UNKNOWN):
            if reason := step(call, arrival):
                position = body.positions[index] if body.positions else index
                body.rejected.append(Rejected(position, "invalid_event", reason))
                break
        else:
            kept.append(call)
    return kept


def put_event(call: Call, _: Arrival) -> str | None:
    call.kind = EVENT
    if not call.event:
        return "`event` is missing: name what was done, for example Report_Created."
    if len(call.event) > LONGEST_NAME:
        call.event = _cut(call.event, LONGEST_NAME)
    return None


def put_page_as_event(call: Call, _: Arrival) -> str | None:
    call.kind = EVENT
    name = call.name or _page_name(call.properties)
    call.event = _cut(f"Viewed {name or (call.type or 'page').title()}", LONGEST_NAME)
    return None


def put_identify(call: Call, _: Arrival) -> str | None:
    call.kind = IDENTIFY
    if call.traits is None and call.context and call.context.traits:  # Rudder has them only there
        traits = msgspec.json.decode(call.context.traits)
        call.traits = traits if isinstance(traits, dict) else None
    if not call.userId and call.traits:
        for key in ("userId", "id"):
            if isinstance(value := call.traits.get(key), str | int) and not isinstance(value, bool):
                call.userId = str(value)
                break
    return None


def put_group(call: Call, _: Arrival) -> str | None:
    call.kind = GROUP
    return None if call.groupId and call.groupId.strip() else "`groupId` is missing: name the account."


def put_alias(call: Call, _: Arrival) -> str | None:
    call.kind = ALIAS
    if not call.userId or not call.previousId:
        return "`alias` needs `userId` and `previousId`."
    call.anonymousId = call.previousId
    return None


def drop_without_user(call: Call, _: Arrival) -> str | None:
    if call.userId and not call.userId.isspace():
        return None
    call.userId = None
    if call.anonymousId and not call.anonymousId.isspace():
        return None
    return "`userId` is missing: say who did it."


def put_user_if_any(call: Call, _: Arrival) -> str | None:
    if call.userId is not None and not call.userId.strip():
        call.userId = None
    return None


def put_account(call: Call, _: Arrival) -> str | None:
    """An event's own account: `groupId` on the call, else `context.groupId`."""
    if not call.groupId and call.context:
        call.groupId = call.context.groupId
    if not call.groupId:
        call.groupId = None
    return None


def put_short_ids(call: Call, _: Arrival) -> str | None:
    if call.userId and len(call.userId) > LONGEST_ID:
        call.userId = _cut(call.userId, LONGEST_ID)
    if call.groupId and len(call.groupId) > LONGEST_ID:
        call.groupId = _cut(call.groupId, LONGEST_ID)
    return None


def put_pairs(call: Call, _: Arrival) -> str | None:
    """Traits as (key, JSON text); keys sorted and spaces gone, so that equal values are equal texts."""
    call.pairs = None
    if call.traits:
        encode = msgspec.json.Encoder(order="sorted").encode
        call.pairs = [(key, encode(value).decode()) for key, value in call.traits.items() if key]
    return None


def put_message_id(call: Call, arrival: Arrival) -> str | None:
    """Without an id of its own, a call is known by its whole content; without a time too, nothing can tell it
    from its twin, and each one counts."""
    if not call.messageId:
        own_time = call.timestamp or call.originalTimestamp
        call.messageId = _content_key(call) if own_time else str(uuid.uuid4())
    elif len(call.messageId) > LONGEST_ID:
        call.messageId = _cut(call.messageId, LONGEST_ID)
    return None


def put_time(call: Call, arrival: Arrival) -> str | None:
    """The message time in ms: corrected for a wrong clock, the time of arrival where there is none to believe."""
    given = times.parse(call.timestamp or call.originalTimestamp)
    if given is None:
        call.at = arrival.received
        return None
    if arrival.mends_skew and (sent := call.sentAt or arrival.sent_at):
        given += _skew(call, given, sent, arrival.received)
    plausible = times.EARLIEST <= given <= arrival.received + times.DAY
    call.at = given if plausible else arrival.received
    return None


def _skew(call: Call, given: int, sent: str, received: int) -> int:
    sent_at = times.parse(sent)
    if sent_at is None:
        return 0
    skew = received - sent_at
    if abs(skew) <= times.SKEW_WORTH_MENDING and given <= received:
        return 0
    library = (call.context.library.name if call.context and call.context.library else None) or ""
    stale = skew > 0 and library.startswith(SENT_AT_IS_STALE)
    chosen_by_rudder = call.timestamp is not None and call.originalTimestamp is not None
    return 0 if stale or chosen_by_rudder else skew


def _page_name(properties: msgspec.Raw | None) -> str | None:
    if not properties:
        return None
    decoded = clean(msgspec.json.decode(properties))
    found = (decoded.get(key) for key in ("name", "title", "path")) if isinstance(decoded, dict) else ()
    return next((value for value in found if isinstance(value, str) and value), None)


def _cut(text: str, longest: int) -> str:
    """Too long: the beginning, and a hash of the whole so that two long names stay two."""
    if len(text) <= longest:
        return text
    return f"{text[: longest - 17]}#{hashlib.sha256(text.encode()).hexdigest()[:16]}"


def _content_key(call: Call) -> str:
    parts = (
        call.type, call.userId, call.anonymousId, call.groupId, call.previousId, call.event, call.name,
        call.timestamp, call.originalTimestamp, call.traits,
        call.properties and msgspec.json.decode(call.properties),
        call.context and call.context.groupId,
        call.context and call.context.traits and msgspec.json.decode(call.context.traits),
    )  # fmt: skip
    canonical = msgspec.json.encode(parts, order="sorted")
    return f"content:{hashlib.blake2b(canonical, digest_size=16).hexdigest()}"


def drop_unknown_type(call: Call, _: Arrival) -> str | None:
    known = "identify, group, track, page, screen or alias"
    return f"`type` must be {known}, not {call.type!r}." if call.type else f"`type` is missing: {known}."


# The message id comes before anything is changed that a retry might not repeat, the time after it.
STEPS: dict[str, tuple[Step, ...]] = {
    "track": (put_message_id, put_event, drop_without_user, put_account, put_short_ids, put_time),
    "page": (put_message_id, put_page_as_event, drop_without_user, put_account, put_short_ids, put_time),
    "screen": (put_message_id, put_page_as_event, drop_without_user, put_account, put_short_ids, put_time),
    "identify": (
        put_message_id, put_identify, drop_without_user, put_account, put_short_ids, put_pairs, put_time,
    ),
    "group": (put_message_id, put_group, put_user_if_any, put_short_ids, put_pairs, put_time),
    "alias": (put_message_id, put_alias, put_short_ids, put_time),
}  # fmt: skip
UNKNOWN: tuple[Step, ...] = (drop_unknown_type,)

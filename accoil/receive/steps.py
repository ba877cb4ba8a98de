"""From a decoded call to a fact-to-be, in named steps. A step changes the call, or gives the reason to drop it."""

import uuid
from collections.abc import Callable

import msgspec

from accoil.receive import times, too_old
from accoil.receive.calls import ALIAS, CAME_BACK, EVENT, GROUP, IDENTIFY, OWN, Body, Call, Rejected
from accoil.receive.caps import cap
from accoil.receive.cleaning import TooDeep, clean, unwrap
from accoil.receive.handling import PLAIN, Handling
from accoil.receive.identity import LONGEST_ID, cut
from accoil.receive.skew import skew
from accoil.receive.suppressed import CODE, suppress
from accoil.receive.too_old import is_too_old
from accoil.receive.traits import bounded

INVALID = "invalid_event"
LONGEST_NAME = 255
LONGEST_TOLD = 50  # letters of what a reason says back

_sorted_json = msgspec.json.Encoder(order="sorted").encode

Step = Callable[[Call, "Arrival"], str | None]


class Arrival(msgspec.Struct):
    """When a request came and what stood beside its calls."""

    received: int  # ms
    sent_at: str | None = None
    mends_skew: bool = True
    handling: Handling = PLAIN


def run(body: Body, arrival: Arrival) -> list[Call]:
    """The calls that can be counted; others are added to `body.rejected` with their reason, our own to `dropped`."""
    kept = []
    for index, call in enumerate(body.calls):
        position = body.positions[index] if body.positions else index
        if call.is_own:
            body.dropped.append(Rejected(position, OWN, CAME_BACK, call.type, call.event or call.name))
            continue
        reason, code = None, INVALID
        try:
            for step in STEPS.get(call.type or "", UNKNOWN):
                if reason := step(call, arrival):
                    break
            else:
                reason, code = _refusal(call, arrival.handling)
        except (RecursionError, TooDeep):
            reason = str(TooDeep())
        if reason is None:
            kept.append(call)
        else:
            body.rejected.append(Rejected(position, code, reason, call.type, call.event or call.name))
    if body.rejected:
        body.rejected.sort(key=lambda rejected: rejected.index)
    return kept


def _refusal(call: Call, handling: Handling) -> tuple[str | None, str]:
    """The reason why a call that is complete can't be counted here, if there is one, and its code."""
    if handling is PLAIN:
        return None, ""
    if is_too_old(call, handling.kept_since):
        return too_old.TOO_OLD, too_old.CODE
    if reason := cap(call, handling):
        return reason, INVALID
    return (suppress(call, handling.suppressed) if handling.suppressed else None), CODE


def put_event(call: Call, _: Arrival) -> str | None:
    call.kind = EVENT
    if not call.event:
        return "`event` is missing: name what was done, for example Report_Created."
    if len(call.event) > LONGEST_NAME:
        call.event = cut(call.event, LONGEST_NAME)
    return None


def put_page_as_event(call: Call, _: Arrival) -> str | None:
    call.kind = EVENT
    name = call.name or _page_name(call.properties)
    call.event = cut(f"Viewed {name or (call.type or 'page').title()}", LONGEST_NAME)
    return None


def put_identify(call: Call, _: Arrival) -> str | None:
    call.kind = IDENTIFY
    if call.traits is None and call.context:  # Rudder has them only there
        traits = unwrap(call.context.traits)
        call.traits = traits if isinstance(traits, dict) else None
    if not call.userId and call.traits:
        for key in ("userId", "id"):
            if isinstance(value := call.traits.get(key), str | int) and not isinstance(value, bool):
                call.userId = str(value)
                break
    return None


def put_group(call: Call, _: Arrival) -> str | None:
    call.kind = GROUP
    return "`groupId` is missing: name the account." if _is_blank(call.groupId) else None


def put_alias(call: Call, _: Arrival) -> str | None:
    call.kind = ALIAS
    call.userId, call.anonymousId = call.userId or call.to, call.previousId or call.from_
    if _is_blank(call.userId) or _is_blank(call.anonymousId):
        return "`alias` needs `userId` and `previousId`."
    return "`userId` and `previousId` are the same." if call.userId == call.anonymousId else None


def drop_without_user(call: Call, _: Arrival) -> str | None:
    if not _is_blank(call.userId):
        return None
    call.userId = None
    return "`userId` is missing: say who did it." if _is_blank(call.anonymousId) else None


def put_user_if_any(call: Call, _: Arrival) -> str | None:
    if _is_blank(call.userId):
        call.userId = None
    return None


def put_account(call: Call, _: Arrival) -> str | None:
    """An event's own account: `groupId` on the call, else `context.groupId`."""
    if _is_blank(call.groupId):
        call.groupId = call.context.groupId if call.context and not _is_blank(call.context.groupId) else None
    return None


def put_short_ids(call: Call, _: Arrival) -> str | None:
    if call.userId and len(call.userId) > LONGEST_ID:
        call.userId = cut(call.userId, LONGEST_ID)
    if call.anonymousId and len(call.anonymousId) > LONGEST_ID:
        call.anonymousId = cut(call.anonymousId, LONGEST_ID)
    if call.groupId and len(call.groupId) > LONGEST_ID:
        call.groupId = cut(call.groupId, LONGEST_ID)
    return None


def put_pairs(call: Call, _: Arrival) -> str | None:
    """Traits as (key, JSON text); keys sorted and spaces gone, so that equal values are equal texts."""
    call.pairs = None
    if call.traits:
        call.pairs = bounded([(key, _json(value)) for key, value in call.traits.items() if key])
    return None


def put_message_id(call: Call, _: Arrival) -> str | None:
    """Decoding gave calls without an id one that tells their content; those without a time too are all different."""
    if not call.messageId:
        call.messageId = str(uuid.uuid4())
    elif len(call.messageId) > LONGEST_ID:
        call.messageId = cut(call.messageId, LONGEST_ID)
    return None


def put_time(call: Call, arrival: Arrival) -> str | None:
    """The message time in ms: corrected for a wrong clock, the time of arrival where there is none to believe."""
    received = arrival.received
    call.at = received
    given = times.parse(call.timestamp or call.originalTimestamp)
    if given is None:
        return None
    sent = (call.sentAt or arrival.sent_at) if arrival.mends_skew else None
    corrected = given + skew(call, given, sent, received) if sent else given
    for moment in (corrected, given):
        if times.EARLIEST <= moment <= received + times.DAY:
            call.at = moment
            break
    return None


def _page_name(properties: msgspec.Raw) -> str | None:
    decoded = unwrap(properties)
    found = (decoded.get(key) for key in ("name", "title", "path")) if isinstance(decoded, dict) else ()
    return next((value for value in found if isinstance(value, str) and value), None)


def _is_blank(text: str | None) -> bool:
    return not text or text.isspace()


def _json(value: object) -> str:
    return _sorted_json(clean(value) if isinstance(value, dict | list) else value).decode()


def drop_unknown_type(call: Call, _: Arrival) -> str | None:
    known = "identify, group, track, page, screen or alias"
    return f"`type` must be {known}, not {call.type[:LONGEST_TOLD]!r}." if call.type else f"`type` is missing: {known}."


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

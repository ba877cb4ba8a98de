"""A row of a file becomes the call that a client would have made, and goes the same way through the steps.

A row's content is hashed as the call that says the same (`/v2/track` and the like), so a row without a message id
counts once, whether it is imported twice or was sent before."""

from collections.abc import Callable
from typing import Any

import msgspec

from accoil.receive import calls, lenient, steps, times
from accoil.receive.calls import BadBody, Body, Call, Rejected
from accoil.receive.cleaning import TooDeep, clean
from accoil.receive.handling import PLAIN, Handling
from accoil.receive.identity import content_key
from accoil.receive.importing.kinds import EVENTS, GROUPS, USERS
from accoil.receive.mapping.mappings import Mappings

EVENT_TYPES = {
    "": "track",
    **dict.fromkeys(("track", "event", "track_event"), "track"),
    **dict.fromkeys(("page", "page_view", "page_viewed", "pageview"), "page"),
    **dict.fromkeys(("screen", "screen_view", "screen_viewed", "screenview"), "screen"),
}
NO_TYPE = "`type` must be track, page_view or screen_view."
NO_TIME_NO_ID = "It has neither a `timestamp` nor a message id, so it could not be told from its twin."
NO_TIME = "`timestamp` is not a time: write it like 2025-01-31T09:30:00Z."
FAR_TIME = "`timestamp` lies before the year 2000, or more than a day ahead."
NO_TRAITS = '`traits` is not a JSON object, such as {"plan": "pro"}.'

AT_ONCE = 1_000  # lines that are decoded together; one that is odd costs so many the slow way

Row = tuple[Any, ...]  # type, name, timestamp, user_id, group_id, message_id, traits
Read = Callable[[Row], Call | str]  # the call, or what is wrong with the row


def calls_of(kind: str, rows: list[Row]) -> Body:
    """Calls of rows of a table, and the rows that make none; positions are those of the rows."""
    body = Body([], [])
    read = READ[kind]
    for place, row in enumerate(rows):
        call = read(row)
        if isinstance(call, Call):
            body.calls.append(call)
            body.positions.append(place)  # type: ignore[union-attr]
        else:
            body.rejected.append(Rejected(place, "invalid_event", call))
    return body


def calls_of_lines(lines: list[bytes], mappings: Mappings | None = None) -> Body:
    """Calls of Segment-shaped lines, as the product's mappings make them. Without mappings many are decoded together
    where all of them are as they should be, else line by line."""
    body = Body([], [])
    for begin in range(0, len(lines), AT_ONCE):
        part = lines[begin : begin + AT_ONCE]
        together = None if mappings else _together(part)
        if together and len(together.calls) == len(part):
            body.calls += together.calls
            body.positions += range(begin, begin + len(part))  # type: ignore[operator]
        else:
            _one_by_one(part, begin, mappings, body)
    return body


def _together(lines: list[bytes]) -> Body | None:
    try:
        return calls.decode(b'{"batch":[' + b",".join(lines) + b"]}", batch=True)
    except BadBody:  # too many commas for one request
        return None


def _one_by_one(lines: list[bytes], begin: int, mappings: Mappings | None, body: Body) -> None:
    for place, line in enumerate(lines, begin):
        try:
            calls.check_size(line)
            one = None if mappings else calls.decode(line, batch=False)
            one = one or lenient.decode(line, batch=False, mappings=mappings)
        except BadBody as bad:
            body.rejected.append(Rejected(place, bad.code, str(bad)))
            continue
        body.calls += one.calls
        body.positions += [place] * len(one.calls)  # type: ignore[operator]
        body.rejected += [Rejected(place, each.code, each.message) for each in one.rejected]
        body.dropped += one.dropped


def count(body: Body, received: int, handling: Handling = PLAIN) -> list[Call]:
    """What can be counted; the rest is added to `body.rejected`. Stricter than for clients, of whom no-one could ask
    again: times must be readable, and nothing may count anew when a file is imported again."""
    if not all(call.messageId for call in body.calls):
        _keep(body, lambda call: None if call.messageId else NO_TIME_NO_ID)
    # `sentAt` of a file was long ago.
    kept = steps.run(body, steps.Arrival(received, mends_skew=False, handling=handling))
    if any(call.at == received for call in kept):
        before = len(body.rejected)
        _keep(body, lambda call: _wrong_time(call, received))
        if len(body.rejected) > before:
            usable = set(map(id, body.calls))
            kept = [call for call in kept if id(call) in usable]
    return kept


def _keep(body: Body, reason_to_drop: Callable[[Call], str | None]) -> None:
    places = body.positions or range(len(body.calls))
    body.positions, calls_before = [], body.calls
    body.calls = []
    for place, call in zip(places, calls_before, strict=True):
        if reason := reason_to_drop(call):
            body.rejected.append(Rejected(place, "invalid_event", reason))
        else:
            body.calls.append(call)
            body.positions.append(place)


def _wrong_time(call: Call, received: int) -> str | None:
    text = call.timestamp or call.originalTimestamp
    if call.at != received or not text:
        return None
    given = times.parse(text)
    if given is None:
        return NO_TIME
    return None if given == received else FAR_TIME


def _event(row: Row) -> Call | str:
    given, name, timestamp, user, account, message, _ = row
    kind = EVENT_TYPES.get(given) or EVENT_TYPES.get(given.strip().lower())
    if not kind:
        return NO_TYPE
    call = Call(kind, message, user, None, account, timestamp=timestamp)
    item = {"timestamp": timestamp, "userId": user}
    if kind == "track":
        call.event = item["event"] = name
    elif name:
        call.name = item["name"] = name
    if account:
        item["groupId"] = account
    call.messageId = message or content_key(item, kind)
    return call


def _group(row: Row) -> Call | str:
    return _with_traits("group", row)


def _user(row: Row) -> Call | str:
    return _with_traits("identify", row)


def _with_traits(kind: str, row: Row) -> Call | str:
    _, _, timestamp, user, account, message, text = row
    traits = _traits(text)
    if isinstance(traits, str):
        return traits
    given = {"timestamp": timestamp, "userId": user, "groupId": account, "traits": traits}
    item = {key: value for key, value in given.items() if value}
    return Call(
        kind, message or content_key(item, kind), user or None, None, account or None,
        timestamp=timestamp, traits=traits or None,
    )  # fmt: skip


def _traits(given: Any) -> dict[str, Any] | str:
    if given is None or given == "":
        return {}
    try:
        traits = clean(msgspec.json.decode(given) if isinstance(given, str) else given)
    except (msgspec.DecodeError, RecursionError):
        return NO_TRAITS
    except TooDeep as too_deep:
        return str(too_deep)
    return traits if isinstance(traits, dict) else NO_TRAITS


READ: dict[str, Read] = {EVENTS: _event, GROUPS: _group, USERS: _user}

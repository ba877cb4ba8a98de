"""Segment-shaped lines of a product that changed its mappings: they go the way that its live calls go."""

from typing import Any

import msgspec

from accoil.receive import lenient
from accoil.receive.calls import MOST_CALLS, Body, Rejected
from accoil.receive.cleaning import any_json
from accoil.receive.identity import content_key
from accoil.receive.mapping.mappings import Mappings

Made = list[tuple[int, dict[str, Any]]]  # place of the line, call


def calls_of_lines(lines: list[bytes], mappings: Mappings) -> tuple[Body, int]:
    """Calls of lines, by the place of their line, and how many lines the mappings leave out."""
    body = Body([], [])
    made: Made = []
    left_out = 0
    for place, line in enumerate(lines):
        events = _events(line, place, body.rejected)
        calls = [(place, call) for event in events for _, call in mappings.run(_with_id(event))]
        left_out += bool(events) and not calls
        made += calls
    for begin in range(0, len(made), MOST_CALLS):
        _read(made[begin : begin + MOST_CALLS], body)
    return body, left_out


def _events(line: bytes, place: int, rejected: list[Rejected]) -> list[dict[str, Any]]:
    try:
        whole = any_json(line)
    except (ValueError, RecursionError) as wrong:
        reason = "it is nested too deeply" if isinstance(wrong, RecursionError) else str(wrong)
        rejected.append(Rejected(place, "invalid_json", f"The line is not JSON: {reason}."))
        return []
    items = whole if isinstance(whole, list) else [whole]
    events = [item for item in items if isinstance(item, dict)]
    if len(events) < len(items):
        rejected.append(Rejected(place, "invalid_event", "Each line must be a call, or a list of calls."))
    return events


def _with_id(event: dict[str, Any]) -> dict[str, Any]:
    """A call without an id is known by what was sent, whatever becomes of it: mappings change, what counts does not."""
    if event.get("messageId"):
        return event
    kind = event.get("type")
    key = content_key(event, kind if isinstance(kind, str) else None)
    return {**event, "messageId": key} if key else event


def _read(made: Made, body: Body) -> None:
    read = lenient.decode(msgspec.json.encode({"batch": [call for _, call in made]}), batch=True)
    body.calls += read.calls
    body.positions += [made[index][0] for index in read.positions or ()]  # type: ignore[operator]
    body.rejected += [Rejected(made[each.index][0], each.code, each.message) for each in read.rejected]

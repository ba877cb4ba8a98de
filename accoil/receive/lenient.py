"""Bodies as some clients really write them, read item by item, so that one odd item never costs the good ones."""

import math
from typing import Any

import msgspec

from accoil.receive.bodies import LARGEST_INFLATED
from accoil.receive.calls import (
    DROPPED,
    MOST_CALLS,
    MOST_PARTS,
    NOTHING,
    BadBody,
    Body,
    Call,
    Context,
    Library,
    Rejected,
    check_size,
    too_many,
)
from accoil.receive.cleaning import TooDeep, any_json, clean
from accoil.receive.identity import LONGEST_ID, content_key, cut
from accoil.receive.mapping.mappings import Mappings

_TEXTS = ("type", "event", "name", "timestamp", "originalTimestamp", "sentAt", "messageId", "writeKey", "api_key")
_IDS = ("userId", "anonymousId", "groupId", "previousId", "to")


class Beside:
    """The context that stands beside a batch and lies under that of each call. All of them share what is made of it."""

    def __init__(self, context: dict[str, Any], calls: int) -> None:
        """Raises BadBody where, written into each call, it would be more than a body may hold."""
        try:
            self.context = clean(context)
            written = msgspec.json.encode(self.context)
        except (TooDeep, RecursionError):
            raise BadBody("invalid_payload", str(TooDeep())) from None
        self.size = calls * len(written) if context else 0
        if self.size > LARGEST_INFLATED or calls * written.count(b",") > MOST_PARTS:
            raise BadBody("invalid_payload", "The `context` beside `batch` is too large for so many calls.")
        self.made = _context(self.context)


def decode(body: bytes, batch: bool, type_from_path: str | None = None, mappings: Mappings | None = None) -> Body:
    """The calls of any body that holds some, each as the product's mappings make it. Raises BadBody when there is
    nothing to read."""
    whole = read_json(body)
    if isinstance(whole, list):
        whole = {"batch": whole}
    if not isinstance(whole, dict):
        raise BadBody("invalid_payload", "The body must be a JSON object, or an array of calls.")
    items, context = _items(whole, batch)
    beside = Beside(context, len(items))
    answer = Body([], [], sent_at=_text(whole.get("sentAt")), is_ping=whole == {} and not type_from_path)
    answer.keys = (_text(whole.get("writeKey")), _text(whole.get("api_key")), _key_in(items))
    answer.repeated, calls = beside.size, 0
    for index, item in enumerate(items):
        calls += _read(item, index, beside, type_from_path, mappings, answer)
        if calls > MOST_CALLS:
            raise too_many()
    return answer


def read_json(body: bytes) -> Any:
    """Raises BadBody."""
    check_size(body)
    try:
        return any_json(body)
    except RecursionError:
        raise BadBody("invalid_json", "The JSON is nested too deeply.") from None
    except ValueError as wrong:
        raise BadBody("invalid_json", f"The body is not JSON: {wrong}.") from None


def _read(
    item: Any,
    index: int,
    beside: Beside,
    type_from_path: str | None,
    mappings: Mappings | None,
    answer: Body,
) -> int:
    """Adds what the item is to the answer; how many calls were packed into it."""
    tidy = _tidy_or_reason(item, beside.context, type_from_path)
    if isinstance(tidy, str):
        answer.rejected.append(_rejected(index, tidy, item))
        return 1
    wholes = with_groups(tidy)
    for whole in wholes:
        made = [whole] if mappings is None else [call for _, call in mappings.run(whole)]
        for call in made:
            answer.calls.append(_call(call, beside))
            answer.positions.append(index)  # type: ignore[union-attr]
        if made or mappings is None:
            continue
        if reason := mappings.reason(whole):
            answer.rejected.append(_rejected(index, reason, whole))
        else:
            answer.dropped.append(_rejected(index, "No mapping takes it.", whole, DROPPED))
    return len(wholes)


def _rejected(index: int, reason: str, item: Any, code: str = "invalid_event") -> Rejected:
    told = item if isinstance(item, dict) else {}
    return Rejected(index, code, reason, _text(told.get("type")), _text(told.get("event", told.get("name"))))


def with_groups(item: dict[str, Any]) -> list[dict[str, Any]]:
    """The call, and those that Amplitude packs into it: the accounts of its user, the one he works in first.
    Raises BadBody."""
    groups = item.get("groupTraits")
    if not isinstance(groups, list):
        return [item]
    if len(groups) > MOST_CALLS:
        raise too_many()
    calls = [] if item.get("type") == "group" and not item.get("groupId") else [item]
    own = item.get("messageId") or content_key(item, item.get("type"))
    for place, group in enumerate(each for each in groups if isinstance(each, dict)):
        call = {"type": "group", "groupId": group.get("groupId"), "traits": group.get("traits")}
        call |= {key: item[key] for key in ("timestamp", "originalTimestamp", "sentAt") if key in item}
        if own:
            call["messageId"] = f"{own}#group-{place}"
        if not place:  # only the first is where he belongs
            call |= {key: item[key] for key in ("userId", "anonymousId") if key in item}
        calls.append(call)
    return calls


def _items(whole: dict[str, Any], batch: bool) -> tuple[list[Any], dict[str, Any]]:
    """The items, and the context that stands beside them and lies under their own."""
    if "batch" in whole:
        shared = whole.get("context")
        if not isinstance(whole["batch"], list):
            raise BadBody("invalid_payload", "`batch` must be a list of calls.")
        if len(whole["batch"]) > MOST_CALLS:
            raise too_many()
        return whole["batch"], shared if isinstance(shared, dict) else {}
    if batch and "type" not in whole:
        raise BadBody("invalid_payload", '`batch` is missing: send {"batch": [...]} with a list of calls.')
    return [whole], {}


def _key_in(items: list[Any]) -> str | None:
    return next((_text(key) for item in items if isinstance(item, dict) and (key := item.get("writeKey"))), None)


def _tidy_or_reason(item: Any, shared: dict[str, Any], type_from_path: str | None) -> dict[str, Any] | str:
    """The item as every store takes it, with its type, its id and the context that all share."""
    if not isinstance(item, dict):
        return "Each item of `batch` must be an object."
    if wrong := next((key for key in _IDS if isinstance(item.get(key), bool | dict | list)), None):
        return f"`{wrong}` must be text or a number."
    try:
        item = clean(item)
        if shared:
            own = item.get("context")
            item["context"] = {**shared, **own} if isinstance(own, dict) else shared
    except TooDeep as too_deep:
        return str(too_deep)
    type = type_from_path or _text(item.get("type"))
    id = _text(item.get("messageId")) or content_key(item, type)
    return {**item, "type": type, "messageId": id and cut(id, LONGEST_ID)}


def _call(item: dict[str, Any], beside: Beside) -> Call:
    texts: dict[str, Any] = {key: _text(item.get(key)) for key in (*_TEXTS, *_IDS)}
    call = Call(**texts, from_=_text(item.get("from")))
    call.traits = item["traits"] if isinstance(item.get("traits"), dict) else None
    call.properties = _raw(item.get("properties"))
    context = item.get("context")
    if context is beside.context:
        call.context = beside.made
    elif isinstance(context, dict):
        call.context = _context(context)
        if context.get("traits") is beside.context.get("traits"):
            call.context.traits = beside.made.traits
    return call


def _context(context: dict[str, Any]) -> Context:
    library = context.get("library")
    return Context(
        groupId=_text(context.get("groupId")),
        traits=_raw(context.get("traits")),
        library=Library(_text(library.get("name"))) if isinstance(library, dict) else None,
    )


def _raw(value: Any) -> msgspec.Raw:
    return msgspec.Raw(msgspec.json.encode(value)) if isinstance(value, dict) else NOTHING


def _text(value: Any) -> str | None:
    """Ids and names as text: 42 and 42.0 are "42"; objects, lists and booleans are nothing."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool) or not isinstance(value, int | float) or value in (math.inf, -math.inf):
        return None
    return str(int(value)) if value == int(value) else str(value)

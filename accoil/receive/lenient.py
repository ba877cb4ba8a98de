"""Bodies as some clients really write them, read item by item, so that one odd item never costs the good ones."""

from typing import Any

import msgspec

from accoil.receive.calls import MOST_CALLS, NOTHING, BadBody, Body, Call, Context, Library, Rejected, too_many
from accoil.receive.cleaning import TooDeep, any_json, clean
from accoil.receive.identity import content_key

_TEXTS = ("type", "event", "name", "timestamp", "originalTimestamp", "sentAt", "messageId", "writeKey", "api_key")
_IDS = ("userId", "anonymousId", "groupId", "previousId", "to")


def decode(body: bytes, *, batch: bool, type_from_path: str | None = None) -> Body:
    """The calls of any body that holds some. Raises BadBody when there is nothing to read."""
    try:
        whole = any_json(body)
    except RecursionError:
        raise BadBody("invalid_json", "The JSON is nested too deeply.") from None
    except ValueError as wrong:
        raise BadBody("invalid_json", f"The body is not JSON: {wrong}.") from None
    if isinstance(whole, list):
        whole = {"batch": whole}
    if not isinstance(whole, dict):
        raise BadBody("invalid_payload", "The body must be a JSON object, or an array of calls.")
    items, shared = _items(whole, batch)
    answer = Body([], [], sent_at=_text(whole.get("sentAt")), is_ping=whole == {} and not type_from_path)
    answer.keys = (_text(whole.get("writeKey")), _text(whole.get("api_key")))
    for index, item in enumerate(items):
        call = _call_or_reason(item, shared, type_from_path)
        if isinstance(call, str):
            answer.rejected.append(Rejected(index, "invalid_event", call))
        else:
            answer.calls.append(call)
            answer.positions.append(index)  # type: ignore[union-attr]
    return answer


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


def _call_or_reason(item: Any, shared: dict[str, Any], type_from_path: str | None) -> Call | str:
    if not isinstance(item, dict):
        return "Each item of `batch` must be an object."
    if wrong := next((key for key in _IDS if isinstance(item.get(key), bool | dict | list)), None):
        return f"`{wrong}` must be text or a number."
    try:
        item = clean(item)
        if shared:
            own = item.get("context")
            item["context"] = {**clean(shared), **own} if isinstance(own, dict) else clean(shared)
    except TooDeep as too_deep:
        return str(too_deep)
    return _call(item, type_from_path)


def _call(item: dict[str, Any], type_from_path: str | None) -> Call:
    texts: dict[str, Any] = {key: _text(item.get(key)) for key in (*_TEXTS, *_IDS)}
    call = Call(**texts, from_=_text(item.get("from")))
    call.type = type_from_path or call.type
    call.messageId = call.messageId or content_key(item, call.type)
    call.traits = item["traits"] if isinstance(item.get("traits"), dict) else None
    call.properties = _raw(item.get("properties"))
    if isinstance(context := item.get("context"), dict):
        library = context.get("library")
        call.context = Context(
            groupId=_text(context.get("groupId")),
            traits=_raw(context.get("traits")),
            library=Library(_text(library.get("name"))) if isinstance(library, dict) else None,
        )
    return call


def _raw(value: Any) -> msgspec.Raw:
    return msgspec.Raw(msgspec.json.encode(value)) if isinstance(value, dict) else NOTHING


def _text(value: Any) -> str | None:
    """Ids and names as text: 42 and 42.0 are "42"; objects, lists and booleans are nothing."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return str(int(value)) if value == int(value) else str(value)

"""What a call looks like, decoded; the same object carries what the steps make of it on to the journal."""

import json
import math
from typing import Any

import msgspec

EVENT, IDENTIFY, GROUP, ALIAS = 1, 2, 3, 4


class BadBody(Exception):
    """The body as a whole can't be used; `code` and the message go back to the client."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class Library(msgspec.Struct, gc=False):
    name: str | None = None


class Context(msgspec.Struct, gc=False):
    groupId: str | None = None
    traits: msgspec.Raw | None = None  # repeated on every event by some clients, needed on identify alone
    library: Library | None = None


class Call(msgspec.Struct):
    """One Segment-shaped message. Fields in camelCase came from the wire, `kind`, `at`, `pairs` are put by steps."""

    type: str | None = None
    messageId: str | None = None
    userId: str | None = None
    anonymousId: str | None = None
    groupId: str | None = None
    previousId: str | None = None
    event: str | None = None
    name: str | None = None
    timestamp: str | None = None
    originalTimestamp: str | None = None
    sentAt: str | None = None
    traits: dict[str, Any] | None = None
    properties: msgspec.Raw | None = None
    context: Context | None = None
    writeKey: str | None = None
    kind: int = msgspec.field(name="accoil:kind", default=0)
    at: int = msgspec.field(name="accoil:at", default=0)
    pairs: list[tuple[str, str]] | None = msgspec.field(name="accoil:pairs", default=None)  # (key, value as JSON)


class Batch(msgspec.Struct):
    batch: list[Call]
    sentAt: str | None = None
    writeKey: str | None = None
    context: Context | None = None


class Rejected(msgspec.Struct, frozen=True):
    """An item that can't be counted: where it stood in the batch, and why."""

    index: int
    code: str
    message: str


class Body(msgspec.Struct):
    """A decoded request: usable calls in order, items that were not even calls, and what stood beside the batch."""

    calls: list[Call]
    positions: list[int] | None = None  # of the calls in the batch, where some items were not calls
    rejected: list[Rejected] = []
    sent_at: str | None = None
    key: str | None = None
    is_ping: bool = False


_one = msgspec.json.Decoder(Call)
_many = msgspec.json.Decoder(Batch)
_PLAIN_TEXT = ("type", "event", "name", "timestamp", "originalTimestamp", "sentAt", "messageId", "writeKey")
_IDS = ("userId", "anonymousId", "groupId", "previousId")


def decode(body: bytes, *, batch: bool, type_from_path: str | None = None) -> Body:
    """The calls of a body. Well-typed bodies take the short way; anything else is read item by item, so that
    one odd item never costs the good ones. Raises BadBody when there is nothing to read."""
    try:
        if b"\\u0000" in body:
            pass
        elif batch:
            decoded = _many.decode(body)
            if decoded.context is None:
                return Body(decoded.batch, sent_at=decoded.sentAt, key=decoded.writeKey)
        else:
            call = _one.decode(body)
            if type_from_path or call.type:
                call.type = type_from_path or call.type
                return Body([call], sent_at=call.sentAt, key=call.writeKey)
    except (msgspec.DecodeError, msgspec.ValidationError, UnicodeDecodeError, RecursionError):
        pass
    answer = _decode_leniently(body, batch)
    if type_from_path:
        for call in answer.calls:
            call.type = type_from_path
    return answer


def _decode_leniently(body: bytes, batch: bool) -> Body:
    whole = _any_json(body)
    if isinstance(whole, list):
        whole = {"batch": whole}
    if not isinstance(whole, dict):
        raise BadBody("invalid_payload", "The body must be a JSON object, or an array of calls.")
    if "batch" in whole:
        items, shared = whole["batch"], whole.get("context")
        if not isinstance(items, list):
            raise BadBody("invalid_payload", "`batch` must be a list of calls.")
    elif batch and "type" not in whole:
        raise BadBody("invalid_payload", '`batch` is missing: send {"batch": [...]} with a list of calls.')
    else:
        items, shared = [whole], None
    positions: list[int] = []
    sent_at, key = _text(whole.get("sentAt")), _text(whole.get("writeKey"))
    answer = Body([], positions, sent_at=sent_at, key=key, is_ping=whole == {})
    for index, item in enumerate(items):
        if not isinstance(item, dict):
            answer.rejected.append(Rejected(index, "invalid_event", "Each item of `batch` must be an object."))
            continue
        wrong_id = next((key for key in _IDS if isinstance(item.get(key), bool | dict | list)), None)
        if wrong_id:
            answer.rejected.append(Rejected(index, "invalid_event", f"`{wrong_id}` must be text or a number."))
            continue
        answer.calls.append(_call(item, shared if isinstance(shared, dict) else {}))
        positions.append(index)
    return answer


def _any_json(body: bytes) -> Any:
    """JSON as real clients write it: a byte-order mark, NaN, broken UTF-8 and lone surrogates are read too."""
    try:
        return json.loads(body.decode("utf-8-sig", "replace"), parse_int=_whole, parse_constant=lambda _: None)
    except RecursionError:
        raise BadBody("invalid_json", "The JSON is nested too deeply.") from None
    except ValueError as wrong:
        raise BadBody("invalid_json", f"The body is not JSON: {wrong}.") from None


def _whole(digits: str) -> int | float:
    return int(digits) if len(digits) < 19 else float(digits)


def _call(item: dict[str, Any], shared: dict[str, Any]) -> Call:
    given = item.get("context")
    context = {**shared, **given} if isinstance(given, dict) else shared
    call = Call(traits=clean(item["traits"]) if isinstance(item.get("traits"), dict) else None)
    for key in (*_PLAIN_TEXT, *_IDS):
        setattr(call, key, _text(item.get(key)))
    library = context.get("library")
    call.context = Context(
        groupId=_text(context.get("groupId")),
        traits=_raw(context.get("traits")),
        library=Library(_text(library.get("name"))) if isinstance(library, dict) else None,
    )
    call.properties = _raw(item.get("properties"))
    return call


def _raw(value: Any) -> msgspec.Raw | None:
    return msgspec.Raw(msgspec.json.encode(clean(value))) if isinstance(value, dict) and value else None


def _text(value: Any) -> str | None:
    """Ids and names as text: 42 and 42.0 are "42"; objects, lists and booleans are nothing."""
    if isinstance(value, str):
        return clean(value)  # type: ignore[no-any-return]
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return str(int(value)) if math.isfinite(value) and value == int(value) else str(value)


def clean(value: Any) -> Any:
    """The same value without what stores refuse: lone surrogates, NUL, NaN and infinities."""
    if isinstance(value, str):
        if "\x00" in value:
            value = value.replace("\x00", "")
        return value if value.isascii() else value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, dict):
        return {clean(key): clean(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [clean(inner) for inner in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value

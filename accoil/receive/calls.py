"""What a call looks like, decoded; the same object carries what the steps make of it on to the journal."""

from typing import Any

import msgspec

from accoil.receive.identity import content_key

EVENT, IDENTIFY, GROUP, ALIAS = 1, 2, 3, 4

# Codes of calls that are left out through no fault of the sender, who isn't told.
DROPPED = "dropped_by_mapping"  # the product itself did not want them
OWN = "came_from_accoil"
LEFT_OUT = (DROPPED, OWN)

OUR_LIBRARY = "accoil-connections"  # as calls that we make elsewhere name themselves
CAME_BACK = "Accoil sent it to another tool itself, and it came back."

MOST_CALLS = 10_000  # in one request
MOST_PARTS = 500_000  # commas; a body of millions of tiny parts would keep everybody waiting for seconds

# Parts that few steps look into stay JSON. (As `Raw | None` msgspec would take null alone.)
NOTHING = msgspec.Raw(b"null")


class BadBody(Exception):
    """The body as a whole can't be used; `code` and the message go back to the client."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def too_many() -> BadBody:
    return BadBody("invalid_payload", f"Send at most {MOST_CALLS:,} calls at once.")


class Library(msgspec.Struct, gc=False):
    name: str | None = None


class Context(msgspec.Struct, gc=False):
    groupId: str | None = None
    traits: msgspec.Raw = NOTHING  # repeated on every event by some clients, needed on identify alone
    library: Library | None = None


class Call(msgspec.Struct, gc=False):
    """One Segment-shaped message. Fields in camelCase came from the wire, `kind`, `at`, `pairs` are put by steps."""

    type: str | None = None
    messageId: str | None = None
    userId: str | None = None
    anonymousId: str | None = None
    groupId: str | None = None
    previousId: str | None = None
    from_: str | None = msgspec.field(name="from", default=None)  # alias: another spelling of previousId
    to: str | None = None  # alias: another spelling of userId
    event: str | None = None
    name: str | None = None
    timestamp: str | None = None
    originalTimestamp: str | None = None
    sentAt: str | None = None
    traits: dict[str, Any] | None = None
    properties: msgspec.Raw = NOTHING
    context: Context | None = None
    groupTraits: None = None  # Amplitude's accounts: a body with them is read item by item
    writeKey: str | None = None
    api_key: str | None = None
    kind: int = msgspec.field(name="accoil:kind", default=0)
    at: int = msgspec.field(name="accoil:at", default=0)
    pairs: list[tuple[str, str]] | None = msgspec.field(name="accoil:pairs", default=None)  # (key, value as JSON)

    @property
    def is_own(self) -> bool:
        """Whether we made it ourselves. Counting it would send what it says once more, and so on."""
        library = self.context.library if self.context else None
        return library is not None and library.name == OUR_LIBRARY


class Batch(msgspec.Struct, gc=False):
    batch: list[Call]
    sentAt: str | None = None
    writeKey: str | None = None
    api_key: str | None = None
    context: Context | None = None


class Rejected(msgspec.Struct, frozen=True):
    """An item that can't be counted: where it stood in the batch, and why; its type and name, where it had any."""

    index: int
    code: str
    message: str
    type: str | None = None
    name: str | None = None


class Body(msgspec.Struct):
    """A decoded request: usable calls in order, items that were not even calls, and what stood beside the batch."""

    calls: list[Call]
    positions: list[int] | None = None  # of the calls in the batch, where some items were not calls
    rejected: list[Rejected] = []
    dropped: list[Rejected] = []  # items that are LEFT_OUT
    sent_at: str | None = None
    keys: tuple[str | None, ...] = ()  # where a key may stand, in the order they count
    is_ping: bool = False
    repeated: int = 0  # bytes that stand in the body once and in each call: they count like those of the body


_one = msgspec.json.Decoder(Call)
_many = msgspec.json.Decoder(Batch)


def check_size(body: bytes) -> None:
    """Raises BadBody for more than can be decoded while others wait."""
    if len(body) > MOST_PARTS and body.count(b",") > MOST_PARTS:
        raise too_many()


def decode(body: bytes, batch: bool, type_from_path: str | None = None) -> Body | None:
    """The calls of a body whose every part has the type it should have; None for any other body, which
    `lenient.decode` reads item by item. Calls without an id get one that tells their content. Raises BadBody."""
    check_size(body)
    # Text that holds NUL must be cleaned. Invalid UTF-8 and lone surrogates end in an error here.
    if b"\\u0000" in body:
        return None
    try:
        if batch:
            decoded = _many.decode(body)
            if len(decoded.batch) > MOST_CALLS:
                raise too_many()
            if decoded.context is not None:
                return None
            of_first = decoded.batch[0].writeKey if decoded.batch else None
            answer = Body(decoded.batch, sent_at=decoded.sentAt, keys=(decoded.writeKey, decoded.api_key, of_first))
        else:
            call = _one.decode(body)
            call.type = type_from_path or call.type
            if not call.type:
                return None
            answer = Body([call], sent_at=call.sentAt, keys=(call.writeKey, call.api_key))
        if any(not call.messageId for call in answer.calls):
            whole = msgspec.json.decode(body)
            for call, item in zip(answer.calls, whole["batch"] if batch else [whole], strict=True):
                call.messageId = call.messageId or content_key(item, call.type)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return answer

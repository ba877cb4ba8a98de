"""The short way: bodies of nothing but plain tracks, which is what most traffic is.

What the steps (steps.py) do to one call after the other is done here to whole columns of many requests at once, at a
tenth of the cost. Whatever is not plain takes the long way; both make the same facts, and a test holds them to it."""

from itertools import chain
from typing import Annotated, Literal

import msgspec
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from accoil.receive import times
from accoil.receive.calls import EVENT, MOST_CALLS, NOTHING, Context, check_size, too_many
from accoil.receive.skew import skew
from accoil.receive.steps import LONGEST_ID, LONGEST_NAME

Id = Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST_ID)]
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST_NAME)]

NO_TIME = np.iinfo(np.int64).min


class Plain(msgspec.Struct, gc=False, kw_only=True):
    """A track of which nothing is missing and nothing too long."""

    type: str | None = None  # of a single call its path says it
    messageId: Id
    userId: Id
    anonymousId: Annotated[str, msgspec.Meta(max_length=LONGEST_ID)] | None = None
    groupId: str | None = None
    event: Name
    timestamp: str
    originalTimestamp: str | None = None
    sentAt: str | None = None
    properties: msgspec.Raw = NOTHING
    context: Context | None = None
    writeKey: str | None = None
    api_key: str | None = None
    groupTraits: None = None


class Track(Plain, gc=False, kw_only=True):
    type: Literal["track"]


class InBatch(Track, gc=False, kw_only=True):
    sentAt: None = None  # one of its own is for the long way


class Tracks(msgspec.Struct, gc=False):
    batch: list[InBatch]
    sentAt: str | None = None
    writeKey: str | None = None
    api_key: str | None = None
    context: None = None  # so is one that all share


_many = msgspec.json.Decoder(Tracks)
_one = msgspec.json.Decoder(Track)
_one_by_path = msgspec.json.Decoder(Plain)


class Short(msgspec.Struct, gc=False):
    """A decoded body of plain tracks."""

    calls: list[Plain]
    users: list[str]
    accounts: list[str | None]  # each call's own
    sent_at: str | None
    keys: tuple[str | None, ...]  # where a key may stand, in the order they count


def decode(body: bytes, batch: bool, type_from_path: str | None = None) -> Short | None:
    """None for a body that must take the long way. Raises BadBody."""
    if b"\\u0000" in body or type_from_path not in (None, "track"):
        return None
    check_size(body)
    whole: Tracks | Plain
    try:
        if batch:
            whole = _many.decode(body)
            calls: list[Plain] = whole.batch  # type: ignore[assignment]
            if len(calls) > MOST_CALLS:
                raise too_many()
        else:
            whole = (_one_by_path if type_from_path else _one).decode(body)
            calls = [whole]
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    users = [call.userId for call in calls]
    accounts = [call.groupId or (call.context.groupId if call.context else None) or None for call in calls]
    named = [account for account in accounts if account]
    if not calls or any(map(str.isspace, users)):
        return None
    if named and (any(map(str.isspace, named)) or max(map(len, named)) > LONGEST_ID):
        return None
    return Short(calls, users, accounts, whole.sentAt, (whole.writeKey, whole.api_key, calls[0].writeKey))


class Sent(msgspec.Struct, frozen=True):
    """The plain tracks of one request."""

    product: int
    received: int  # ms
    short: Short
    source: int = 0
    mends_skew: bool = True

    @property
    def calls(self) -> list[Plain]:
        return self.short.calls


def columns(requests: list[Sent]) -> dict[str, pa.Array]:
    """What differs from call to call."""
    calls = list(chain.from_iterable(each.short.calls for each in requests))
    return {
        "kind": pa.array(np.full(len(calls), EVENT, np.int8)),
        "message": pa.array([call.messageId for call in calls], pa.string()),
        "sent_at": pa.array(_times(requests, calls)),
        "user": pa.array(list(chain.from_iterable(each.short.users for each in requests)), pa.string()),
        "anonymous": pa.array([call.anonymousId for call in calls], pa.string()),
        "account": pa.array(list(chain.from_iterable(each.short.accounts for each in requests)), pa.string()),
        "event": pa.array([call.event for call in calls], pa.string()),
    }


def _times(requests: list[Sent], calls: list[Plain]) -> npt.NDArray[np.int64]:
    """As the step `put_time`."""
    sizes = [len(each.short.calls) for each in requests]
    given = _moments([call.timestamp for call in calls])
    received = np.repeat(np.array([each.received for each in requests], np.int64), sizes)
    # Without sentAt the clock is taken to be right.
    slow = np.repeat(np.array([_slow(each) for each in requests], np.int64), sizes)
    has_sent = np.repeat(np.array([each.mends_skew and bool(each.short.sent_at) for each in requests]), sizes)
    odd = has_sent & (given != NO_TIME) & ((np.abs(slow) > times.SKEW_WORTH_MENDING) | (given > received))
    corrected = given.copy()
    if odd.any():
        of_request = np.repeat(np.arange(len(requests)), sizes)
        for place in np.flatnonzero(odd):
            sent = requests[of_request[place]].short.sent_at or ""
            corrected[place] += skew(calls[place], int(given[place]), sent, int(received[place]))
    latest = received + times.DAY
    at = np.where((given >= times.EARLIEST) & (given <= latest), given, received)
    return np.where((corrected >= times.EARLIEST) & (corrected <= latest) & (given != NO_TIME), corrected, at)


def _slow(request: Sent) -> int:
    sent = times.parse(request.short.sent_at) if request.mends_skew else None
    return 0 if sent is None else max(-(1 << 60), min(1 << 60, request.received - sent))


def _moments(texts: list[str]) -> npt.NDArray[np.int64]:
    """Milliseconds; NO_TIME for what is no time."""
    try:
        # Also what times.parse reads as the same, which is nearly all that clients write.
        read = pa.array(texts, pa.string()).cast(pa.timestamp("ns", "UTC"))
        return np.asarray(read.cast(pa.int64()).to_numpy() // 1_000_000)
    except pa.ArrowInvalid:
        found = (times.parse(text) for text in texts)
        return np.array([NO_TIME if moment is None else moment for moment in found], np.int64)

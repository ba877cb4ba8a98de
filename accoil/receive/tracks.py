"""The short way: bodies of nothing but plain tracks, which is what most traffic is.

What the steps (steps.py) do to one call after the other is done here to whole columns of many requests at once, at a
tenth of the cost. Whatever is not plain takes the long way; both make the same facts, and a test holds them to it."""

from collections.abc import Iterator, Sequence
from itertools import chain, groupby
from typing import Annotated, Literal, overload

import msgspec
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from accoil.receive import times
from accoil.receive.calls import EVENT, MOST_CALLS, NOTHING, OUR_LIBRARY, Context, check_size, too_many
from accoil.receive.identity import LONGEST_ID
from accoil.receive.skew import skew
from accoil.receive.steps import LONGEST_NAME

Id = Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST_ID)]
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST_NAME)]

OURS = OUR_LIBRARY.encode()
NO_TIME = np.iinfo(np.int64).min
MANY = 20  # calls: a body's columns are made at once
TEXTS = pa.schema([(name, pa.string()) for name in ("message", "user", "anonymous", "account", "event", "timestamp")])


class Plain(msgspec.Struct, gc=False, kw_only=True):
    """A track of which nothing is missing and nothing too long."""

    type: str | None = None  # of a single call its path says it
    messageId: Id
    userId: Id
    anonymousId: Annotated[str, msgspec.Meta(max_length=LONGEST_ID)] | None = None
    groupId: str | None = None
    event: Name
    timestamp: Annotated[str, msgspec.Meta(min_length=1)]  # of an empty one the original counts
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


class Again(Sequence[Plain]):
    """The calls of a large body, or some of them. The body's first is kept, the others are decoded anew for whoever
    goes through them: once, from either end."""

    def __init__(self, body: bytes, first: Plain, places: range) -> None:
        self._body, self._first, self._places = body, first, places

    def __len__(self) -> int:
        return len(self._places)

    @overload
    def __getitem__(self, at: int) -> Plain: ...
    @overload
    def __getitem__(self, at: slice) -> "Again": ...
    def __getitem__(self, at: int | slice) -> "Plain | Again":
        if isinstance(at, slice):
            return Again(self._body, self._first, self._places[at])
        place = self._places[at]
        return self._first if place == 0 else self._all()[place]

    def __iter__(self) -> Iterator[Plain]:
        return self._at(self._places)

    def __reversed__(self) -> Iterator[Plain]:
        return self._at(self._places[::-1])

    def _at(self, places: range) -> Iterator[Plain]:
        calls = self._all()
        return (calls[place] for place in places)

    def _all(self) -> list[Plain]:
        return _many.decode(self._body).batch  # type: ignore[return-value]


class Short(msgspec.Struct, gc=False):
    """A decoded body of plain tracks. The texts of a large one are columns already: while what was decoded is at hand,
    that costs a third of what it costs the thread that writes, and nothing of it has to be kept."""

    calls: Sequence[Plain]
    accounts: list[str | None]  # each call's own; empty where there are columns
    texts: pa.RecordBatch | None
    sent_at: str | None
    keys: tuple[str | None, ...]  # where a key may stand, in the order they count


def decode(body: bytes, batch: bool, type_from_path: str | None = None) -> Short | None:
    """None for a body that must take the long way. Raises BadBody."""
    if (b"\\" in body and b"\\u0000" in body) or type_from_path not in (None, "track") or OURS in body:
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
    accounts = [call.groupId or (call.context.groupId if call.context else None) or None for call in calls]
    named = [account for account in accounts if account]
    if not calls or any(call.userId.isspace() for call in calls):
        return None
    if named and (any(map(str.isspace, named)) or max(map(len, named)) > LONGEST_ID):
        return None
    keys = (whole.writeKey, whole.api_key, calls[0].writeKey)
    if batch and len(calls) >= MANY:
        return Short(Again(body, calls[0], range(len(calls))), [], _texts(calls, accounts), whole.sentAt, keys)
    return Short(calls, accounts, None, whole.sentAt, keys)


class Sent(msgspec.Struct, frozen=True):
    """The plain tracks of one request."""

    product: int
    received: int  # ms
    short: Short
    source: int = 0
    mends_skew: bool = True

    @property
    def calls(self) -> Sequence[Plain]:
        return self.short.calls


def columns(requests: list[Sent]) -> dict[str, pa.Array]:
    """What differs from call to call, in the order of the requests."""
    texts = pa.Table.from_batches(_batches(requests)).combine_chunks()
    found = {name: texts[name].chunk(0) for name in ("message", "user", "anonymous", "account", "event")}
    found["kind"] = pa.array(np.full(len(texts), EVENT, np.int8))
    found["sent_at"] = pa.array(_times(requests, _moments(texts["timestamp"].chunk(0))))
    return found


def _batches(requests: list[Sent]) -> Iterator[pa.RecordBatch]:
    """The texts of the requests: small ones that follow each other as one."""
    for is_small, group in groupby((each.short for each in requests), lambda short: short.texts is None):
        if is_small:
            small = list(group)
            calls = list(chain.from_iterable(short.calls for short in small))
            yield _texts(calls, list(chain.from_iterable(short.accounts for short in small)))
        else:
            yield from (short.texts for short in group)


def _texts(calls: list[Plain], accounts: list[str | None]) -> pa.RecordBatch:
    arrays = [
        pa.array([call.messageId for call in calls], pa.string()),
        pa.array([call.userId for call in calls], pa.string()),
        pa.array([call.anonymousId for call in calls], pa.string()),
        pa.array(accounts, pa.string()),
        pa.array([call.event for call in calls], pa.string()),
        pa.array([call.timestamp for call in calls], pa.string()),
    ]
    return pa.RecordBatch.from_arrays(arrays, schema=TEXTS)


def _times(requests: list[Sent], given: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """As the step `put_time`."""
    sizes = [len(each.calls) for each in requests]
    received = np.repeat(np.array([each.received for each in requests], np.int64), sizes)
    # Without sentAt the clock is taken to be right.
    slow = np.repeat(np.array([_slow(each) for each in requests], np.int64), sizes)
    has_sent = np.repeat(np.array([each.mends_skew and bool(each.short.sent_at) for each in requests]), sizes)
    odd = has_sent & (given != NO_TIME) & ((np.abs(slow) > times.SKEW_WORTH_MENDING) | (given > received))
    corrected = given.copy()
    if odd.any():
        start = 0
        for each, size in zip(requests, sizes, strict=True):
            calls = list(each.calls) if odd[start : start + size].any() else []
            for place in np.flatnonzero(odd[start : start + size]) + start:
                call, sent = calls[place - start], each.short.sent_at or ""
                corrected[place] += skew(call, int(given[place]), sent, each.received)
            start += size
    latest = received + times.DAY
    at = np.where((given >= times.EARLIEST) & (given <= latest), given, received)
    return np.where((corrected >= times.EARLIEST) & (corrected <= latest) & (given != NO_TIME), corrected, at)


def _slow(request: Sent) -> int:
    sent = times.parse(request.short.sent_at) if request.mends_skew else None
    return 0 if sent is None else max(-(1 << 60), min(1 << 60, request.received - sent))


def _moments(texts: pa.Array) -> npt.NDArray[np.int64]:
    """Milliseconds; NO_TIME for what is no time."""
    try:
        # Also what times.parse reads as the same, which is nearly all that clients write.
        return np.asarray(texts.cast(pa.timestamp("ns", "UTC")).cast(pa.int64()).to_numpy() // 1_000_000)
    except pa.ArrowInvalid:
        found = (times.parse(text) for text in texts.to_pylist())
        return np.array([NO_TIME if moment is None else moment for moment in found], np.int64)

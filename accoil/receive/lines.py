"""A visit made readable, when somebody looks: one line per call. Names of properties and traits are shown, their values
never; nor is any key or password."""

from collections.abc import Iterable, Iterator

import msgspec

from accoil.receive import steps, times
from accoil.receive.calls import ALIAS, DROPPED, EVENT, IDENTIFY, OWN, Call, Rejected
from accoil.receive.debugger import Visit
from accoil.receive.sources import program
from accoil.receive.tracks import Plain

LATE = 2 * times.DAY  # between the message time and its arrival
MOST_NAMES = 200
LONGEST = 255  # letters, as many as the front door leaves of an id

# What became of a call.
ACCEPTED, DUPLICATE, REJECTED, REFUSED = "accepted", "duplicate", "rejected", "refused"
LATE_, UNATTRIBUTED, ANONYMOUS, MAPPED_AWAY, CAME_BACK = "late", "unattributed", "anonymous", "dropped", "came_back"

_keys_of = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode


class Line(msgspec.Struct):
    number: int
    received: int  # ms
    key: int
    path: str
    library: str
    outcomes: list[str]  # the first says most; accepted alone when there is nothing to say
    at: int | None = None  # ms, the message time
    kind: int = 0
    type: str = ""
    name: str = ""  # of the event
    user: str = ""
    anonymous: str = ""
    account: str = ""
    by_adoption: bool = False  # the user was found by the anonymous id
    by_membership: bool = False  # the account is the user's, not one that the call named
    message: str = ""
    properties: list[str] = []
    traits: list[str] = []
    left_out: list[str] = []  # traits that would have been one too many
    place: int = 0  # in the request
    status: int = 0
    code: str = ""
    reason: str = ""


def lines(visit: Visit) -> Iterator[Line]:
    """The lines of one request, newest first. Duplicates and accounts are not known here."""
    library = program(visit.agent)
    if visit.status:
        yield Line(
            visit.first, visit.received, visit.key.id, visit.path, library, [REFUSED],
            status=visit.status, code=visit.code, reason=visit.message,
        )  # fmt: skip
        return
    number = visit.first + visit.lines
    for rejected in reversed(visit.rejected):
        number -= 1
        yield _rejected(number, visit, rejected, library)
    for call in reversed(visit.calls):
        number -= 1
        yield _taken(number, visit, call, library)


def _rejected(number: int, visit: Visit, rejected: Rejected, library: str) -> Line:
    became = {DROPPED: MAPPED_AWAY, OWN: CAME_BACK}.get(rejected.code, REJECTED)
    return Line(
        number, visit.received, visit.key.id, visit.path, library, [became],
        type=_cut(rejected.type), name=_cut(rejected.name),
        place=rejected.index, code=rejected.code, reason=rejected.message,
    )  # fmt: skip


def _taken(number: int, visit: Visit, given: Call | Plain, library: str) -> Line:
    call = given if isinstance(given, Call) else _long(given, visit.received)
    context = call.context
    named = context.library.name if context and context.library else None
    kept = [key for key, _ in call.pairs or ()]
    told = names(call.traits) or kept
    return Line(
        number, visit.received, visit.key.id, visit.path, _cut(named) or library, _outcomes(visit, call),
        at=call.at or None, kind=call.kind, type=_cut(call.type), name=_cut(call.event),
        user=_cut(call.userId), anonymous=_cut(call.anonymousId), account=_cut(call.groupId),
        message=_cut(call.messageId), properties=names(call.properties),
        traits=told, left_out=[name for name in told if name and name not in kept] if call.pairs is not None else [],
    )  # fmt: skip


def _long(plain: Plain, received: int) -> Call:
    """A call that came the short way, as the steps would have made it."""
    call = Call(
        type="track", messageId=plain.messageId, userId=plain.userId, anonymousId=plain.anonymousId,
        groupId=plain.groupId, event=plain.event, timestamp=plain.timestamp,
        originalTimestamp=plain.originalTimestamp, sentAt=plain.sentAt, properties=plain.properties,
        context=plain.context, kind=EVENT,
    )  # fmt: skip
    arrival = steps.Arrival(received)
    steps.put_account(call, arrival)
    steps.put_time(call, arrival)
    return call


def _outcomes(visit: Visit, call: Call) -> list[str]:
    found = []
    if not call.userId and call.kind in (EVENT, IDENTIFY):
        found.append(ANONYMOUS)
    if call.at and call.kind != ALIAS and visit.received - call.at > LATE:
        found.append(LATE_)
    return found or [ACCEPTED]


def names(told: object) -> list[str]:
    """The names of an object's parts, whether it was decoded or is still JSON."""
    if isinstance(told, msgspec.Raw):
        try:
            told = _keys_of(told)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return []
    return _short(told) if isinstance(told, dict) else []


def _short(given: Iterable[object]) -> list[str]:
    return [_cut(str(name)) for name, _ in zip(given, range(MOST_NAMES), strict=False)]


def _cut(text: str | None) -> str:
    return text or "" if not text or len(text) <= LONGEST else f"{text[:LONGEST]}…"

"""Calls to Segment: many messages in each, within its sizes. It answers 200 to nearly everything, and says nothing of
single messages."""

import base64
import json
from collections.abc import Iterable, Iterator, Mapping

from django.conf import settings

from accoil.connect import speaking
from accoil.connect.connection import Rejected, SignInAgain, ToolError, TryLater
from accoil.connect.http import Answer, Client
from accoil.connect.models import Connection
from accoil.connect.open import Open
from accoil.connect.rate import Lane, Pace, lane
from accoil.connect.segment.messages import Message

US, EU, OTHER = "us", "eu", "other"
REGIONS = (
    (US, "The United States: app.segment.com"),
    (EU, "The European Union: eu1.app.segment.com"),
    (OTHER, "Another address, written below"),
)
HOSTS = {US: "https://api.segment.io", EU: "https://events.eu1.segmentapis.com"}
AT_ONCE = 100  # messages in one call
CALLS_A_SECOND = 5  # half of the thousand messages that a workspace may send
BATCH = "/v1/batch"
LARGEST, LARGEST_CALL = 32_000, 500_000  # bytes of a message, of a call
_ROUND = 20  # bytes around the messages of a call

Failed = dict[str, ToolError]  # of which messages, and why


class Speaker(speaking.Speaker):
    def __init__(self, key: str, address: str, limits: Lane, guarded: bool, tries: int = 3) -> None:
        token = base64.b64encode(f"{key}:".encode()).decode()
        headers = {"Accept": "application/json", "Authorization": f"Basic {token}"}
        super().__init__(
            Client(
                address, headers, limits=limits, refused=refused, guarded=guarded, reads="words", largest=64_000,
                tries=tries,
            )
        )  # fmt: skip
        self._pace = Pace(CALLS_A_SECOND, 1.0)

    def send(self, messages: Mapping[str, Message]) -> Failed:
        """`messages`: each by whatever it is to be called by. After a problem of Segment's own, or of ours with it, the
        rest is not tried."""
        failed: Failed = {}
        sized = {name: json.dumps(message, separators=(",", ":")).encode() for name, message in messages.items()}
        for name in [name for name, body in sized.items() if len(body) > LARGEST]:
            failed[name] = Rejected(f"Segment takes {LARGEST:,} bytes of one, and this has {len(sized.pop(name)):,}.")
        stop: ToolError | None = None
        for some in _fitting(sized):
            try:
                if stop is None:
                    self._pace.take()
            except TryLater as why:
                stop = why
            if stop:
                failed |= dict.fromkeys(some, stop)
            else:
                told, stop = self._sent(some)
                failed |= told
        return failed

    def call(self, bodies: Iterable[bytes]) -> None:
        """Raises TryLater, SignInAgain, Rejected."""
        self.say("POST", BATCH, content=b'{"batch":[' + b",".join(bodies) + b"]}")

    def _sent(self, messages: dict[str, bytes]) -> tuple[Failed, ToolError | None]:
        """Segment may refuse all for one of them: then halves are tried until that one is alone, beside the pace, or
        they would never come to an end. Returns what stops the others, too."""
        failed: Failed = {}
        waiting, stop = [messages], None
        while waiting:
            some = waiting.pop()
            try:
                if stop is None:
                    self.call(some.values())
            except (TryLater, SignInAgain) as why:
                stop = why
            except Rejected as why:
                if len(some) == 1:
                    failed |= dict.fromkeys(some, why)
                else:
                    waiting += _halves(some)
            if stop:
                failed |= dict.fromkeys(some, stop)
        return failed, stop


def speaker_of(connection: Connection) -> Speaker:
    """Raises SignInAgain."""
    key, options = connection.secrets.get("write_key", ""), connection.options
    if not key:
        raise SignInAgain("No write key of Segment is kept; connect it again.")
    speaking.check_where(connection, "Segment", settings.SEGMENT_URL)
    address, guarded = place(options.get("region", US), options.get("host", ""))
    return doors.of(
        connection.pk, (key, address), lambda: Speaker(key, address, lane(connection.pk), guarded)
    )  # fmt: skip


def place(region: str, host: str) -> tuple[str, bool]:
    """Where messages go, and whether a team says so rather than the operator."""
    if settings.SEGMENT_URL:
        return settings.SEGMENT_URL, False
    return (host, True) if region == OTHER else (HOSTS[region], False)


def refused(answer: Answer) -> ToolError:
    """The error that says who must act, of an answer that is not 2xx."""
    said = " ".join(answer.body[:200].decode("utf-8", "replace").split())
    told = f" It said: {said}" if said else ""
    if answer.status in (401, 403):
        return SignInAgain(
            "Segment no longer takes the write key; connect again with the one of the source.", status=answer.status
        )
    return Rejected(f"Segment refused it (status {answer.status}).{told}", status=answer.status)


def _fitting(bodies: Mapping[str, bytes]) -> Iterator[dict[str, bytes]]:
    """In parts that one call takes."""
    some: dict[str, bytes] = {}
    size = _ROUND
    for name, body in bodies.items():
        if some and (size + len(body) + 1 > LARGEST_CALL or len(some) == AT_ONCE):
            yield some
            some, size = {}, _ROUND
        some[name] = body
        size += len(body) + 1
    if some:
        yield some


def _halves(some: Mapping[str, bytes]) -> list[dict[str, bytes]]:
    listed = list(some.items())
    half = -(-len(listed) // 2)
    return [dict(part) for part in (listed[half:], listed[:half])]


doors: Open[Speaker] = Open()

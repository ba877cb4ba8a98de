"""Segment, spoken to as one connection."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from accoil.connect.connection import Attribute, Batching, Firm, Match, Person, Rejected, ToolError, Value
from accoil.connect.emptying import empty
from accoil.connect.models import Connection, Record
from accoil.connect.now import moment
from accoil.connect.segment.messages import Making, Message
from accoil.connect.segment.speaking import speaker_of
from accoil.connect.segment.tracking import members
from accoil.count.ids import Kind

Values = dict[str, Value]

BY_ID = {"user": "user id", "account": "account id"}
LONGEST_ID = 100  # characters
TOO_LONG = f"Its id is longer than {LONGEST_ID} characters."
NOBODY = "None of its users is known any more, and Segment takes what is said of an account only as said by one."


class SegmentSession(Batching):
    """Threads may share it."""

    def __init__(self, connection: Connection) -> None:
        self._connection, self._speaker = connection, speaker_of(connection)
        self._making = Making(connection.pk, connection.options.get("left_out", ()))

    def places_left(self) -> int | None:
        return None

    def ensure(self, attribute: Attribute) -> str:
        """There is nothing to be made: traits come with their values."""
        return attribute.name[:LONGEST_ID]

    def archive(self, attribute: Attribute, remote_id: str) -> None:
        empty(self._connection, attribute.kind, attribute.name, self.write_many)

    def clean_up(self) -> None:
        """There is nothing else."""

    def match_users(self, people: Sequence[Person]) -> Iterator[Match]:
        """Segment knows users by the ids that we know them by; it is not asked, and could not answer."""
        return (_match(person.entity, person.tracking_id, "user") for person in people)

    def match_accounts(self, firms: Sequence[Firm]) -> Iterator[Match]:
        return (_match(firm.entity, firm.tracking_id, "account") for firm in firms)

    def write_many(self, kind: Kind, values: dict[str, Values]) -> dict[str, Values | ToolError]:
        """Segment tells nothing back, so what was taken is what was sent."""
        told: dict[str, Values | ToolError] = dict(values)
        since, messages = self._since(kind, values), dict[str, Message]()
        by = members(self._connection.pk, values) if kind == "account" else {}
        for id, own in values.items():
            at, mark = moment(), since.get(id) or moment()
            if kind == "user":
                messages[id] = self._making.identify(id, own, at, mark)
            elif id in by or set(own.values()) <= {None}:  # also of an account that is gone what stood there is emptied
                messages[id] = self._making.group(id, by.get(id, ""), own, at, mark)
            else:
                told[id] = Rejected(NOBODY)
        return told | self._speaker.send(messages)

    def read(self, kind: Kind, remote_id: str, names: Iterable[str]) -> Values:
        raise Rejected("Segment does not tell what it keeps.")

    def perform(self, action: str, kind: Kind, remote_id: str, values: dict[str, str]) -> str:
        raise Rejected(f"Segment cannot do “{action}”.")

    def _since(self, kind: Kind, values: Mapping[str, Values]) -> dict[str, object]:
        """When each was last written, and how often it has failed since: what is sent again after we were killed is the
        same message to Segment, which counts it once. The same value after another one is not, nor is one that may or
        may not have come: a second time does no harm, and left out it might leave the other one there."""
        rows = Record.objects.filter(connection=self._connection, kind=kind, remote_id__in=list(values))
        found: dict[str, object] = {}
        for id, *state in rows.order_by("pk").values_list("remote_id", "confirmed_at", "attempts"):
            found[id] = [*found.get(id, ()), *state]  # type: ignore[misc]
        return found


def _match(entity: int, id: str, kind: Kind) -> Match:
    if len(id) > LONGEST_ID:
        return Match(entity=entity, remote_id=None, reason=TOO_LONG)
    return Match(entity=entity, remote_id=id, matched_by=BY_ID[kind])

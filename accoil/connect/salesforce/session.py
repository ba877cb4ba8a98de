"""Salesforce, spoken to as one connection."""

from collections.abc import Iterable, Iterator, Sequence

from accoil.connect.connection import Attribute, Batching, Firm, Match, Person, Rejected, ToolError, Value
from accoil.connect.emptying import empty
from accoil.connect.models import Connection, Written
from accoil.connect.names import synced, wanted
from accoil.connect.salesforce import matching
from accoil.connect.salesforce.fields import inward, name_of
from accoil.connect.salesforce.org import org_of
from accoil.connect.salesforce.rows import written
from accoil.connect.salesforce.setting import set_field
from accoil.connect.salesforce.speaking import OBJECTS
from accoil.count.ids import Kind

FIELD = "salesforce_field"
NO_FIELD = ("INVALID_FIELD", "INVALID_FIELD_FOR_INSERT_UPDATE")
Values = dict[str, Value]


class SalesforceSession(Batching):
    """Threads may share it."""

    def __init__(self, connection: Connection) -> None:
        self._connection, self._org = connection, org_of(connection)
        self._speaker = self._org.speaker

    def places_left(self) -> int | None:
        return None

    def ensure(self, attribute: Attribute) -> str:
        return self._org.fields.ensure(attribute)

    def archive(self, attribute: Attribute, remote_id: str) -> None:
        """The field is the admin's; what we wrote in it goes. Unless another trait has gone into it since."""
        asked = [each.attribute.name for each in wanted(synced(self._connection))]
        rows = self._connection.attributes.filter(kind=attribute.kind, state=Written.Is.ACTIVE, name__in=asked)
        taken = {*rows.values_list("remote_id", flat=True)}

        def send(kind: Kind, values: dict[str, Values]) -> dict[str, Values | ToolError]:
            left: dict[str, Values] = {
                id: {name: None for name in own if name_of(name) not in taken} for id, own in values.items()
            }
            return self.write_many(kind, left)

        empty(self._connection, attribute.kind, attribute.name, send)

    def clean_up(self) -> None:
        self._org.revoke()

    def match_users(self, people: Sequence[Person]) -> Iterator[Match]:
        return matching.match_users(self._speaker, people)

    def match_accounts(self, firms: Sequence[Firm]) -> Iterator[Match]:
        return matching.match_accounts(self._speaker, self._org.fields, firms)

    def write_many(self, kind: Kind, values: dict[str, Values]) -> dict[str, Values | ToolError]:
        """Salesforce does not tell what it keeps of a record that it took: what was sent, and nothing of a field that
        is not there any more. One that went since it was looked for would spoil all others: they are sent again."""
        known = self._org.fields.all(kind).keys()
        told = self._written(kind, values)
        if spoiled := [id for id, why in told.items() if isinstance(why, Rejected) and why.code in NO_FIELD]:
            self._org.fields.doubt()
            if self._org.fields.all(kind).keys() != known:
                told |= self._written(kind, {id: values[id] for id in spoiled})
        return told

    def read(self, kind: Kind, remote_id: str, names: Iterable[str]) -> Values:
        listed = list(names)
        there = self._org.fields.all(kind)
        asked = [name for name in listed if name_of(name) in there]
        path = f"/sobjects/{OBJECTS[kind]}/{remote_id}"
        fields = ",".join(["Id", *map(name_of, asked)])
        told = self._speaker.say("GET", path, params={"fields": fields}, background=True)
        return inward(listed, told)

    def perform(self, action: str, kind: Kind, remote_id: str, values: dict[str, str]) -> str:
        if action == FIELD:
            synced = {
                *self._connection.attributes.filter(kind=kind)
                .exclude(state=Written.Is.ARCHIVED)
                .values_list("remote_id", flat=True)
            }
            field, value = values.get("field", ""), values.get("value", "")
            return set_field(self._speaker, self._org.fields, kind, remote_id, field, value, synced)
        raise Rejected(f"Salesforce cannot do “{action}”.")

    def _written(self, kind: Kind, values: dict[str, Values]) -> dict[str, Values | ToolError]:
        there = self._org.fields.all(kind)
        sent = {id: {name: value for name, value in own.items() if name_of(name) in there}
                for id, own in values.items()}  # fmt: skip
        rows = {id: {name_of(name): value for name, value in own.items()} for id, own in sent.items() if own}
        try:
            return {**sent, **(written(self._speaker, kind, rows) if rows else {})}
        except Rejected as why:  # a field is another one than it was
            self._org.fields.doubt()
            return {**sent, **dict.fromkeys(rows, why)}

"""HubSpot, spoken to as one connection."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from accoil.connect.connection import Attribute, Batching, Firm, Gone, Match, Person, Rejected, ToolError, Value
from accoil.connect.hubspot import active_lists, companies, contacts
from accoil.connect.hubspot.portal import portal_of
from accoil.connect.hubspot.properties import name_of
from accoil.connect.hubspot.rows import Row, written
from accoil.connect.hubspot.setting import set_property
from accoil.connect.hubspot.speaking import objects
from accoil.connect.hubspot.values import inward, outward
from accoil.connect.models import Connection
from accoil.connect.names import type_of
from accoil.count.ids import Kind

PROPERTY, LIST = "hubspot_property", "hubspot_list"

Values = dict[str, Value]


class HubspotSession(Batching):
    """Threads may share it."""

    def __init__(self, connection: Connection) -> None:
        self._connection, self._portal = connection, portal_of(connection)
        self._speaker = self._portal.speaker

    def places_left(self) -> int | None:
        return self._portal.properties.places_left()

    def ensure(self, attribute: Attribute) -> str:
        return self._portal.properties.ensure(attribute)

    def archive(self, attribute: Attribute, remote_id: str) -> None:
        """The lists that go by it first: a property that is used cannot be archived."""
        active_lists.drop(self._speaker, self._connection, remote_id)
        self._portal.properties.archive(attribute.kind, remote_id)

    def clean_up(self) -> None:
        self._portal.ids.clean_up()
        self._portal.properties.drop_group()
        self._portal.revoke()

    def match_users(self, people: Sequence[Person]) -> Iterator[Match]:
        return contacts.match_users(self._speaker, people)

    def match_accounts(self, firms: Sequence[Firm]) -> Iterator[Match]:
        return companies.match_accounts(self._speaker, self._portal.ids, firms)

    def write(self, kind: Kind, remote_id: str, values: Values) -> Values:
        if all(value is None for value in values.values()):
            # What is emptied was left: of one that was merged, it would be emptied on the other one.
            self.read(kind, remote_id, values)
            if kind == "account":
                self._portal.ids.take_back(remote_id)
        return super().write(kind, remote_id, values)

    def write_many(self, kind: Kind, values: dict[str, Values]) -> dict[str, Values | ToolError]:
        rows = {id: {name_of(name): outward(value) for name, value in own.items()} for id, own in values.items()}
        told = self._with_ids(rows) if kind == "account" else written(self._speaker, kind, rows)
        if any(isinstance(each, Rejected) for each in told.values()):
            self._portal.properties.doubt()
        return {id: kept if isinstance(kept, ToolError) else _inward(values[id], kept) for id, kept in told.items()}

    def read(self, kind: Kind, remote_id: str, names: Iterable[str]) -> Values:
        listed = list(names)
        asked = {"properties": ",".join(name_of(name) for name in listed)}
        told = self._speaker.say("GET", objects(kind, f"/{remote_id}"), params=asked, background=True)
        if str(told["id"]) != remote_id:
            raise Gone("It was merged into another record in HubSpot.", moved_to=str(told["id"]))
        return _inward(listed, told.get("properties") or {})

    def perform(self, action: str, kind: Kind, remote_id: str, values: dict[str, str]) -> str:
        if action == PROPERTY:
            return set_property(self._portal, kind, remote_id, values.get("property", ""), values.get("value", ""))
        if action == LIST:
            return self._portal.lists.add(kind, remote_id, values.get("list", ""))
        raise Rejected(f"HubSpot cannot do “{action}”.")

    def _with_ids(self, rows: Mapping[str, Row]) -> dict[str, Row | ToolError]:
        """Companies get our ids along with values; one that is refused with its id is tried without it."""
        ids = {company: own for company in rows if (own := self._portal.ids.of(company))}
        told = written(self._speaker, "account", {company: row | ids.get(company, {}) for company, row in rows.items()})
        without = {company: rows[company] for company in ids if isinstance(told[company], Rejected)}
        self._portal.ids.filled([company for company in ids if not isinstance(told[company], ToolError)])
        self._portal.ids.filled(without)
        return told | (written(self._speaker, "account", without) if without else {})


def _inward(names: Iterable[str], kept: Mapping[str, Any]) -> Values:
    return {name: inward(kept.get(name_of(name)), type_of(name)) for name in names}

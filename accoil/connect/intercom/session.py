"""Intercom, spoken to as one connection."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from accoil.connect.connection import Attribute, Firm, Gone, Match, Person, Rejected, Value
from accoil.connect.intercom import companies, contacts
from accoil.connect.intercom.attributes import Attributes
from accoil.connect.intercom.kept import Companies
from accoil.connect.intercom.speaking import speaker_of
from accoil.connect.intercom.tags import Tags
from accoil.connect.intercom.values import inward, kept_of, outward
from accoil.connect.models import Connection
from accoil.connect.open import Open
from accoil.connect.rate import lane
from accoil.connect.remembered import Remembered
from accoil.count.ids import Kind

TAG = "intercom_tag"
_PATHS: dict[Kind, str] = {"user": "/contacts", "account": "/companies"}
_NEW = 5.0  # seconds: an attribute that is not known may be younger than the list


class Workspace:
    """What is remembered of one connection, for as long as its token is the same."""

    def __init__(self, connection: Connection) -> None:
        self.speaker = speaker_of(connection, lane(connection.pk))
        self.attributes = Attributes(self.speaker)
        self.tags = Tags(self.speaker)
        self.companies = Remembered(Companies)
        self.zones = Remembered(lambda: _zones(connection.pk))

    def close(self) -> None:
        self.speaker.close()


class IntercomSession:
    """See `Session` in connection.py. Threads may share it."""

    def __init__(self, connection: Connection) -> None:
        self._workspace = _workspace(connection)
        self._speaker = self._workspace.speaker

    def places_left(self) -> int | None:
        return self._workspace.attributes.places_left()

    def ensure(self, attribute: Attribute) -> str:
        return self._workspace.attributes.ensure(attribute)

    def archive(self, attribute: Attribute, remote_id: str) -> None:
        self._workspace.attributes.archive(attribute, remote_id)

    def clean_up(self) -> None:
        """There is nothing else."""

    def match_users(self, people: Sequence[Person]) -> Iterator[Match]:
        return contacts.match_users(self._speaker, self._workspace.companies.get(), people)

    def match_accounts(self, firms: Sequence[Firm]) -> Iterator[Match]:
        return companies.match_accounts(self._speaker, self._workspace.companies.get(), firms)

    def write(self, kind: Kind, remote_id: str, values: dict[str, Value]) -> dict[str, Value]:
        types, zones = self._types(kind, values), self._workspace.zones
        given = {name: outward(value, types[name], _zone(zones, name)) for name, value in values.items()}
        try:
            told = self._speaker.say(
                "PUT", f"{_PATHS[kind]}/{remote_id}", json={"custom_attributes": given}, background=True
            )
        except Gone as gone:
            raise self._where(kind, remote_id, gone) from gone
        except Rejected:
            self._workspace.attributes.doubt()
            raise
        return self._inward(kind, values, told)

    def read(self, kind: Kind, remote_id: str, names: Iterable[str]) -> dict[str, Value]:
        try:
            told = self._speaker.say("GET", f"{_PATHS[kind]}/{remote_id}", background=True)
        except Gone:
            self._workspace.companies.get().lost(remote_id)
            raise
        return self._inward(kind, dict.fromkeys(names), told)

    def perform(self, action: str, kind: Kind, remote_id: str, values: dict[str, str]) -> str:
        if action != TAG:
            raise Rejected(f"Intercom cannot do “{action}”.")
        try:
            return self._workspace.tags.put(kind, remote_id, values.get("tag", ""))
        except Gone as gone:
            raise self._where(kind, remote_id, gone) from gone

    def tags(self) -> list[str]:
        """The names of those that are there."""
        return self._workspace.tags.names()

    def _where(self, kind: Kind, remote_id: str, gone: Gone) -> Gone:
        """The same error, with where a merged contact went: a write to one may only say that it is not found."""
        if kind != "user":
            self._workspace.companies.get().lost(remote_id)
        if kind != "user" or gone.moved_to:
            return gone
        try:
            self._speaker.say("GET", f"/contacts/{remote_id}", background=True)
        except Gone as better:
            return better
        return gone

    def _types(self, kind: Kind, values: Iterable[str]) -> dict[str, str]:
        attributes = self._workspace.attributes
        types = attributes.types(kind)
        if not types.keys() >= set(values):
            types = attributes.types(kind, _NEW)
        return {name: types.get(name, "") for name in values}

    def _inward(self, kind: Kind, values: dict[str, Any], told: Any) -> dict[str, Value]:
        types, zones = self._types(kind, values), self._workspace.zones
        return {name: inward(kept, types[name], _zone(zones, name)) for name, kept in kept_of(values, told).items()}


def _zones(connection: int) -> dict[str, ZoneInfo]:
    """Attribute → the time zone of the product whose profile it is of."""
    written = Connection.objects.get(pk=connection).attributes.filter(profile__isnull=False)
    return {name: ZoneInfo(zone) for name, zone in written.values_list("name", "profile__product__time_zone")}


def _zone(zones: Remembered[dict[str, ZoneInfo]], name: str) -> ZoneInfo:
    known = zones.get(60.0)
    if name not in known:
        known = zones.get(_NEW)
    return known.get(name, ZoneInfo("UTC"))


def forget_company(connection: int, remote_id: str) -> None:
    """It was deleted there: what this process remembers of it is wrong."""
    if known := workspaces.known(connection):
        known.companies.get().lost(remote_id)


def _workspace(connection: Connection) -> Workspace:
    of = (connection.secrets.get("token"), dict(connection.options), settings.INTERCOM_URL)
    return workspaces.of(connection.pk, of, lambda: Workspace(connection))


workspaces: Open[Workspace] = Open()

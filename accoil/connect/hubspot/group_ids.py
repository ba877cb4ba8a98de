"""Our ids of accounts on companies: a property of unique values for each product, so that a company is found again
whatever else of it changes, and so that people can say which it is. Filled once, with the first values written."""

from collections.abc import Iterable
from threading import Lock

import structlog

from accoil.connect.connection import Rejected
from accoil.connect.hubspot.properties import Properties
from accoil.connect.hubspot.rows import Row
from accoil.connect.hubspot.speaking import objects
from accoil.connect.models import Connection, Mode, ProfileSync, Record
from accoil.connect.remembered import Remembered

PREFIX = "accoil_group_id_"

log = structlog.get_logger()


class GroupIds:
    """`connection`: its id."""

    def __init__(self, properties: Properties, connection: int) -> None:
        self._properties, self._connection = properties, connection
        self._to_fill: dict[str, dict[str, str]] = {}  # company → property → our id; "" where two accounts ask for it
        self._written_to = Remembered(lambda: _products(connection))
        self._lock = Lock()

    @staticmethod
    def property_of(product: int) -> str:
        return f"{PREFIX}{product}"

    def is_there(self, name: str) -> bool:
        return name in self._properties.all("account")

    def fill(self, company: str, name: str, id: str) -> None:
        """A match was found another way: the company gets our id when it is next written to."""
        with self._lock:
            own = self._to_fill.setdefault(company, {})
            own[name] = id if own.get(name, id) == id else ""

    def of(self, company: str) -> Row:
        """What is to be written with values: ids of products of which anything is written."""
        names = {self.property_of(product) for product in self._written_to.get(10.0)}
        with self._lock:
            wanted = {name: id for name, id in self._to_fill.get(company, {}).items() if id and name in names}
        return {name: id for name, id in wanted.items() if self._is_made(name)}

    def filled(self, companies: Iterable[str]) -> None:
        with self._lock:
            for company in companies:
                self._to_fill.pop(company, None)

    def take_back(self, company: str) -> None:
        """Of products none of whose accounts it is any more: with the id of one that is gone, no other account could be
        matched with it."""
        connection = Connection.objects.get(pk=self._connection)
        still = Record.objects.filter(connection=connection, kind="account", remote_id=company)
        gone = connection.team.products.exclude(pk__in=still.values("product"))
        names = [name for product in gone if self.is_there(name := self.property_of(product.pk))]
        if names:
            emptied = {"properties": dict.fromkeys(names, "")}
            self._properties.speaker.say("PATCH", objects("account", f"/{company}"), json=emptied, background=True)

    def doubt(self) -> None:
        self._properties.doubt()

    def clean_up(self) -> None:
        """Of the team's products: another server may write to the account, too."""
        products = Connection.objects.get(pk=self._connection).team.products.values_list("pk", flat=True)
        ours = {self.property_of(product) for product in products}
        for name in ours & self._properties.all("account", 0.0).keys():
            try:
                self._properties.archive("account", name)
            except Rejected as why:
                log.warning("a property stays in HubSpot", property=name, why=why.reason)

    def _is_made(self, name: str) -> bool:
        try:
            label = f"Accoil account id ({name.removeprefix(PREFIX)})"
            self._properties.make("account", name, "string", label, hasUniqueValue=True)
        except Rejected as why:  # as when there are ten unique ones already: accounts are found without it
            log.warning("companies get no id of ours", property=name, why=why.reason)
            return False
        return True


def _products(connection: int) -> set[int]:
    on = ProfileSync.objects.filter(connection=connection).exclude(mode=Mode.OFF)
    return set(on.values_list("profile__product", flat=True))

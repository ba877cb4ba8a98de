"""Whose own changes are due: found for all at once every few seconds, kept until they are sent."""

import time
from collections.abc import Iterable, Sequence

from accoil.connect.looking import Look
from accoil.connect.models import Connection, Mode, ProfileSync, Record
from accoil.connect.names import KINDS
from accoil.connect.now import moment
from accoil.count.ids import Kind

Whose = tuple[int, Kind]  # product, kind
MANY = 1000  # ids: of more it is looked first who is matched at all
RETRIED = 1000  # records, at one look


class Watching:
    """Nothing of it outlives the process: the first look finds everyone."""

    def __init__(self) -> None:
        self.due: dict[Whose, set[int]] = {}
        self.looked = float("-inf")
        self._looks: dict[tuple[int, str, Kind, bool], Look] = {}

    def look(self, connection: Connection, syncs: Sequence[ProfileSync]) -> None:
        keys = {
            (sync.profile_id, repr((sync.profile.name, sync.fields.get(kind))), kind, sync.mode == Mode.ALL): sync
            for sync in syncs
            for kind in KINDS
        }
        for gone in self._looks.keys() - keys:
            self._looks.pop(gone).drop()
        for key, sync in keys.items():
            profile, _, kind, figures = key
            if key not in self._looks:
                self._looks[key] = Look(profile, kind, figures)
            whose = (sync.profile.product_id, kind)
            found = self._looks[key].changed(sync.profile)
            if found is None or len(found) > MANY:
                matched = _matched(connection, whose)
                found = matched if found is None else found & matched
            self.add({whose: found})
        self._failed_before(connection)
        self.looked = time.monotonic()

    @property
    def has_looked(self) -> bool:
        return self.looked > float("-inf")

    @property
    def many(self) -> int:
        return sum(map(len, self.due.values()))

    def add(self, more: dict[Whose, set[int]]) -> None:
        for whose, ids in more.items():
            if ids:
                self.due.setdefault(whose, set()).update(ids)

    def batch(self, most: int) -> tuple[Whose, list[int]]:
        """Of those due, some of one product and kind."""
        whose, ids = next(iter(self.due.items()))
        return whose, sorted(ids)[:most] if len(ids) <= most * 4 else _any(ids, most)

    def done(self, whose: Whose, ids: Iterable[int]) -> None:
        self.due[whose].difference_update(ids)
        if not self.due[whose]:
            del self.due[whose]

    def drop(self) -> None:
        for look in self._looks.values():
            look.drop()

    def _failed_before(self, connection: Connection) -> None:
        """Those that are to be tried again now."""
        ready = Record.objects.filter(connection=connection, next_at__lte=moment())
        lost = [pk for pk, match in ready.values_list("pk", "match")[:RETRIED] if match != Record.Is.MATCHED]
        if lost:
            Record.objects.filter(pk__in=lost).update(rematch=True, next_at=None)
        for product, kind, entity in ready.values_list("product", "kind", "entity")[:RETRIED]:
            self.add({(product, kind): {entity}})  # type: ignore[dict-item]


def _matched(connection: Connection, whose: Whose) -> set[int]:
    product, kind = whose
    own = Record.objects.filter(connection=connection, product=product, kind=kind, match=Record.Is.MATCHED)
    return set(own.values_list("entity", flat=True))


def _any(ids: set[int], most: int) -> list[int]:
    return [each for each, _ in zip(ids, range(most), strict=False)]

"""A dry run: what a change of modes would do in the other tool. Nothing is written, here or there."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence

import msgspec

from accoil.connect.desired import changes, desired
from accoil.connect.models import Connection, Mode, ProfileSync, Record, Written
from accoil.connect.names import KINDS, Wanted, check_names, synced, wanted
from accoil.connect.tools import TOOLS
from accoil.count.ids import Kind
from accoil.refused import Refused
from accoil.score.models import Profile

COMPARED = 1000  # records at a time

Told = Callable[[int, int], None]  # hears how many records are compared, of how many


class Places(msgspec.Struct, frozen=True):
    """How many more attributes the tool takes, None without a limit, `of` how many in all; or why that is unknown."""

    left: int | None = None
    of: int | None = None
    unknown: str = ""


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """`make`, `restore`, `archive`: names of attributes. `places`: before that.
    `would_change`: profile → kind → how many matched users or accounts would get another value. `matched`: kind → how
    many there are; None before anybody was looked for."""

    make: tuple[str, ...]
    restore: tuple[str, ...]
    archive: tuple[str, ...]
    places: Places
    would_change: dict[int, dict[Kind, int]]
    matched: dict[Kind, int] | None
    records: int  # that would be written, each once
    at_once: int  # records in one call
    calls_a_second: int

    @property
    def fits(self) -> bool:
        return self.places.left is None or self.places_needed <= self.places.left

    @property
    def places_needed(self) -> int:
        """Beside those that are freed."""
        return len(self.make) + len(self.restore) - len(self.archive)

    @property
    def calls(self) -> int:
        return -(-self.records // self.at_once) + len(self.make) + len(self.restore) + len(self.archive)

    @property
    def seconds(self) -> int:
        return round(self.calls / self.calls_a_second)


def planned(
    connection: Connection,
    modes: Mapping[Profile, Mode],
    places: Places,
    told: Told = lambda done, of: None,
) -> Plan:
    """`modes`: those that would be other ones. Raises Refused when names would clash."""
    syncs = check_modes(connection, modes)
    asked = wanted(syncs)
    make, restore, archive = attribute_changes(connection, asked)
    counts = dict(_matched(connection))
    would_change, records = _changes(connection, syncs, asked, sum(counts.values()), told)
    return Plan(
        make=make, restore=restore, archive=archive, places=places, would_change=would_change,
        matched={kind: counts.get(kind, 0) for kind in KINDS} if connection.records.exists() else None, records=records,
        at_once=TOOLS[connection.tool].at_once, calls_a_second=TOOLS[connection.tool].calls_a_second,
    )  # fmt: skip


def check_modes(connection: Connection, modes: Mapping[Profile, Mode]) -> list[ProfileSync]:
    """As `with_modes`; raises Refused as well when names would clash."""
    syncs = with_modes(connection, modes)
    for sync in syncs:
        check_names(sync.profile, [other.profile for other in syncs])
    return syncs


def with_modes(connection: Connection, modes: Mapping[Profile, Mode]) -> list[ProfileSync]:
    """All profiles of which anything would be written; not saved. Raises Refused for one of another team."""
    found = {sync.profile_id: sync for sync in synced(connection)}
    rows = ProfileSync.objects.filter(connection=connection, profile__in=list(modes))
    fields = dict(rows.values_list("profile", "fields"))
    for profile, mode in modes.items():
        if profile.product.team_id != connection.team_id:
            raise Refused("This profile belongs to another team.")
        if mode == Mode.OFF:
            found.pop(profile.pk, None)
        else:
            found[profile.pk] = ProfileSync(
                connection=connection, profile=profile, mode=mode, fields=fields.get(profile.pk, {})
            )
    return list(found.values())


def attribute_changes(connection: Connection, asked: Iterable[Wanted]) -> tuple[tuple[str, ...], ...]:
    """Names of those to be made, taken out of the archive, and archived."""
    have = {(row.kind, row.name): row for row in connection.attributes.all()}
    active = {key for key, row in have.items() if row.state == Written.Is.ACTIVE and row.remote_id}
    want = {(each.attribute.kind, each.attribute.name) for each in asked}
    new = want - active
    parts = new - have.keys(), new & have.keys(), active - want
    return tuple(tuple(sorted(name for _, name in part)) for part in parts)


def _changes(
    connection: Connection, syncs: Sequence[ProfileSync], asked: Sequence[Wanted], matched: int, told: Told
) -> tuple[dict[int, dict[Kind, int]], int]:
    whose = {each.attribute.name: each.profile for each in asked}
    counts: Counter[tuple[int, Kind]] = Counter()
    records = compared = 0
    for product in {sync.profile.product_id for sync in syncs}:
        profiles = {sync.profile_id: sync.profile for sync in syncs if sync.profile.product_id == product}
        own = [each for each in asked if each.profile in profiles]
        for kind in KINDS:
            for some in _pages(connection, product, kind):
                told(min(compared, matched), matched)
                should = desired(profiles, own, kind, [record.entity for record in some])
                compared += len(some)
                for record in some:
                    changed = changes(record, should[record.entity])
                    records += bool(changed)
                    counts.update((profile, kind) for profile in {whose[name] for name in changed})
    by_profile = {sync.profile_id: {kind: counts[sync.profile_id, kind] for kind in KINDS} for sync in syncs}
    return by_profile, records


def _pages(connection: Connection, product: int, kind: Kind) -> Iterable[list[Record]]:
    own = Record.objects.filter(connection=connection, product=product, kind=kind, match=Record.Is.MATCHED)
    after = 0
    while batch := list(own.filter(pk__gt=after).order_by("pk")[:COMPARED]):
        yield batch
        after = batch[-1].pk


def _matched(connection: Connection) -> Counter[Kind]:
    kinds = Record.objects.filter(connection=connection, match=Record.Is.MATCHED).values_list("kind", flat=True)
    return Counter({kind: kinds.filter(kind=kind).count() for kind in KINDS})

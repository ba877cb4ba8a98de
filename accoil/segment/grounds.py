"""What a look at a profile is based on, and what that says about why somebody moved since the one before."""

from datetime import datetime

import msgspec

from accoil.count import days
from accoil.count.facts import facts
from accoil.score.definition import Definition
from accoil.score.models import Profile, Version
from accoil.segment.models import Reason, Standing
from accoil.team.models import Product

LEAVES_OUT = ("filter", "exclude", "internal_domains")


class Ground(msgspec.Struct, frozen=True):
    """`facts`: how often they had changed; `store`: which file they are in; `version`: its number."""

    facts: int
    day: int
    zone: str
    store: str
    version: int


def ground(profile: Profile) -> Ground:
    """As it is now. Days are those of the zone that facts are counted in, also where the product has another since."""
    now, product = facts(), profile.product
    zone = now.zones.get(product.pk, product.time_zone)
    return Ground(
        facts=now.version[product.pk],
        day=days.number(Product(time_zone=zone).today()),
        zone=zone,
        store=now.store.path.name,
        version=profile.current.number,
    )


def last(profile: Profile) -> Ground | None:
    """Of the last look, also one before this process began; nobody knows then whether facts have changed since."""
    standing = Standing.objects.filter(profile=profile).first()
    if standing is None:
        return None
    return Ground(-1, standing.day, standing.zone, standing.store, standing.version)


def last_began(profile: Profile) -> float:
    """When the last look did (seconds since 1970), also one before this process began; 0: nobody has looked."""
    standing = Standing.objects.filter(profile=profile).first()
    return standing.at.timestamp() if standing else 0


def remember(profile: Profile, now: Ground, began: datetime) -> None:
    stands = {"day": now.day, "zone": now.zone, "store": now.store, "version": now.version, "at": began}
    Standing.objects.update_or_create(profile=profile, defaults=stands)


def reason(before: Ground, now: Ground, importing: bool) -> Reason:
    """Why people moved, when the definition is the same."""
    if now.zone != before.zone:
        return Reason.ZONE
    if now.store != before.store:
        return Reason.REBUILD
    if now.day != before.day:
        return Reason.DAY
    return Reason.IMPORT if importing else Reason.FACTS


def reason_of_change(before: Definition, after: Definition) -> Reason:
    """Why people moved when the definition changed: one that only leaves out others is told apart."""
    kept = (before.to_yaml_dict(), after.to_yaml_dict())
    rest = [{key: value for key, value in each.items() if key not in LEAVES_OUT} for each in kept]
    return Reason.EXCLUSION if rest[0] == rest[1] else Reason.DEFINITION


def definition_of(profile: Profile, number: int) -> Definition:
    return Version.objects.get(profile=profile, number=number).parsed

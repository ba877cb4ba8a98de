"""What should stand in the other tool for some users or accounts of a product, as of this moment."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from accoil.connect.connection import Value
from accoil.connect.models import Record
from accoil.connect.names import SCORE, SEGMENTS, Wanted
from accoil.count.ids import Kind
from accoil.score.book import open_book
from accoil.score.models import Profile
from accoil.score.wording import in_percent
from accoil.segment.models import Kind as Sort
from accoil.segment.models import Segment, Stay

LONGEST_TEXT = 255  # characters of the names of segments
EVERYONE = ("all", "active")  # the two built-in segments that say nothing about anybody

Row = Mapping[str, Any]
Basis = list[int | float]  # raw score and version


class Desired(msgspec.Struct):
    """`values`: attribute → value; None where there is none. `scores`: names of those that also move with what others
    do. `rests_on`: as of a record."""

    values: dict[str, Value] = {}
    scores: frozenset[str] = frozenset()
    rests_on: dict[str, Basis] = {}


def desired(
    profiles: Mapping[int, Profile], wanted: Sequence[Wanted], kind: Kind, ids: Sequence[int]
) -> dict[int, Desired]:
    """Of each of these, of profiles of one product. One whom a profile leaves out has none of its values."""
    own = [each for each in wanted if each.attribute.kind == kind]
    scores = frozenset(each.attribute.name for each in own if each.trait == SCORE)
    found = {id: Desired({}, scores, {}) for id in ids}
    for key in dict.fromkeys(each.profile for each in own):
        traits = {each.trait: each.attribute.name for each in own if each.profile == key}
        _of_profile(profiles[key], kind, traits, found)
    return found


def changes(record: Record, told: Desired) -> dict[str, Value]:
    """What must be sent. Nothing is emptied that we did not fill."""
    return {
        name: value
        for name, value in told.values.items()
        if (name in record.unsure or value != record.confirmed.get(name))
        and (value is not None or name in record.confirmed or name in record.unsure)
    }


def is_own(record: Record, told: Desired, changed: Iterable[str]) -> bool:
    """Whether what must be sent comes from the entity's own facts, segments or definition; not only from a benchmark
    that others moved."""
    return record.rests_on != told.rests_on or any(
        name not in told.scores or name in record.unsure or name not in record.confirmed for name in changed
    )


def _rate(share: float | None) -> int | None:
    return None if share is None else in_percent(share)


def listed(names: Iterable[str]) -> str | None:
    """Sorted, joined by ", ", cut at a whole name with "…" where the text would be too long."""
    text = ""
    for place, name in enumerate(sorted(names)):
        longer = f"{text}, {name}" if place else name
        if len(longer) > LONGEST_TEXT:
            while len(text) > LONGEST_TEXT - 3:  # room for ", …"
                text = text.rpartition(", ")[0]
            return f"{text}, …" if text else "…"
        text = longer
    return text or None


def named_segments(profile: Profile, kind: Kind) -> dict[int, str]:
    """Id → name of those that are told to other tools."""
    told = Segment.objects.filter(profile=profile, scope=kind, kind__in=[Sort.BUILT_IN, Sort.CUSTOM])
    return dict(told.exclude(key__in=EVERYONE).values_list("pk", "name"))


def _of_profile(profile: Profile, kind: Kind, traits: Mapping[str, str], found: dict[int, Desired]) -> None:
    """Puts the values of one profile in. `traits`: trait → attribute."""
    ids = list(found)
    if set(traits) - {SEGMENTS}:
        version = profile.current
        book = open_book(profile.product_id, version.parsed, profile.product.today())
        rows = book.those(kind, ids)
        for id, each in found.items():
            row = rows.get(id)
            each.values |= {name: _figure(trait, row) for trait, name in traits.items() if trait != SEGMENTS}
            each.rests_on[str(profile.pk)] = [row["raw"] if row else 0, version.number]
    if SEGMENTS in traits:
        inside = _inside(profile, kind, ids)
        for id, each in found.items():
            each.values[traits[SEGMENTS]] = listed(inside.get(id, ()))


def _figure(trait: str, row: Row | None) -> Value:
    if row is None:
        return None
    last = row["last_active"]
    match trait:
        case "Score":
            return int(row["score"])
        case "ActivationRate":
            return _rate(row["activation"])
        case "AdoptionRate":
            return _rate(row["adoption"])
        case "LifetimeAdoptionRate":
            return _rate(row["lifetime_adoption"])
        case "LastActive":
            return last.isoformat() if last else None
        case "Frequency":
            return int(row["frequency"])
        case "ActiveUsers":
            return int(row["active_users"])
        case "TotalUsers":
            return int(row["total_users"])
        case "ActiveUserPercentage":
            return _rate(row["active_percent"])
    raise ValueError(f"{trait} is no trait that is written")


def _inside(profile: Profile, kind: Kind, ids: Sequence[int]) -> dict[int, list[str]]:
    """The names of the segments that each is in now."""
    names = named_segments(profile, kind)
    stays = Stay.objects.filter(segment__in=list(names), left_day=None, entity__in=ids)
    found: dict[int, list[str]] = {}
    for entity, segment in stays.values_list("entity", "segment"):
        found.setdefault(entity, []).append(names[segment])
    return found

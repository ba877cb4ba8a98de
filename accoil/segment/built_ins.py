"""The segments of a profile, the built-in ones among them: a profile that has none yet is given its own."""

from accoil.score.models import Profile
from accoil.segment.built_in import built_ins
from accoil.segment.models import Kind, Scope, Segment


def with_built_ins(profile: Profile) -> list[Segment]:
    """Built-in ones first, in their order, then those of people, then the stages of journeys."""
    found = list(profile.segments.select_related("journey"))
    have = {(segment.scope, segment.key) for segment in found}
    missing = [
        Segment(profile=profile, scope=scope, kind=Kind.BUILT_IN, key=key, name=name, position=position)
        for scope in Scope.values
        for position, (key, name) in enumerate(built_ins(scope).items())  # type: ignore[arg-type]
        if (scope, key) not in have
    ]
    if missing:
        Segment.objects.bulk_create(missing, ignore_conflicts=True)  # somebody else may be doing the same
        found = list(profile.segments.select_related("journey"))
    order = list(Kind.values)
    return sorted(found, key=lambda each: (order.index(each.kind), each.journey_id or 0, each.position, each.pk))


def all_watched(profile: Profile) -> list[Segment]:
    """Those, and the ones that automations have for themselves, which no list shows."""
    return with_built_ins(profile) + list(Segment.every.filter(profile=profile, kind=Kind.TRIGGER))

"""Leaving one user or account out of a profile by name, and taking them in again. Each makes a version with a note."""

import msgspec
from django.db import transaction

from accoil.count.ids import Kind
from accoil.score.definition import Definition
from accoil.score.models import Profile, Version
from accoil.team.models import User


def exclude(profile: Profile, kind: Kind, tracking_id: str, author: User | None) -> Version:
    """Raises Refused when as many are left out as can be."""
    return _save(profile, kind, tracking_id, True, author)


def include(profile: Profile, kind: Kind, tracking_id: str, author: User | None) -> Version:
    return _save(profile, kind, tracking_id, False, author)


def is_excluded(definition: Definition, kind: Kind, tracking_id: str) -> bool:
    """By name; others may be left out for other reasons."""
    return tracking_id in (definition.exclude.users if kind == "user" else definition.exclude.accounts)


def _save(profile: Profile, kind: Kind, tracking_id: str, out: bool, author: User | None) -> Version:
    with transaction.atomic():
        Profile.objects.select_for_update().get(pk=profile.pk)  # two clicks at once must not lose one another
        now = profile.current.parsed
        named = set(now.exclude.users if kind == "user" else now.exclude.accounts)
        named = named | {tracking_id} if out else named - {tracking_id}
        changed = msgspec.structs.replace(now.exclude, **{f"{kind}s": tuple(sorted(named))})
        note = f"{kind.capitalize()} {tracking_id} {'excluded' if out else 'included again'}"
        return profile.save_definition(msgspec.structs.replace(now, exclude=changed), author, note)

"""Which past days a profile can be asked for, with its segments."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from accoil.refused import Refused
from accoil.rule import reaching
from accoil.score import askable
from accoil.score.definition import Definition
from accoil.score.models import Profile
from accoil.segment.models import Segment


def looks_back(profile: Profile, more: Iterable[Any] = ()) -> int:
    """So many days, under the version in force. `more`: rules that are asked with it, as they are written."""
    return askable.looks_back(profile.current.parsed, [*_rules(profile), *more])


def first_days(profile: Profile, more: Iterable[Any] = ()) -> int:
    """So many days of everybody, from their first on, under any version. `more`: rules that are asked with it."""
    versions = profile.versions.values_list("definition", flat=True)
    return reaching.first_days([*versions, *_rules(profile), *more])


def first_askable(profile: Profile, definition: Definition | None = None, more: Iterable[Any] = ()) -> date | None:
    """None where every day can be asked for. `more`: rules that are asked with it, as they are written."""
    if profile.product.kept_from is None:
        return None
    rules = [*_rules(profile), *more]
    return askable.first_askable(profile.product, definition or profile.current.parsed, rules)


def check_askable(profile: Profile, begins: date, definition: Definition, more: Iterable[Any] = ()) -> None:
    """Raises Refused for what looks back to a day before the first that can be asked for."""
    first = first_askable(profile, definition, more)
    if first and begins < first:
        raise Refused(f"That looks back to {begins}; {askable.why_not(profile.product, first)}")


def _rules(profile: Profile) -> list[object]:
    """Also those that automations have for themselves."""
    return list(Segment.every.filter(profile=profile).exclude(rule=None).values_list("rule", flat=True))

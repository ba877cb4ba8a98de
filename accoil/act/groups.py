"""Segments and stages of a profile as groups of people that a draft is asked about."""

from collections.abc import Mapping, Sequence
from functools import cached_property

from accoil.rule.to_sql import Condition
from accoil.rule.tree import Scope
from accoil.segment import asking
from accoil.segment.models import Segment
from accoil.segment.watched import Watched


class Segments:
    """As `accoil.score.groups.Groups`. A minimum stay is not waited for."""

    def __init__(self, scope: Scope, names: Mapping[int, str], asked: Sequence[Watched]) -> None:
        self.names: Mapping[int, str] = {each.id: names.get(each.id, "") for each in asked}
        self._scope: Scope = scope
        self._asked = asked

    @cached_property
    def question(self) -> Condition:
        return asking.question(self._scope, self._asked)


def titles(segments: Sequence[Segment]) -> dict[int, str]:
    """What they are called beside each other: a stage with its journey, since its name may be a segment's as well."""
    return {each.pk: f"{each.journey.name}: {each.name}" if each.journey else each.name for each in segments}

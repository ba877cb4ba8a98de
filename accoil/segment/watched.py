"""The segments and stages of a profile with what they say, ready to be asked."""

import hashlib
import json
from collections.abc import Iterable

import msgspec
import structlog

from accoil.count.ids import Kind
from accoil.refused import Refused
from accoil.rule.tree import EVERYTHING, Event, Group, Names, Rule, check, inlined, written
from accoil.score.definition import Definition
from accoil.score.features import events_of
from accoil.score.models import Profile
from accoil.segment import built_in
from accoil.segment.models import Kind as Sort
from accoil.segment.models import Segment

NOBODY = {"all": [{"metric": "score", "below": 0}]}  # what a rule says that can't be read any more
log = structlog.get_logger()


class Watched(msgspec.Struct, frozen=True, kw_only=True):
    """`rule` names nothing any more. `after`: the stages above, whose members are left out. `digest` differs for
    segments that say different things."""

    id: int
    rule: Rule
    after: tuple[int, ...] = ()
    stay_days: int = 0
    digest: str


def watched(profile: Profile, scope: Kind, definition: Definition, segments: Iterable[Segment]) -> list[Watched]:
    """What the segments and stages of that scope say under a definition."""
    own = [segment for segment in segments if segment.scope == scope]
    known = names(profile, scope, definition, own)
    found: dict[int, Watched] = {}
    for segment in own:
        above = tuple(
            other.pk
            for other in own
            if other.journey_id and other.journey_id == segment.journey_id and other.position < segment.position
        )
        rule = _inlined(segment, scope, definition, known)
        says = [
            written(_nameless(rule)),
            _events(rule),
            segment.stay_days,
            [found[each].digest for each in above if each in found],
        ]
        digest = hashlib.sha256(json.dumps(says, sort_keys=True).encode()).hexdigest()[:16]
        found[segment.pk] = Watched(id=segment.pk, rule=rule, after=above, stay_days=segment.stay_days, digest=digest)
    return list(found.values())


def names(profile: Profile, scope: Kind, definition: Definition, segments: Iterable[Segment]) -> Names:
    """What features, segments and stages of that scope mean."""
    own = [segment for segment in segments if segment.scope == scope]
    stages = sorted((each for each in own if each.is_stage), key=lambda each: (each.journey_id or 0, each.position))
    return Names(
        features=events_of(profile.product),
        segments={each.name: rule_of(each, definition) for each in own if not each.is_stage},
        stages={each.name: rule_of(each, definition) for each in stages},
        journeys=tuple(
            tuple(each.name for each in stages if each.journey_id == journey)
            for journey in dict.fromkeys(each.journey_id for each in stages)
        ),
    )


def rule_of(segment: Segment, definition: Definition) -> Rule:
    """What it says, with the names that stand in it."""
    raw = built_in.rule_of(segment.key, definition.window) if segment.kind == Sort.BUILT_IN else segment.rule
    try:
        return check(raw, segment.scope, EVERYTHING)  # type: ignore[arg-type]
    except Refused as wrong:  # it was checked when it was saved; one that can't be read must not stop the others
        log.error("a segment's rule can't be read; nobody is in it", segment=segment.pk, reason=str(wrong))
        return check(NOBODY, segment.scope, EVERYTHING)  # type: ignore[arg-type]


def _inlined(segment: Segment, scope: Kind, definition: Definition, known: Names) -> Rule:
    try:
        return inlined(rule_of(segment, definition), known)
    except Refused as wrong:
        log.error("a segment names what is not there; nobody is in it", segment=segment.pk, reason=str(wrong))
        return check(NOBODY, scope, EVERYTHING)


def _nameless(rule: Rule) -> Rule:
    """A feature says what its events say: with another name it says the same."""
    match rule:
        case Group(how, rules):
            return Group(how, tuple(_nameless(part) for part in rules))
        case Event("feature"):
            return msgspec.structs.replace(rule, name="")
    return rule


def _events(rule: Rule) -> list[list[str]]:
    """The events of the features in it, which its written form does not tell."""
    match rule:
        case Group(_, rules):
            return [each for part in rules for each in _events(part)]
        case Event(events=events) if events is not None:
            return [list(events)]
    return []

"""Makes, changes and deletes journeys: ordered stages, each with a rule; everyone is in the first that holds."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from django.db import transaction

from accoil.count import days
from accoil.count.ids import Kind
from accoil.refused import At, Refused
from accoil.rule.tree import written
from accoil.score.models import Profile
from accoil.segment import keeping
from accoil.segment.models import Journey, Segment
from accoil.segment.models import Kind as Sort
from accoil.team.models import User
from accoil.team.names import tidied

MOST = 10  # journeys of a profile and scope
MOST_STAGES = 12


class Stage(msgspec.Struct, frozen=True):
    """`id` of one that is there already and keeps what is known about it; 0: a new one."""

    name: str
    rule: Mapping[str, Any]
    id: int = 0


def create(
    profile: Profile, scope: Kind, name: str, stages: Sequence[Stage], author: User | None = None, filled_days: int = 0
) -> Journey:
    """`filled_days`: of the past, to be worked out. Raises Refused with a sentence about what is wrong with the name or
    a stage."""
    with transaction.atomic():
        if profile.journeys.filter(scope=scope).count() >= MOST:
            raise Refused(f"This profile has {MOST} journeys of {scope}s; that is the most.")
        journey = Journey(profile=profile, scope=scope, author=author, name=_check_name(profile, scope, name))
        journey.save()
        _lay(journey, stages)
        if filled_days:
            journey.stages.update(fill_from=days.number(profile.product.today()) - filled_days)
    return journey


def change(journey: Journey, name: str, stages: Sequence[Stage]) -> None:
    """Another name, other stages or another order. A stage that keeps its id keeps its history. Raises Refused."""
    with transaction.atomic():
        journey.name = _check_name(journey.profile, journey.scope, name, journey.pk)  # type: ignore[arg-type]
        journey.save(update_fields=["name"])
        _lay(journey, stages)


def delete(journey: Journey) -> None:
    """With its stages and all that was kept about who was in them. Raises Refused while a rule outside names one."""
    with transaction.atomic():
        _none_is_named([*journey.stages.all()], journey)
        journey.delete()


def _lay(journey: Journey, stages: Sequence[Stage]) -> None:
    if not 2 <= len(stages) <= MOST_STAGES:
        raise Refused(f"A journey has two to {MOST_STAGES} stages; this one has {len(stages)}.")
    profile, scope = journey.profile, journey.scope
    own = keeping.of_scope(profile, scope)  # type: ignore[arg-type]
    had = {each.pk: each for each in own if each.journey_id == journey.pk}
    kept = {stage.id for stage in stages}
    gone = [each for id, each in had.items() if id not in kept]
    _none_is_named(gone, journey)
    own = [each for each in own if each not in gone]
    Segment.objects.filter(pk__in=[each.pk for each in gone]).delete()
    laid: list[Segment] = []
    for position, stage in enumerate(stages):
        made = had.get(stage.id) or Segment(
            profile=profile, scope=scope, kind=Sort.STAGE, journey=journey, author=journey.author
        )
        tidy = keeping.check_name([*own, *laid], scope, stage.name, itself=made.pk, stage=True)  # type: ignore[arg-type]
        if made.pk:
            keeping.rename(made, tidy, own)
        made.name, made.position, made.rule = tidy, position, dict(stage.rule)
        laid.append(made)
    others = [each for each in own if each.journey_id != journey.pk]
    for made in laid:
        with At(f"Stage “{made.name}”"):
            made.rule = written(keeping.check_rule(profile, scope, made.rule or {}, [*others, *laid]))  # type: ignore[arg-type]
    for made in laid:
        made.save()


def _none_is_named(stages: Sequence[Segment], journey: Journey) -> None:
    for stage in stages:
        asking = [each for each in keeping.those_that_name(stage) if each.journey_id != journey.pk]
        if asking:
            raise Refused(f"“{stage.name}” can't be deleted: “{asking[0].name}” asks for it. Take it out there first.")
        keeping.refuse_if_followed(stage)


def _check_name(profile: Profile, scope: Kind, name: str, itself: int | None = None) -> str:
    tidy = tidied("journey", name)
    for other in profile.journeys.filter(scope=scope):
        if other.pk != itself and other.name.casefold() == tidy.casefold():
            raise Refused(f"There is a journey of {scope}s called “{other.name}” already; choose another name.")
    return tidy

"""What would follow from a draft of a profile: for whom automations' triggers would come true, and how many records in
other tools would be written. Saving a definition fires nothing: it is told what the draft means for automations."""

from collections.abc import Sequence
from datetime import date

import msgspec
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from accoil.act.groups import Segments
from accoil.act.models import Automation
from accoil.act.triggers import check_trigger, sentence
from accoil.connect.desired import named_segments
from accoil.connect.models import Mode, ProfileSync, Record, State
from accoil.refused import Refused
from accoil.rule.tree import EVERYTHING, Group, Rule, Scope, check, inlined
from accoil.score import what_if as score
from accoil.score.definition import Definition
from accoil.score.models import Profile
from accoil.score.what_if import SCOPES
from accoil.segment.built_ins import all_watched
from accoil.segment.models import Segment
from accoil.segment.watched import Watched, names, watched

CONDITIONS = 10**12  # numbers of automations' conditions begin here, those of segments are below

EVERYONE = Group("all", ())

Truths = npt.NDArray[np.bool_]


class Would(msgspec.Struct, frozen=True):
    """For how many `entities` the trigger would come true and the condition hold. `when`: in words."""

    name: str
    scope: Scope
    when: str
    entities: int


def follow(profile: Profile, now: Definition, draft: Definition, as_of: date) -> tuple[list[Would], int]:
    """Automations that would fire if people moved by what they did, and how many records would be written."""
    automations = list(profile.automations.filter(enabled=True, segment__isnull=False).select_related("segment"))
    syncs = list(
        ProfileSync.objects.filter(profile=profile, connection__state__in=(State.CONNECTED, State.NEEDS_RECONNECT))
        .exclude(mode=Mode.OFF)
        .select_related("connection")
    )
    if not automations and not syncs:
        return [], 0
    would: list[Would] = []
    writes = 0
    segments = all_watched(profile)
    for scope in SCOPES:
        own = [each for each in automations if each.scope == scope]
        if not own and not syncs:
            continue
        sides = tuple(_groups(profile, scope, each, segments, own) for each in (now, draft))
        found = score.told_otherwise(profile.product_id, now, draft, as_of, scope, sides)  # type: ignore[arg-type]
        would += [each for each in (_would(automation, found) for automation in own) if each.entities]
        writes += sum(_writes(sync, scope, found) for sync in syncs)
    return would, writes


def _groups(
    profile: Profile, scope: Scope, definition: Definition, segments: Sequence[Segment], own: Sequence[Automation]
) -> Segments:
    asked = watched(profile, scope, definition, segments)
    known = names(profile, scope, definition, segments)
    for automation in own:
        rule = inlined(_must_hold(automation), known)
        asked.append(Watched(id=CONDITIONS + automation.pk, rule=rule, digest=""))
    return Segments(scope, {}, asked)


def _must_hold(automation: Automation) -> Rule:
    """Besides the move itself."""
    scope: Scope = automation.scope  # type: ignore[assignment]
    parts = [check(automation.condition, scope, EVERYTHING)] if automation.condition else []
    try:
        also = check_trigger(automation.trigger, automation.profile, scope).also
    except Refused:  # what it names is gone; then nobody moves
        also = None
    return Group("all", (*parts, also) if also else tuple(parts))


def _would(automation: Automation, found: pa.Table) -> Would:
    scope: Scope = automation.scope  # type: ignore[assignment]
    was, now = (_truth(found, f"{side}{automation.segment_id}") for side in ("was", "is"))
    moved = now & ~was if automation.way == "entered" else was & ~now
    if _must_hold(automation) != EVERYONE:
        moved = moved & _truth(found, f"is{CONDITIONS + automation.pk}")
    return Would(automation.name, scope, sentence(automation.trigger, scope), int(moved.sum()))


def _writes(sync: ProfileSync, scope: Scope, found: pa.Table) -> int:
    differs = _truth(found, "differs") if sync.mode == Mode.ALL else np.zeros(len(found), np.bool_)
    for segment in named_segments(sync.profile, scope):
        differs = differs | (_truth(found, f"was{segment}") != _truth(found, f"is{segment}"))
    matched = Record.objects.filter(
        connection=sync.connection, product=sync.profile.product_id, kind=scope, match=Record.Is.MATCHED
    )
    ours = np.fromiter(matched.values_list("entity", flat=True).iterator(10_000), np.int64)
    return int(np.isin(ours, found["id"].to_numpy()[differs]).sum())


def _truth(found: pa.Table, column: str) -> Truths:
    if column not in found.column_names:
        return np.zeros(len(found), np.bool_)
    return np.asarray(found[column].to_numpy(zero_copy_only=False), np.bool_)

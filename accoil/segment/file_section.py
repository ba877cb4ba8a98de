"""The `segments` and `journeys` of a definitions file."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, Literal

import msgspec

from accoil.count.ids import Kind as Scope
from accoil.refused import At, Refused
from accoil.rule.tree import check, written
from accoil.rule.values import shown
from accoil.rule.words import words
from accoil.score.file_format import check_keys, listed, name_of, profile_of, scope_of
from accoil.score.files import Plan
from accoil.score.models import Profile
from accoil.segment import journeys, keeping
from accoil.segment.journeys import Stage
from accoil.segment.models import Journey, Segment
from accoil.segment.models import Kind as Sort
from accoil.team.models import Product

What = Literal["segment", "journey"]
KEYS: dict[What, tuple[str, ...]] = {
    "segment": ("name", "profile", "scope", "rule", "stay_days"),
    "journey": ("name", "profile", "scope", "stages"),
}


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """One of them as the file has it, known by `key`: its profile's name, its scope and its own name."""

    what: What
    profile: str
    scope: Scope
    name: str
    rule: Mapping[str, Any] = {}
    stay_days: int = 0
    stages: tuple[tuple[str, Mapping[str, Any]], ...] = ()

    @property
    def key(self) -> tuple[str, str, str]:
        return self.profile, self.scope, self.name

    @property
    def words(self) -> str:
        return f"{self.what} {self.name} ({self.scope}s of {self.profile})"


class Segments:
    """Both at once, since their rules may name each other."""

    keys = ("segments", "journeys")

    def read(self, content: Mapping[str, Any]) -> dict[What, list[Said]]:
        """Those that the file speaks of."""
        given: tuple[tuple[What, str], ...] = (("segment", "segments"), ("journey", "journeys"))
        twice = "Two are the {0.words}; give each its own name.".format
        return {what: listed(content[key], key, partial(_read, what), twice) for what, key in given if key in content}

    def apply(self, plan: Plan, said: dict[What, list[Said]]) -> None:
        wanted = [each for listed in said.values() for each in listed]
        steps = [_step(plan, each) for each in wanted]
        if plan.prune:
            keep = {(each.what, *each.key) for each in wanted}
            gone = [each for each in _there(plan.product) if each.what in said and (each.what, *each.key) not in keep]
            steps += [_removal(plan, each) for each in gone]
        _do_all(steps)

    def written(self, product: Product) -> dict[str, Any]:
        there = _there(product)
        told: dict[str, Any] = {
            "segments": [
                {"name": each.name, "profile": each.profile, "scope": each.scope, "rule": dict(each.rule)}
                | ({"stay_days": each.stay_days} if each.stay_days else {})
                for each in there
                if each.what == "segment"
            ],
            "journeys": [
                {"name": each.name, "profile": each.profile, "scope": each.scope,
                 "stages": [{"name": name, "rule": dict(rule)} for name, rule in each.stages]}
                for each in there
                if each.what == "journey"
            ],
        }  # fmt: skip
        return {key: listed for key, listed in told.items() if listed}


def _do_all(steps: Sequence[Callable[[], None]]) -> None:
    """One may need what another makes, or takes away: as long as one succeeds, those refused are tried again."""
    left = list(steps)
    while left:
        refused: list[tuple[Callable[[], None], Refused]] = []
        for step in left:
            try:
                step()
            except Refused as wrong:
                refused.append((step, wrong))
        if len(refused) == len(left):
            raise refused[0][1]
        left = [step for step, _ in refused]


def _step(plan: Plan, said: Said) -> Callable[[], None]:
    with At(_place(said)):
        profile = plan.profile(said.profile)

    def put() -> None:
        with At(_place(said)):
            plan.lines += (
                _put_segment(plan, said, profile) if said.what == "segment" else _put_journey(plan, said, profile)
            )

    return put


def _removal(plan: Plan, said: Said) -> Callable[[], None]:
    profile = plan.profile(said.profile)

    def remove() -> None:
        if said.what == "segment":
            keeping.delete(_segment(profile, said))  # type: ignore[arg-type]
        else:
            journeys.delete(_journey(profile, said))  # type: ignore[arg-type]
        plan.lines.append(f"- {said.words}")

    return remove


def _put_segment(plan: Plan, said: Said, profile: Profile) -> list[str]:
    there = _segment(profile, said)
    if there is None:
        keeping.create(profile, said.scope, said.name, said.rule, said.stay_days, plan.author)
        return [f"+ {said.words}"]
    rule = written(check(said.rule, said.scope))
    if there.rule == rule and there.stay_days == said.stay_days:
        return [f"  {said.words}: unchanged"]
    before, stay = there.rule, there.stay_days
    keeping.change(there, said.name, said.rule, said.stay_days)
    lines = [f"~ {said.words}"]
    lines += [f"    rule: {_shown(before, said.scope)} → {_shown(rule, said.scope)}"] if before != rule else []
    return lines + ([f"    stay_days: {stay} → {said.stay_days}"] if stay != said.stay_days else [])


def _put_journey(plan: Plan, said: Said, profile: Profile) -> list[str]:
    there = _journey(profile, said)
    if there is None:
        journeys.create(profile, said.scope, said.name, [Stage(name, rule) for name, rule in said.stages], plan.author)
        return [f"+ {said.words}: {', '.join(name for name, _ in said.stages)}"]
    before = {stage.name: stage for stage in there.stages.order_by("position")}
    after = [(name, written(check(rule, said.scope))) for name, rule in said.stages]
    if [(name, stage.rule) for name, stage in before.items()] == after:
        return [f"  {said.words}: unchanged"]
    ids = {name: stage.pk for name, stage in before.items()}
    journeys.change(there, said.name, [Stage(name, rule, ids.get(name, 0)) for name, rule in said.stages])
    lines = [f"~ {said.words}"]
    lines += [f"    stage {name} added" for name, _ in after if name not in before]
    lines += [
        f"    stage {name}: {_shown(before[name].rule, said.scope)} → {_shown(rule, said.scope)}"
        for name, rule in after
        if name in before and before[name].rule != rule
    ]
    lines += [f"    stage {name} removed" for name in before if name not in dict(after)]
    if [name for name, _ in after if name in before] != [name for name in before if name in dict(after)]:
        lines.append(f"    order: {', '.join(name for name, _ in after)}")
    return lines


def _there(product: Product) -> list[Said]:
    found: list[Said] = []
    for profile in product.profiles.all():
        for segment in profile.segments.filter(kind=Sort.CUSTOM).order_by("scope", "pk"):
            found.append(
                Said(
                    what="segment", profile=profile.name, scope=segment.scope, name=segment.name,  # type: ignore[arg-type]
                    rule=segment.rule or {}, stay_days=segment.stay_days,
                )
            )  # fmt: skip
        for journey in profile.journeys.order_by("scope", "pk"):
            stages = tuple((each.name, each.rule or {}) for each in journey.stages.order_by("position"))
            found.append(
                Said(what="journey", profile=profile.name, scope=journey.scope, name=journey.name, stages=stages)  # type: ignore[arg-type]
            )
    return found


def _segment(profile: Profile, said: Said) -> Segment | None:
    return profile.segments.filter(kind=Sort.CUSTOM, scope=said.scope, name=said.name).first()


def _journey(profile: Profile, said: Said) -> Journey | None:
    return profile.journeys.filter(scope=said.scope, name=said.name).first()


def _read(what: What, place: int, entry: Any) -> Said:
    name = name_of(entry, place, what)
    where = f"{what.capitalize()} “{name}”"
    check_keys(where, entry, KEYS[what])
    scope, profile, days = scope_of(where, entry), profile_of(where, entry), entry.get("stay_days", 0)
    if not isinstance(days, int) or isinstance(days, bool):
        raise Refused(f"{where}: stay_days is {shown(days)}; write a whole number of days.")
    told: dict[str, Any] = {"what": what, "name": name, "profile": profile, "scope": scope}
    if what == "segment":
        return Said(**told, rule=_rule(where, entry.get("rule"), scope), stay_days=days)
    return Said(**told, stages=tuple(_stage(where, stage, scope) for stage in _stages(where, entry.get("stages"))))


def _stages(where: str, listed: Any) -> list[Any]:
    if not isinstance(listed, list):
        raise Refused(f"{where}: stages must be a list of {{name, rule}}.")
    return listed


def _stage(where: str, stage: Any, scope: Scope) -> tuple[str, Mapping[str, Any]]:
    if not isinstance(stage, dict) or set(stage) != {"name", "rule"} or not isinstance(stage["name"], str):
        raise Refused(f"{where}: a stage has a name and a rule, and nothing else.")
    return " ".join(stage["name"].split()), _rule(f"{where}: stage “{stage['name']}”", stage["rule"], scope)


def _rule(where: str, rule: Any, scope: Scope) -> Mapping[str, Any]:
    with At(where):
        return written(check(rule, scope))


def _place(said: Said) -> str:
    return f"{said.what.capitalize()} “{said.name}”"


def _shown(rule: Any, scope: Scope) -> str:
    return words(check(rule, scope), scope)

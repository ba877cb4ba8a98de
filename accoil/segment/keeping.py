"""Makes, changes and deletes segments. What would leave another without sense is refused with a sentence."""

from collections.abc import Iterable, Mapping
from typing import Any, Literal, Protocol

from django.db import transaction

from accoil.count import days
from accoil.count.ids import Kind
from accoil.refused import Refused
from accoil.rule.tree import EVERYTHING, Rule, check, inlined, mentions, renamed, written
from accoil.score.askable import refuse_gone
from accoil.score.models import Profile
from accoil.segment import built_in
from accoil.segment.built_ins import with_built_ins
from accoil.segment.models import Segment
from accoil.segment.watched import names
from accoil.team.models import Product, User
from accoil.team.names import tidied

MOST = 200  # custom segments of a profile and scope
LONGEST_STAY = 365  # days

Written = Mapping[str, Any]


class Follower(Protocol):
    """What else names segments and stages, told by packages that this one doesn't know."""

    def naming(self, segment: Segment) -> list[str]:
        """Each as in “the automation “Tell sales””."""

    def renamed(self, segment: Segment, old: str, new: str) -> None:
        """Has them say the new name; the segment itself has the old one still."""


followers: list[Follower] = []


def create(
    profile: Profile, scope: Kind, name: str, rule: Written, stay_days: int = 0, author: User | None = None,
    filled_days: int = 0,
) -> Segment:  # fmt: skip
    """A new segment. `filled_days`: of the past, to be worked out. Raises Refused with a sentence about what is wrong
    with name, rule or minimum stay."""
    with transaction.atomic():
        own = of_scope(profile, scope)
        if sum(not each.is_built_in and not each.is_stage for each in own) >= MOST:
            raise Refused(f"This profile has {MOST} segments of {scope}s; that is the most.")
        segment = Segment(profile=profile, scope=scope, author=author, name=check_name(own, scope, name))
        _say(segment, own, rule, stay_days)
        if filled_days:
            segment.fill_from = days.number(profile.product.today()) - filled_days
        segment.save()
    return segment


def change(segment: Segment, name: str, rule: Written, stay_days: int) -> Segment:
    """Another name, rule or minimum stay. Rules that name the segment follow a new name. Raises Refused."""
    with transaction.atomic():
        own = of_scope(segment.profile, segment.scope)  # type: ignore[arg-type]
        segment = next(each for each in own if each.pk == segment.pk)
        if segment.is_built_in:
            raise Refused(f"“{segment.name}” is built in; it can't be changed. Make one of your own like it.")
        rename(segment, check_name(own, segment.scope, name, itself=segment.pk), own)  # type: ignore[arg-type]
        _say(segment, own, rule, stay_days)
        segment.save(update_fields=["name", "rule", "stay_days"])
    return segment


def delete(segment: Segment) -> None:
    """With all that was kept about who was inside. Raises Refused while a rule names it."""
    with transaction.atomic():
        if segment.is_built_in:
            raise Refused(f"“{segment.name}” is built in; it can't be deleted.")
        if asking := those_that_name(segment):
            raise Refused(f"“{segment.name}” can't be deleted: {_listed(asking)} for it. Take it out there first.")
        refuse_if_followed(segment)
        segment.delete()


def refuse_if_followed(segment: Segment) -> None:
    """Raises Refused while something that is no segment names it."""
    for follower in followers:
        for name in follower.naming(segment):
            raise Refused(f"“{segment.name}” can't be deleted: {name} names it. Change that first.")


def of_scope(profile: Profile, scope: Kind) -> list[Segment]:
    return [each for each in with_built_ins(profile) if each.scope == scope]


def check_name(own: Iterable[Segment], scope: Kind, name: str, itself: int | None = None, stage: bool = False) -> str:
    """The name without needless spaces. Raises Refused."""
    what = "stage" if stage else "segment"
    tidy = tidied(what, name)
    if "," in tidy:
        raise Refused(f"“{tidy}” holds a comma, which stands between names in other tools; write it without.")
    if not stage and built_in.is_taken(scope, tidy):
        raise Refused(f"“{tidy}” is the name of a built-in segment; choose another.")
    for other in own:
        if other.is_stage == stage and other.name.casefold() == tidy.casefold() and other.pk != itself:
            raise Refused(f"There is a {what} of {scope}s called “{other.name}” already; choose another name.")
    return tidy


def check_rule(profile: Profile, scope: Kind, rule: Written, own: Iterable[Segment]) -> Rule:
    """Reads a rule that may name segments and stages. Raises Refused, also for one that names itself by detours, and
    for one that asks for days that are gone."""
    checked = check(rule, scope, EVERYTHING)
    whole = inlined(checked, names(profile, scope, profile.current.parsed, own))
    refuse_gone(profile.product, written(whole))
    return checked


def rename(segment: Segment, name: str, own: Iterable[Segment]) -> None:
    """Sets the name, and has the rules of others say the new one. The segment itself is not saved."""
    kind = _kind(segment)
    if name != segment.name:
        for other in own:
            if other.pk != segment.pk and other.rule and segment.name in _named(other.rule, segment.scope, kind):
                other.rule = renamed(other.rule, kind, {segment.name: name})
                other.save(update_fields=["rule"])
        for follower in followers:
            follower.renamed(segment, segment.name, name)
    segment.name = name


def those_that_name(segment: Segment) -> list[Segment]:
    """Segments and stages whose rule asks for it."""
    kind = _kind(segment)
    own = of_scope(segment.profile, segment.scope)  # type: ignore[arg-type]
    return [
        each for each in own
        if each.pk != segment.pk and each.rule and segment.name in _named(each.rule, segment.scope, kind)
    ]  # fmt: skip


class NamesFeatures:
    """As `accoil.score.carried.Follower`: the segments and stages of a product."""

    def naming(self, product: Product) -> list[tuple[str, str]]:
        return [(feature, _called(each)) for each in _with_rules(product) for feature in _features(each)]

    def renamed(self, product: Product, names: Mapping[str, str]) -> list[str]:
        told = []
        for each in _with_rules(product):
            if names.keys() & set(_features(each)):
                each.rule = renamed(each.rule, "feature", names)
                each.save(update_fields=["rule"])
                told.append(_called(each))
        return told


def _say(segment: Segment, own: list[Segment], rule: Written, stay_days: int) -> None:
    if isinstance(stay_days, bool) or not 0 <= stay_days <= LONGEST_STAY:
        raise Refused(f"stay_days is {stay_days}; write a whole number of days from 0 to {LONGEST_STAY}.")
    segment.rule, segment.stay_days = dict(rule), stay_days
    with_it = [each for each in own if each.pk != segment.pk] + [segment]
    segment.rule = written(check_rule(segment.profile, segment.scope, rule, with_it))  # type: ignore[arg-type]


def _named(rule: Any, scope: str, kind: str) -> tuple[str, ...]:
    found = mentions(check(rule, scope, EVERYTHING))  # type: ignore[arg-type]
    return found.stages if kind == "stage" else found.segments


def _kind(segment: Segment) -> Literal["segment", "stage"]:
    return "stage" if segment.is_stage else "segment"


def _called(segment: Segment) -> str:
    return f"the {_kind(segment)} “{segment.name}”"


def _with_rules(product: Product) -> list[Segment]:
    return list(Segment.objects.filter(profile__product=product, rule__isnull=False))


def _features(segment: Segment) -> tuple[str, ...]:
    return mentions(check(segment.rule, segment.scope, EVERYTHING)).features  # type: ignore[arg-type]


def _listed(asking: list[Segment]) -> str:
    first = " and ".join(f"“{each.name}”" for each in asking[:2])
    more = f" and {len(asking) - 2} more" if len(asking) > 2 else ""
    return f"{first}{more} {'asks' if len(asking) == 1 else 'ask'}"

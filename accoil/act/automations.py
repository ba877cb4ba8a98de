"""Makes, changes, switches on and off, and deletes automations."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from django.db import transaction

from accoil.act.actions import Written, action_of, actions_in, check_actions, check_addresses, check_of_team, words_of
from accoil.act.models import Automation
from accoil.act.triggers import Trigger, check_rule, check_trigger, sentence
from accoil.count.ids import Kind
from accoil.refused import At, Refused
from accoil.rule.tree import EVERYTHING, check, words, written
from accoil.rule.values import shown
from accoil.score.models import Profile
from accoil.segment import reading
from accoil.segment.models import Kind as Sort
from accoil.segment.models import Segment
from accoil.team.models import User
from accoil.team.names import tidied

MOST = 100  # automations of a profile
COOL_DOWN = 24  # hours
LONGEST_COOL_DOWN = 24 * 365
# What a draft says; the rest moves while it is on.
SAID = ["name", "scope", "trigger", "condition", "actions", "cool_down_hours", "problem"]


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """As the keys of definition files say it; nothing of it is checked."""

    name: str
    scope: Kind
    when: Any
    then: Any
    condition: Any = None
    cool_down_hours: int = COOL_DOWN


class Checked(msgspec.Struct, frozen=True, kw_only=True):
    """A draft that makes sense."""

    name: str
    trigger: Trigger
    condition: dict[str, Any] | None
    actions: list[Written]
    cool_down_hours: int


def check_draft(profile: Profile, draft: Draft, itself: Automation | None = None) -> Checked:
    """Raises Refused with a sentence that names what is wrong."""
    if draft.scope not in ("user", "account"):
        raise Refused(f"scope is {shown(draft.scope)}; write account or user.")
    hours = draft.cool_down_hours
    if not isinstance(hours, int) or isinstance(hours, bool) or not 0 <= hours <= LONGEST_COOL_DOWN:
        raise Refused(f"cool_down_hours is {shown(hours)}; write a whole number from 0 to {LONGEST_COOL_DOWN:,}.")
    checked = Checked(
        name=_check_name(profile, draft.name, itself),
        trigger=check_trigger(draft.when, profile, draft.scope),
        condition=check_condition(draft.condition, profile, draft.scope),
        actions=check_actions(draft.then, draft.scope),
        cool_down_hours=hours,
    )
    check_of_team(checked.actions, profile.product.team)
    return checked


def check_condition(raw: Any, profile: Profile, scope: Kind) -> dict[str, Any] | None:
    """Reads `if`. Raises Refused."""
    if raw is None or raw == {}:
        return None
    with At("if"):
        return written(check_rule(raw, profile, scope))


def look_up(draft: Draft) -> None:
    """That what it sends may go where it is to. Names are looked up, which takes a moment: it comes before `create` and
    `change`, and before any transaction around them. Raises Refused."""
    check_addresses(check_actions(draft.then, draft.scope))


def create(profile: Profile, draft: Draft, author: User | None = None, enabled: bool = False) -> Automation:
    """A new one, switched off unless told otherwise. Raises Refused."""
    checked = check_draft(profile, draft)
    with transaction.atomic():
        if profile.automations.count() >= MOST:
            raise Refused(f"This profile has {MOST} automations; that is the most.")
        automation = Automation(profile=profile, author=author)
        _say(automation, checked)
        automation.save()
        if enabled:
            enable(automation)
    return automation


def change(automation: Automation, draft: Draft) -> Automation:
    """Says something else. One that is on stays on; with another trigger it begins anew, as if just switched on. Raises
    Refused."""
    checked = check_draft(automation.profile, draft, automation)
    with transaction.atomic():
        begins_anew = (automation.trigger, automation.scope) != (checked.trigger.raw, checked.trigger.scope)
        on = automation.enabled
        if begins_anew and on:
            disable(automation)
        _say(automation, checked)
        automation.save(update_fields=SAID)
        if begins_anew and on:
            enable(automation)
    return automation


def enable(automation: Automation) -> None:
    """Fires from now on, never for those inside already. Raises Refused when what it names is gone."""
    with transaction.atomic():
        if automation.enabled:
            return
        trigger = check_kept(automation)
        automation.segment, automation.way = trigger.segment or _hidden(automation, trigger), trigger.way
        automation.watermark, automation.enabled = reading.watermark(automation.profile), True
        automation.problem = ""
        automation.save(update_fields=["segment", "way", "watermark", "enabled", "problem"])


def check_kept(automation: Automation) -> Trigger:
    """That it still makes sense; its trigger. Raises Refused when what it names is gone."""
    profile = automation.profile
    trigger = check_trigger(automation.trigger, profile, automation.scope)  # type: ignore[arg-type]
    check_condition(automation.condition, profile, automation.scope)  # type: ignore[arg-type]
    for key, _ in actions_in(automation.actions):
        action_of(key)
    return trigger


def disable(automation: Automation) -> None:
    """Fires no more. What is on its way is still done."""
    with transaction.atomic():
        segment = automation.segment
        automation.segment, automation.enabled = None, False
        automation.save(update_fields=["segment", "enabled"])
        if segment is not None and segment.is_hidden:
            segment.delete()


def delete(automation: Automation) -> None:
    """With its run log and what was still to be done."""
    with transaction.atomic():
        disable(automation)
        automation.delete()


def words_in_all(automation: Automation) -> str:
    """When an account enters the segment At risk, if MRR above $100: Add Tag in Intercom: at-risk, company. With whole
    addresses, as the file has them."""
    scope: Kind = automation.scope  # type: ignore[assignment]
    condition = f", if {words(check(automation.condition, scope, EVERYTHING), scope)}" if automation.condition else ""
    return f"{sentence(automation.trigger, scope)}{condition}: {action_words(automation.actions, whole=True)}"


def action_words(actions: Sequence[Mapping[str, Any]], whole: bool = False) -> str:
    """`whole`: as in `words_of`."""
    return "; ".join(words_of(key, values, whole) for key, values in actions_in(actions))


def _say(automation: Automation, checked: Checked) -> None:
    automation.name, automation.scope = checked.name, checked.trigger.scope
    automation.trigger, automation.condition = checked.trigger.raw, checked.condition
    automation.actions, automation.cool_down_hours = checked.actions, checked.cool_down_hours
    automation.problem = ""


def _hidden(automation: Automation, trigger: Trigger) -> Segment:
    """The segment that the trigger has for itself. Who is in it when it is first looked at did not enter."""
    assert trigger.rule is not None
    return Segment.every.create(
        profile=automation.profile, scope=automation.scope, kind=Sort.TRIGGER, rule=written(trigger.rule),
        name=f"Trigger of automation {automation.pk}", author=automation.author,
    )  # fmt: skip


def _check_name(profile: Profile, name: Any, itself: Automation | None) -> str:
    tidy = tidied("automation", name if isinstance(name, str) else "")
    for other in profile.automations.all():
        if other.pk != (itself.pk if itself else None) and other.name.casefold() == tidy.casefold():
            raise Refused(f"{profile} has an automation called “{other.name}” already; choose another name.")
    return tidy

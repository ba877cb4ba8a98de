"""The `automations` of a definitions file."""

from collections.abc import Mapping
from typing import Any

import msgspec

from accoil.act import automations
from accoil.act.actions import actions_in, all_actions
from accoil.act.automations import COOL_DOWN, Draft, action_words
from accoil.act.models import Automation
from accoil.act.triggers import words_of
from accoil.connect.given import given
from accoil.connect.models import live
from accoil.connect.soon import SECONDS
from accoil.count.ids import Kind
from accoil.refused import At, Refused
from accoil.rule.tree import EVERYTHING, check, words
from accoil.rule.values import shown
from accoil.score.file_format import check_keys, listed, name_of, profile_of, scope_of
from accoil.score.files import Plan
from accoil.score.models import Profile
from accoil.team.models import Product

KEYS = ("name", "profile", "scope", "when", "if", "then", "cool_down_hours", "enabled")


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """One of them as the file has it. `enabled` None: on when it is made, else left as it is."""

    profile: str
    draft: Draft
    enabled: bool | None = None

    @property
    def key(self) -> tuple[str, str]:
        return self.profile, self.draft.name


class Automations:
    keys = ("automations",)

    def read(self, content: Mapping[str, Any]) -> list[Said]:
        twice = "Two automations of {0.profile} are called “{0.draft.name}”; rename one."
        return listed(content["automations"], "automations", _read, twice.format)

    def look_up(self, product: Product, said: list[Said]) -> None:
        with given(SECONDS):
            for each in said:
                with At(f"Automation “{each.draft.name}”"):
                    automations.look_up(each.draft)

    def apply(self, plan: Plan, said: list[Said]) -> None:
        for each in said:
            with At(f"Automation “{each.draft.name}”"):
                _put(plan, plan.profile(each.profile), each)

    def written(self, product: Product) -> dict[str, Any]:
        found = Automation.objects.filter(profile__product=product).select_related("profile").order_by("profile", "pk")
        return {"automations": [_written(each) for each in found]} if found else {}


class Leaving(Automations):
    """Those that a file leaves out go before the segments they name."""

    def look_up(self, product: Product, said: list[Said]) -> None:
        """Nothing: nothing is sent for those that go."""

    def apply(self, plan: Plan, said: list[Said]) -> None:
        if not plan.prune:
            return
        keep = {each.key for each in said}
        for each in Automation.objects.filter(profile__product=plan.product).select_related("profile").order_by("pk"):
            if (each.profile.name, each.name) not in keep:
                automations.delete(each)
                plan.lines.append(f"- {_called(each)}")

    def written(self, product: Product) -> dict[str, Any]:
        return {}


def _put(plan: Plan, profile: Profile, said: Said) -> None:
    there = profile.automations.filter(name=said.draft.name).first()
    if there is None:
        on = said.enabled is not False
        made = automations.create(profile, said.draft, plan.author, enabled=on)
        plan.lines.append(f"+ {_called(made)}{'' if on else ' (switched off)'}")
        plan.lines.append(f"    {automations.words_in_all(made)}")
    else:
        before = _shown(there)
        made = automations.change(there, said.draft)
        if said.enabled is not None:
            (automations.enable if said.enabled else automations.disable)(made)
        plan.changed(_called(made), before, _shown(made))
    _warn(plan, made)


def _warn(plan: Plan, automation: Automation) -> None:
    """Of what the automation needs and the team has not got yet."""
    for key, _ in actions_in(automation.actions):
        tool = all_actions()[key][0]
        if tool.connection_of is None and live(plan.product.team, tool.key) is None:
            plan.warnings.append(
                f"{tool.name} is not connected, so “{automation.name}” can do nothing there until it is."
            )


def _shown(automation: Automation) -> dict[str, str]:
    scope: Kind = automation.scope  # type: ignore[assignment]
    condition = automation.condition
    return {
        "scope": automation.scope,
        "when": words_of(automation.trigger, scope),
        "if": words(check(condition, scope, EVERYTHING), scope) if condition else "always",
        "then": action_words(automation.actions, whole=True),
        "cool_down_hours": str(automation.cool_down_hours),
        "enabled": str(automation.enabled).lower(),
    }


def _called(automation: Automation) -> str:
    return f"automation {automation.name} ({automation.scope}s of {automation.profile})"


def _written(each: Automation) -> dict[str, Any]:
    told: dict[str, Any] = {
        "name": each.name, "profile": each.profile.name, "scope": each.scope, "when": each.trigger,
    }  # fmt: skip
    told |= {"if": each.condition} if each.condition else {}
    told["then"] = each.actions
    told |= {"cool_down_hours": each.cool_down_hours} if each.cool_down_hours != COOL_DOWN else {}
    return told | ({} if each.enabled else {"enabled": False})


def _read(place: int, entry: Any) -> Said:
    name = name_of(entry, place, "automation")
    where = f"Automation “{name}”"
    check_keys(where, entry, KEYS, required=("profile", "scope", "when", "then"))
    scope, profile, enabled = scope_of(where, entry), profile_of(where, entry), entry.get("enabled")
    if not isinstance(enabled, bool | None):
        raise Refused(f"{where}: enabled is {shown(enabled)}; write true or false.")
    draft = Draft(
        name=name, scope=scope, when=entry["when"], then=_actions(entry["then"]),
        condition=entry.get("if"), cool_down_hours=entry.get("cool_down_hours", COOL_DOWN),
    )  # fmt: skip
    return Said(profile=profile, draft=draft, enabled=enabled)


def _actions(raw: Any, depth: int = 3) -> Any:
    """YAML takes a bare `on` for yes, and so `on: user` for something without a name. Deeper than a list of actions
    with their fields nothing is looked at: it may have no end."""
    if isinstance(raw, list) and depth:
        return [_actions(each, depth - 1) for each in raw]
    if isinstance(raw, dict) and depth:
        return {"on" if key is True else key: _actions(value, depth - 1) for key, value in raw.items()}
    return raw

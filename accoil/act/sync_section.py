"""The `profiles` of a definitions file with what of each is synced: `sync: {intercom: all}`, and into which fields."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from accoil.act import chosen_section
from accoil.connect import chosen_fields
from accoil.connect.models import Connection, Mode, ProfileSync, State, live
from accoil.connect.names import check_names
from accoil.connect.planning import with_modes
from accoil.connect.tools import TOOLS
from accoil.refused import At, Refused
from accoil.rule.values import shown
from accoil.score.file_format import named
from accoil.score.files import Plan
from accoil.score.models import Profile
from accoil.score.profile_section import Profiles
from accoil.score.profile_section import Said as Definitions
from accoil.team.models import Product

Modes = dict[str, Mode]  # tool → mode
APART = ("sync", "fields")  # keys of a profile that say nothing about its numbers


class Said(NamedTuple):
    """By name of profile, of those where the file says something."""

    definitions: Definitions
    syncs: dict[str, Modes]
    fields: dict[str, chosen_section.Said]


class SyncedProfiles:
    keys = Profiles.keys

    def __init__(self) -> None:
        self._profiles = Profiles()

    def read(self, content: Mapping[str, Any]) -> Said:
        entries = named(content["profiles"], "profiles", "profile")
        syncs, fields = {}, {}
        for name, entry in entries.items():
            with At(f"Profile “{name}”"):
                if "sync" in entry:
                    syncs[name] = _modes(entry["sync"])
                if "fields" in entry:
                    fields[name] = chosen_section.read(entry["fields"])
        numbers = [
            {"name": name, **{key: value for key, value in entry.items() if key not in APART}}
            for name, entry in entries.items()
        ]
        return Said(self._profiles.read({"profiles": numbers}), syncs, fields)

    def look_up(self, product: Product, said: Said) -> None:
        for name, fields in said.fields.items():
            with At(f"Profile “{name}”: fields"):
                chosen_section.ask(product, name, fields)

    def apply(self, plan: Plan, said: Said) -> None:
        self._profiles.apply(plan, said.definitions)
        changed = []
        for profile in plan.product.profiles.all():
            with At(f"Profile “{profile.name}”: sync"):
                for tool, mode in said.syncs.get(profile.name, {}).items():
                    _put(plan, profile, tool, mode)
            with At(f"Profile “{profile.name}”: fields"):
                for tool, fields in said.fields.get(profile.name, {}).items():
                    if connection := chosen_section.put(plan, profile, tool, fields):
                        changed.append((connection, profile))
        for connection, profile in changed:  # profiles may have changed places
            with At(f"Profile “{profile.name}”: fields"):
                chosen_fields.check_once(connection, profile)

    def written(self, product: Product) -> dict[str, Any]:
        told = self._profiles.written(product)
        for entry in told["profiles"]:
            synced = ProfileSync.objects.filter(profile__product=product, profile__name=entry["name"])
            on = synced.exclude(mode=Mode.OFF).exclude(connection__state="disconnected").select_related("connection")
            if modes := {each.connection.tool: each.mode for each in on.order_by("connection")}:
                entry["sync"] = modes
            if fields := chosen_section.written(entry["name"], product):
                entry["fields"] = fields
        return told


def _modes(raw: Any) -> Modes:
    tools = [key for key, tool in TOOLS.items() if tool.syncs]
    if not isinstance(raw, Mapping):
        raise Refused(f"sync is {shown(raw)}; write {{{tools[0]}: all}}, with all, segments or off.")
    for tool, mode in raw.items():
        if tool not in tools:
            raise Refused(f"sync: “{tool}” is no tool that profiles are synced to; there are: {', '.join(tools)}.")
        if _spelt(mode) not in Mode.values:
            raise Refused(f"sync: {tool} is {shown(mode)}; write one of: {', '.join(Mode.values)}.")
    return {tool: Mode(_spelt(mode)) for tool, mode in raw.items()}


def _spelt(mode: Any) -> Any:
    """YAML takes a bare `off` for no."""
    return "off" if mode is False else mode


def _put(plan: Plan, profile: Profile, tool: str, mode: Mode) -> None:
    connection = live(plan.product.team, tool)
    name = TOOLS[tool].name
    if connection is None or connection.state == State.DISCONNECTING:
        if mode != Mode.OFF:
            plan.warnings.append(f"{name} is not connected, so {profile} is not synced; apply again when it is.")
        return
    now = ProfileSync.objects.filter(connection=connection, profile=profile).first()
    before = Mode(now.mode) if now else Mode.OFF
    if before == mode:
        return
    _set(connection, profile, mode)
    plan.lines.append(f"~ sync of {profile} to {name}: {before.label.lower()} → {mode.label.lower()}")


def _set(connection: Connection, profile: Profile, mode: Mode) -> None:
    """As pages do it, but nobody is asked for room: a file is applied in one transaction, which must not wait for a
    tool. Where there is none, the sync says so."""
    syncs = with_modes(connection, {profile: mode})
    if mode != Mode.OFF:
        check_names(profile, [sync.profile for sync in syncs])
    ProfileSync.objects.update_or_create(connection=connection, profile=profile, defaults={"mode": mode})

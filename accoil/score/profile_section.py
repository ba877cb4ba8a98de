"""The `profiles` of a definitions file."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec

from accoil.refused import At, Refused
from accoil.rule.values import shown
from accoil.score.configuration import configuration_of
from accoil.score.definition import Definition
from accoil.score.diff import differences
from accoil.score.features import events_of
from accoil.score.file_format import named
from accoil.score.files import NOTE, Plan
from accoil.score.models import Profile, check_name
from accoil.score.wording import count
from accoil.team.models import Product

OPEN = {None: "as the summary profile", True: "yes", False: "no"}
OF_THE_PRODUCT = ("features", "internal_domains")  # kept with a version all the same

INBOX = "open_to_inbox"

Opened = bool | None  # None: as the summary profile goes


class Entry(NamedTuple):
    """`inbox` is UNSET where the file says nothing of it; then it stays as it is."""

    definition: Definition
    inbox: Opened | msgspec.UnsetType


Said = dict[str, Entry]


class Profiles:
    keys = ("profiles",)

    def read(self, content: Mapping[str, Any]) -> Said:
        return {name: _read(name, entry) for name, entry in named(content["profiles"], "profiles", "profile").items()}

    def apply(self, plan: Plan, said: Said) -> None:
        existing = {profile.name: profile for profile in plan.product.profiles.all()}
        for name, (definition, inbox) in said.items():
            plan.warn_of_events(list(definition.events), f"profile {name}")
            with At(f"Profile “{name}”"):
                profile = self._put(plan, name, existing.get(name), definition)
                if inbox is not msgspec.UNSET:
                    _open(plan, profile, inbox)
        for name, profile in existing.items():
            if plan.prune and name not in said:
                profile.delete()
                plan.lines.append(f"- profile {name}")

    def written(self, product: Product) -> dict[str, Any]:
        return {
            "profiles": [
                {"name": profile.name, **_of_the_profile(profile.current.definition), **_inbox(profile)}
                for profile in product.profiles.all()
            ]
        }

    def _put(self, plan: Plan, name: str, profile: Profile | None, definition: Definition) -> Profile:
        product, author = plan.product, plan.author
        settings = events_of(product), configuration_of(product).internal_domains
        if profile is None:
            meant = definition.with_settings(*settings)
            profile = Profile.create(product, check_name(product, name), meant, author, NOTE)
            plan.lines.append(f"+ profile {name} ({_in_words(definition)})")
            return profile
        current = profile.current
        found = differences(current.parsed, definition.with_settings(*settings))
        if not found:
            plan.lines.append(f"  profile {profile}: unchanged")
            return profile
        version = profile.save_definition(definition, author, NOTE)
        plan.lines.append(f"~ profile {profile} (version {current.number} → {version.number})")
        plan.lines += [f"    {line}" for line in found]
        return profile


def _open(plan: Plan, profile: Profile, inbox: Opened) -> None:
    if profile.open_to_inbox == inbox:
        return
    plan.lines.append(f"~ profile {profile} open to the inbox: {OPEN[profile.open_to_inbox]} → {OPEN[inbox]}")
    profile.open_to_inbox = inbox
    profile.save(update_fields=["open_to_inbox"])


def _inbox(profile: Profile) -> dict[str, bool]:
    return {} if profile.open_to_inbox is None else {INBOX: profile.open_to_inbox}


def _read(name: str, entry: dict[str, Any]) -> Entry:
    for key in OF_THE_PRODUCT:
        if key in entry:
            raise Refused(f"Profile “{name}”: “{key}” stands at the top of the file; all profiles share it.")
    inbox = entry.get(INBOX, msgspec.UNSET)
    if not isinstance(inbox, bool | None | msgspec.UnsetType):
        raise Refused(
            f"Profile “{name}”: {INBOX} is {shown(inbox)}; write true or false, or leave it empty for the usual."
        )
    with At(f"Profile “{name}”"):
        return Entry(Definition.check({key: value for key, value in entry.items() if key != INBOX}), inbox)


def _of_the_profile(definition: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in definition.items() if key not in OF_THE_PRODUCT}


def _in_words(definition: Definition) -> str:
    events = count(len(definition.events), "event")
    fixed = definition.to_yaml_dict()["benchmark"]
    benchmark = f"fixed {fixed['fixed']}" if isinstance(fixed, Mapping) else fixed
    return f"window {definition.window}, {events}, benchmark {benchmark}, {definition.curve}"

"""The `profiles` of a definitions file."""

from collections.abc import Mapping
from typing import Any

from accoil.refused import Refused
from accoil.score.configuration import configuration_of
from accoil.score.definition import Definition
from accoil.score.diff import differences
from accoil.score.features import events_of
from accoil.score.file_format import named
from accoil.score.files import NOTE, Plan
from accoil.score.models import Profile, check_name
from accoil.team.models import Product

OF_THE_PRODUCT = ("features", "internal_domains")  # kept with a version all the same

Said = dict[str, Definition]


class Profiles:
    keys = ("profiles",)

    def read(self, content: Mapping[str, Any]) -> Said:
        return {name: _read(name, entry) for name, entry in named(content["profiles"], "profiles", "profile").items()}

    def apply(self, plan: Plan, said: Said) -> None:
        existing = {profile.name: profile for profile in plan.product.profiles.all()}
        for name, definition in said.items():
            plan.warn_of_events(list(definition.events), f"profile {name}")
            try:
                self._put(plan, name, existing.get(name), definition)
            except Refused as problem:
                raise Refused(f"Profile “{name}”: {problem}") from problem
        for name, profile in existing.items():
            if plan.prune and name not in said:
                profile.delete()
                plan.lines.append(f"- profile {name}")

    def written(self, product: Product) -> dict[str, Any]:
        return {
            "profiles": [
                {"name": profile.name, **_of_the_profile(profile.current.definition)}
                for profile in product.profiles.all()
            ]
        }

    def _put(self, plan: Plan, name: str, profile: Profile | None, definition: Definition) -> None:
        product, author = plan.product, plan.author
        settings = events_of(product), configuration_of(product).internal_domains
        if profile is None:
            Profile.create(product, check_name(product, name), definition.with_settings(*settings), author, NOTE)
            plan.lines.append(f"+ profile {name} ({_in_words(definition)})")
            return
        current = profile.current
        found = differences(current.parsed, definition.with_settings(*settings))
        if not found:
            plan.lines.append(f"  profile {profile}: unchanged")
            return
        version = profile.save_definition(definition, author, NOTE)
        plan.lines.append(f"~ profile {profile} (version {current.number} → {version.number})")
        plan.lines += [f"    {line}" for line in found]


def _read(name: str, entry: dict[str, Any]) -> Definition:
    for key in OF_THE_PRODUCT:
        if key in entry:
            raise Refused(f"Profile “{name}”: “{key}” stands at the top of the file; all profiles share it.")
    try:
        return Definition.check(entry)
    except Refused as problem:
        raise Refused(f"Profile “{name}”: {problem}") from problem


def _of_the_profile(definition: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in definition.items() if key not in OF_THE_PRODUCT}


def _in_words(definition: Definition) -> str:
    count = len(definition.events)
    events = "1 event" if count == 1 else f"{count} events"
    fixed = definition.to_yaml_dict()["benchmark"]
    benchmark = f"fixed {fixed['fixed']}" if isinstance(fixed, Mapping) else fixed
    return f"window {definition.window}, {events}, benchmark {benchmark}, {definition.curve}"

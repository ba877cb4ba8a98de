"""Reads the text of a definitions file. Every mistake becomes a sentence that names its place."""

from dataclasses import dataclass
from typing import Any

import yaml

from accoil.receive.mapping import Mapping, check_all
from accoil.refused import Refused
from accoil.score.definition import Definition
from accoil.team.zones import is_zone

KEYS = ("time_zone", "profiles", "mappings")

# Known from the file format and meant to come: silence here would make people believe they are in force.
NOT_YET = {
    "internal_domains",
    "features",
    "segments",
    "automations",
    "configuration",
    "journeys",
    "feeds",
    "summary_profile",
}

OF_THE_PRODUCT = ("features", "internal_domains")  # kept with a version all the same


@dataclass(frozen=True)
class File:
    """What a file says. None: it says nothing about that."""

    time_zone: str | None
    profiles: dict[str, Definition] | None
    mappings: list[Mapping] | None


def read(text: str) -> File:
    """Raises Refused with a sentence that names the key, the profile or the line that is wrong."""
    content = load(text)
    if content is None:
        raise Refused(f"The file is empty; it may hold {', '.join(KEYS)}.")
    if not isinstance(content, dict):
        raise Refused(f"The file must hold keys: {', '.join(KEYS)}.")
    for key in content:
        if key in NOT_YET:
            raise Refused(f"“{key}” is not supported yet; take it out of the file.")
        if key not in KEYS:
            raise Refused(f"“{key}” is not a key of a definitions file; there are: {', '.join(KEYS)}.")
    mappings = check_all(content["mappings"]) if "mappings" in content else None
    return File(_time_zone(content), _profiles(content), mappings)


class _Loader(yaml.SafeLoader):
    """Refuses a key written twice: YAML would silently keep the last."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen = set()
        for key_node, _ in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                raise Refused(f"Line {key_node.start_mark.line + 1}: a key must be a text.")
            if key_node.value in seen:
                raise Refused(f"Line {key_node.start_mark.line + 1}: “{key_node.value}” is written twice.")
            seen.add(key_node.value)
        return super().construct_mapping(node, deep)


def load(text: str) -> Any:
    """The plain values that a YAML text holds. Raises Refused with the line that is wrong."""
    try:
        return yaml.load(text, _Loader)  # noqa: S506  a safe loader: it only makes plain values
    except yaml.MarkedYAMLError as problem:
        line = f"Line {problem.problem_mark.line + 1}: " if problem.problem_mark else ""
        raise Refused(f"{line}this is not YAML ({problem.problem}).") from problem
    except (yaml.YAMLError, ValueError, RecursionError) as problem:
        raise Refused("The file is not YAML that can be read.") from problem


def _time_zone(content: dict[str, Any]) -> str | None:
    name = content.get("time_zone")
    if name is None:
        return None
    if not isinstance(name, str) or not is_zone(name):
        raise Refused(f"time_zone: “{name}” is not a time zone; write a name such as Australia/Sydney or UTC.")
    return name


def _profiles(content: dict[str, Any]) -> dict[str, Definition] | None:
    if "profiles" not in content:
        return None
    listed = content["profiles"]
    if not isinstance(listed, list):
        raise Refused("profiles must be a list; each entry begins with “- name: …”.")
    profiles: dict[str, Definition] = {}
    for position, entry in enumerate(listed, start=1):
        name = _profile_name(entry, position)
        if name in profiles:
            raise Refused(f"Two profiles are called “{name}”; give each its own name.")
        for key in OF_THE_PRODUCT:
            if key in entry:
                raise Refused(f"Profile “{name}”: “{key}” stands at the top of the file; all profiles share it.")
        try:
            profiles[name] = Definition.check({key: value for key, value in entry.items() if key != "name"})
        except Refused as problem:
            raise Refused(f"Profile “{name}”: {problem}") from problem
    return profiles


def _profile_name(entry: object, position: int) -> str:
    name = entry.get("name") if isinstance(entry, dict) else None
    if not isinstance(name, str) or not name.strip():
        raise Refused(f"Profile {position} of the file has no name; begin it with “- name: …”.")
    return " ".join(name.split())

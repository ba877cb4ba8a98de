"""Reads the text of a definitions file. Every mistake becomes a sentence that names its place."""

from collections.abc import Callable, Collection, Mapping
from typing import Any, Protocol, TypeVar

import yaml

from accoil.count.ids import Kind
from accoil.refused import Refused
from accoil.rule.values import shown

DEEPEST = 100  # groups of a rule are 20 deep at most, each two or three levels
MERGE = "tag:yaml.org,2002:merge"
LONGEST_NUMBER = 300  # digits


class Known(Protocol):
    """One of a list as the file has it; no other there has the same key."""

    @property
    def key(self) -> tuple[str, ...]: ...


Said = TypeVar("Said", bound=Known)


def content(text: str, keys: Collection[str]) -> dict[str, Any]:
    """The keys at the top and what they hold. Raises Refused with a sentence that names the key or line."""
    found = load(text)
    if found is None:
        raise Refused(f"The file is empty; it may hold {', '.join(keys)}.")
    if not isinstance(found, dict):
        raise Refused(f"The file must hold keys: {', '.join(keys)}.")
    for key in found:
        if key not in keys:
            raise Refused(f"“{key}” is not a key of a definitions file; there are: {', '.join(keys)}.")
    return found


class _Loader(yaml.SafeLoader):
    """Refuses a key written twice, of which YAML would silently keep the last; what is nested so deeply that its reader
    takes seconds; and keys merged into others, which a few lines can double as often as there are lines."""

    def __init__(self, stream: str) -> None:
        super().__init__(stream)
        self._depth = 0

    def compose_node(self, parent: Any, index: Any) -> yaml.Node | None:
        self._depth += 1
        if self._depth > DEEPEST:
            raise Refused(f"Line {self.line + 1}: nested more than {DEEPEST} deep.")
        node: yaml.Node | None = super().compose_node(parent, index)
        self._depth -= 1
        return node

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen = set()
        for key_node, _ in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                raise Refused(f"Line {key_node.start_mark.line + 1}: a key must be a text.")
            if key_node.tag == MERGE:
                raise Refused(
                    f"Line {key_node.start_mark.line + 1}: “<<” is not read here; write out what it stands for."
                )
            if key_node.value in seen:
                raise Refused(f"Line {key_node.start_mark.line + 1}: “{key_node.value}” is written twice.")
            seen.add(key_node.value)
        return super().construct_mapping(node, deep)

    def construct_yaml_int(self, node: yaml.ScalarNode) -> int:
        """Refuses one that Python would not write in decimal digits again: of hexadecimal ones it reads any length."""
        if len(node.value) > LONGEST_NUMBER:
            raise Refused(f"Line {node.start_mark.line + 1}: a number is longer than {LONGEST_NUMBER} digits.")
        return super().construct_yaml_int(node)


_Loader.add_constructor("tag:yaml.org,2002:int", _Loader.construct_yaml_int)


def load(text: str) -> Any:
    """The plain values that a YAML text holds. Raises Refused with the line that is wrong."""
    try:
        return yaml.load(text, _Loader)  # noqa: S506  a safe loader: it only makes plain values
    except yaml.MarkedYAMLError as problem:
        line = f"Line {problem.problem_mark.line + 1}: " if problem.problem_mark else ""
        raise Refused(f"{line}this is not YAML ({problem.problem}).") from problem
    except (yaml.YAMLError, ValueError, RecursionError) as problem:
        raise Refused("The file is not YAML that can be read.") from problem


def named(listed: Any, key: str, thing: str) -> dict[str, dict[str, Any]]:
    """Name → the rest of each entry of a list. `thing`: what one is called. Raises Refused for a name that is missing,
    or there twice."""
    if not isinstance(listed, list):
        raise Refused(f"{key} must be a list; each entry begins with “- name: …”.")
    found: dict[str, dict[str, Any]] = {}
    for position, entry in enumerate(listed, start=1):
        name = name_of(entry, position, thing)
        if name in found:
            raise Refused(f"Two {thing}s are called “{name}”; give each its own name.")
        found[name] = {each: value for each, value in entry.items() if each != "name"}
    return found


def listed(given: Any, key: str, read: Callable[[int, Any], Said], twice: Callable[[Said], str]) -> list[Said]:
    """Each entry of a list, as `read` reads it by its place; `twice` says that one is there twice. Raises Refused."""
    if not isinstance(given, list | None):
        raise Refused(f"{key} must be a list; each entry begins with “- name: …”.")
    found = [read(place, entry) for place, entry in enumerate(given or [], start=1)]
    for place, each in enumerate(found):
        if each.key in [before.key for before in found[:place]]:
            raise Refused(twice(each))
    return found


def name_of(entry: Any, place: int, thing: str) -> str:
    """Of an entry of a list, without needless spaces. Raises Refused."""
    name = entry.get("name") if isinstance(entry, dict) else None
    if not isinstance(name, str) or not name.strip():
        raise Refused(f"{thing.capitalize()} {place} of the file has no name; begin it with “- name: …”.")
    return " ".join(name.split())


def check_keys(where: str, entry: Any, keys: Collection[str], required: Collection[str] = ()) -> None:
    """That it has no others than `keys`, and those that are `required`. Raises Refused."""
    for key in entry if isinstance(entry, dict) else ():
        if key not in keys:
            raise Refused(f"{where}: “{key}” is not a key; there are: {', '.join(keys)}.")
    for key in required:
        if key not in entry:
            raise Refused(f"{where}: {key} is missing.")


def scope_of(where: str, entry: Mapping[str, Any]) -> Kind:
    """Raises Refused."""
    scope: Kind = entry.get("scope")  # type: ignore[assignment]
    if scope not in ("account", "user"):
        raise Refused(f"{where}: scope is {shown(scope)}; write account or user.")
    return scope


def profile_of(where: str, entry: Mapping[str, Any]) -> str:
    """The name of the one it belongs to. Raises Refused."""
    profile = entry.get("profile")
    if not isinstance(profile, str):
        raise Refused(f"{where}: profile names the profile it belongs to.")
    return " ".join(profile.split())

"""Where a value stands in an event: `traits.plan`, `properties.items[0].id`, `properties.product\\ 1.price`.

Any character but letters, digits, `_`, `-` and `$` is written with a backslash before it. `$.` may lead.
"""

import re
from typing import Any

from accoil.receive.mapping.wrong import FilterError

Parts = tuple[str | int, ...]  # names of an object's members, places in a list

_place = re.compile(r"\[(\d{1,6})\]")


def is_plain(character: str) -> bool:
    return character.isalnum() or character in "_-$"


def read(text: str, start: int) -> tuple[Parts, int]:
    """The path that begins at `start`, and where it ends. Raises FilterError."""
    parts: list[str | int] = []
    at = start
    while True:
        name, end = _name(text, at)
        if not name:
            raise FilterError("Expected the name of a field", end, text)
        if not (name == "$" and at == start and end == start + 1):  # `$` alone is the event as a whole
            parts.append(name)
        while found := _place.match(text, end):
            parts.append(int(found[1]))
            end = found.end()
        if text[end : end + 1] != ".":
            return tuple(parts), end
        at = end + 1


def _name(text: str, at: int) -> tuple[str, int]:
    name = ""
    while at < len(text):
        if text[at] == "\\":
            if at + 1 == len(text):
                raise FilterError("Expected a character after “\\”", at + 1, text)
            at += 1
        elif not is_plain(text[at]):
            break
        name += text[at]
        at += 1
    return name, at


def look_up(event: Any, parts: Parts) -> Any:
    """What stands there; None where nothing does."""
    for part in parts:
        if isinstance(event, dict) and isinstance(part, str):
            event = event.get(part)
        elif isinstance(event, list) and isinstance(part, int):
            event = event[part] if part < len(event) else None
        else:
            return None
    return event


def written(parts: Parts, reserved: frozenset[str] = frozenset()) -> str:
    """The path as text. Where it would read as a number or as a `reserved` word, a backslash stands in front."""
    if not parts:
        return "$"
    text = ""
    for part in parts:
        if isinstance(part, int):
            text += f"[{part}]" if text else f"$[{part}]"
        else:
            text += ("." if text else "") + "".join(char if is_plain(char) else f"\\{char}" for char in part)
    first = parts[0]
    looks_otherwise = isinstance(first, str) and (first[0] == "-" or first[0].isdigit() or first == "$")
    if looks_otherwise or (len(parts) == 1 and text.lower() in reserved):
        return f"\\{text}"
    return text

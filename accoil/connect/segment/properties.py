"""The properties of a track, as people write them: one a line, name: value."""

import json
import re
from collections.abc import Mapping
from typing import Any

from django.utils.html import escape

from accoil.connect.connection import Message
from accoil.refused import Refused

MOST, LONGEST_NAME = 50, 100
ABOUT = ("account", "user", "automation", "profile", "product", "because", "link")  # always there
BEGINS = 'account: "{{ account.name }}"\nscore: {{ account.score }}\nreason: "{{ reason }}"'
_NUMBER = re.compile(r"[+-]?(0|[1-9]\d{0,14})(\.\d{1,6})?")
_QUOTED = re.compile(r'"(.*)"', re.DOTALL)


def read(text: str) -> dict[str, Any]:
    """Raises Refused with a sentence that names the line."""
    found: dict[str, Any] = {}
    for place, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        name, colon, value = (part.strip() for part in line.partition(":"))
        if not colon or not name:
            raise Refused(f"properties: line {place} is “{line.strip()[:60]}”; write it as name: value.")
        if len(name) > LONGEST_NAME or "{{" in name:
            raise Refused(f"properties: the name in line {place} must be a plain one of up to {LONGEST_NAME} letters.")
        if name in found:
            raise Refused(f"properties: “{name}” stands there twice; take one of the lines out.")
        found[name] = _value(value)
    if len(found) > MOST:
        raise Refused(f"properties: {len(found)} of them; {MOST} is the most.")
    return found


def check(team: Any, values: Mapping[str, str]) -> None:
    """Raises Refused."""
    read(values.get("properties", ""))


def told(values: Mapping[str, str], message: Message) -> dict[str, Any]:
    """All properties of a track; what people wrote comes before what is always there. Raises Refused."""
    about = {name: message.data[name] for name in ABOUT if message.data.get(name) is not None}
    return about | read(values.get("properties", ""))


def preview(values: Mapping[str, str], message: Message) -> list[tuple[str, str]]:
    shown = json.dumps(told(values, message), indent=1, ensure_ascii=False, default=str)
    return [("text", f"<b>{escape(values.get('event', ''))}</b>"), ("note", f"<pre>{escape(shown)}</pre>")]


def _value(text: str) -> Any:
    if quoted := _QUOTED.fullmatch(text):
        return quoted[1]
    if number := _NUMBER.fullmatch(text):
        return float(text) if number[2] else int(text)
    return text

"""A canvas whose ids are always the same, so that it can be kept in a file."""

import json
import re
from typing import Any

NUMBER = re.compile(r"\d+")
PAGE = re.compile(r"list:\w+:\d+")  # the number in it is no id


def settled(canvas: dict[str, Any]) -> str:
    """As JSON text. Ids become n1, n2 … in the order in which they appear; the time of counting is left out."""
    names: dict[str, str] = {}

    def named(text: str) -> str:
        if PAGE.fullmatch(text):
            return text
        return NUMBER.sub(lambda found: names.setdefault(found.group(), f"n{len(names) + 1}"), text)

    def walk(told: Any, ids: bool) -> Any:
        if isinstance(told, list):
            return [walk(each, ids) for each in told]
        if isinstance(told, dict):
            chooses = told.get("type") in ("dropdown", "single-select")
            return {
                key: named(value)
                if isinstance(value, str) and (ids or key in ("id", "url") or (key == "value" and chooses))
                else walk(value, key == "stored_data")
                for key, value in told.items()
            }
        return re.sub(r"Counted .*?, ", "Counted a moment ago, ", told) if isinstance(told, str) else told

    return json.dumps(walk(canvas, False), indent=1, ensure_ascii=False) + "\n"

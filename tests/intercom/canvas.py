"""Canvases are held against Canvas Kit's description, and against what it says in prose only."""

from __future__ import annotations

import json
import warnings
from collections import Counter
from collections.abc import Callable
from functools import cache
from typing import Any

import yaml

from tests.intercom.contract import NotChecked, folder

LARGEST = 64 * 1024  # bytes, of content and of stored_data
CHOICES = range(2, 11)
WITH_CHOICES = ("dropdown", "single-select")
SENDS_ITSELF = ("button", "single-select", "item")


class NotACanvas(AssertionError):
    """Intercom would show an error instead of this."""


def check_canvas(what: str, answer: dict[str, Any]) -> None:
    """`what`: initialize_response or submit_response. Raises NotACanvas."""
    _described(what, answer)
    canvas = answer["canvas"]
    components = canvas["content"]["components"]
    for part in ("content", "stored_data"):
        if len(json.dumps(canvas.get(part, {})).encode()) > LARGEST:
            raise NotACanvas(f"{part} is larger than {LARGEST:,} bytes")
    for component in components:
        _check_choices(component)
    ids = Counter(one["id"] for one in components if "id" in one)
    if twice := [id for id, n in ids.items() if n > 1]:
        raise NotACanvas(f"two components are called {twice[0]}")


def _check_choices(component: dict[str, Any]) -> None:
    if component["type"] not in WITH_CHOICES:
        return
    options = [option["id"] for option in component["options"]]
    if len(options) not in CHOICES or len(set(options)) != len(options):
        raise NotACanvas(f"{component['id']} must have 2 to 10 choices, each once: {options}")
    if component.get("value", options[0]) not in options:
        raise NotACanvas(f"{component['id']} has the value {component['value']}, which is no choice of it")
    if component["type"] == "dropdown" and "action" in component:
        raise NotACanvas(f"{component['id']} is a dropdown, which can't have an action")


def check_request(what: str, body: dict[str, Any]) -> None:
    """What the stand-in sends is as described, too."""
    _described(what, body)


def _described(what: str, told: Any) -> None:
    if validate := _validator(what):
        faults = [f"{'.'.join(map(str, one.absolute_path))}: {one.message}" for one in validate(told)]
        if faults:
            raise NotACanvas(f"not a {what}: " + " · ".join(faults))


@cache
def _validator(what: str) -> Callable[[Any], Any] | None:
    """None where the description, or what reads it, is not here."""
    file = folder() / "intercom-canvas-kit.yaml"
    try:
        from openapi_schema_validator import OAS30Validator
    except ImportError:
        return None
    if not file.is_file():
        said = f"{file.name} is not in {folder()}: canvases are not checked. Set ACCOIL_CONTRACTS."
        warnings.warn(said, NotChecked, stacklevel=2)
        return None
    description = yaml.load(file.read_text(), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    whole = {"$ref": f"#/components/schemas/{what}", "components": description["components"]}
    return OAS30Validator(whole).iter_errors

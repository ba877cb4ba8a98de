"""Canvases are held against Canvas Kit's description, and against what it says in prose only."""

from __future__ import annotations

import json
import os
import warnings
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import yaml

LARGEST = 64 * 1024  # bytes, of content and of stored_data
CHOICES = range(2, 11)
WITH_CHOICES = ("dropdown", "single-select")


class NotChecked(UserWarning):
    """Canvases are not held against Canvas Kit's description: its file is not here."""


def check_canvas(answer: dict[str, Any]) -> None:
    """Raises AssertionError for what Intercom would show an error for."""
    if validate := _validator():
        faults = [f"{'.'.join(map(str, one.absolute_path))}: {one.message}" for one in validate(answer)]
        assert not faults, f"not a canvas: {faults}"
    canvas = answer["canvas"]
    for part in ("content", "stored_data"):
        size = len(json.dumps(canvas.get(part, {})).encode())
        assert size <= LARGEST, f"{part} is {size:,} bytes long"
    components = canvas["content"]["components"]
    for each in components:
        if each["type"] in WITH_CHOICES:
            options = [option["id"] for option in each["options"]]
            assert len(options) in CHOICES and len(set(options)) == len(options), f"{each['id']} offers {options}"
            assert each["value"] in options, f"{each['id']} has the value {each['value']!r}"
            assert each["type"] == "single-select" or "action" not in each, "a dropdown can't have an action"
    ids = [each["id"] for each in components if "id" in each]
    assert len(set(ids)) == len(ids), f"two components have one id: {ids}"


@cache
def _validator() -> Callable[[Any], Any] | None:
    """None where the file is not here, as it is not ours to hand on."""
    from openapi_schema_validator import OAS30Validator

    beside = Path(__file__).resolve().parents[2].parent / "shared" / "contracts"
    file = Path(os.environ.get("ACCOIL_CONTRACTS") or beside) / "intercom-canvas-kit.yaml"
    if not file.is_file():
        warnings.warn(NotChecked(f"{file.name} is not here; set ACCOIL_CONTRACTS to its folder."), stacklevel=2)
        return None
    description = yaml.safe_load(file.read_text())
    whole = {"$ref": "#/components/schemas/submit_response", "components": description["components"]}
    return OAS30Validator(whole).iter_errors

"""Every request is held against Intercom's published description, every canvas against that of Canvas Kit.

The files are not ours to hand on, so a plain clone has none: then nothing is checked, and that is said.
"""

from __future__ import annotations

import os
import warnings
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from tests.intercom.calls import Call, Refusal

VERSION = "2.16"
HOST = "https://api.intercom.io"  # one that the description lists; which one makes no difference to what is checked
VALUE = {"anyOf": [{"type": kind, "nullable": True} for kind in ("string", "number", "boolean")]}


class NotChecked(UserWarning):
    """Requests to the stand-in are not held against Intercom's description."""


def folder() -> Path:
    beside = Path(__file__).resolve().parents[2].parent / "shared" / "contracts"
    return Path(os.environ.get("ACCOIL_CONTRACTS") or beside)


@dataclass
class Request:
    """A call as openapi-core reads it."""

    path: str
    method: str
    parameters: Any
    body: bytes | None
    content_type: str
    host_url: str = HOST


@dataclass
class Contract:
    """`check` raises Refusal for a request that the description does not allow."""

    described: Any = field(repr=False)

    def check(self, call: Call) -> None:
        from openapi_core.datatypes import RequestParameters
        from openapi_core.exceptions import OpenAPIError
        from werkzeug.datastructures import Headers, ImmutableMultiDict

        given = RequestParameters(
            query=ImmutableMultiDict(call.query), header=Headers(list(call.headers.items())),
            cookie=ImmutableMultiDict(), path={},
        )  # fmt: skip
        kind = call.headers.get("content-type", "application/json").partition(";")[0]
        asked = Request(call.path, call.method.lower(), given, call.raw or None, kind)
        try:
            self.described.validate_request(asked)
        except OpenAPIError as fault:
            raise Refusal(400, "parameter_invalid", _why(fault)) from fault


def _why(fault: Exception) -> str:
    """The whole chain of reasons, as the first is often only "Request body validation error"."""
    reasons: list[str] = []
    at: BaseException | None = fault
    while at is not None:
        errors = getattr(at, "schema_errors", ())
        reasons += [str(at).splitlines()[0], *(str(error).splitlines()[0] for error in errors)]
        at = at.__cause__
    return "Against the description: " + " · ".join(dict.fromkeys(reasons))


@cache
def contract() -> Contract | None:
    """None, with a warning, where the description or openapi-core is not here."""
    file = folder() / "intercom-openapi.yaml"
    try:
        from openapi_core import Config, OpenAPI
    except ImportError:
        warnings.warn("openapi-core is not installed: requests to Intercom are not checked.", NotChecked, stacklevel=2)
        return None
    if not file.is_file():
        said = f"{file.name} is not in {folder()}: requests to Intercom are not checked. Set ACCOIL_CONTRACTS."
        warnings.warn(said, NotChecked, stacklevel=2)
        return None
    config = Config(spec_validator_cls=None)  # the description has faults of its own, in parts that we do not use
    return Contract(OpenAPI.from_dict(_patched(_read(file)), config=config))


def _patched(description: dict[str, Any]) -> dict[str, Any]:
    """Where the description refuses what Intercom takes: numbers and booleans in attributes, and bodies of /tags that
    fit several of its forms."""
    schemas, paths = description["components"]["schemas"], description["paths"]
    for name in ("update_company_request", "create_or_update_company_request"):
        schemas[name]["properties"]["custom_attributes"]["additionalProperties"] = VALUE
    for name in ("update_contact_request", "create_contact_request"):
        schemas[name]["properties"]["custom_attributes"]["additionalProperties"] = VALUE
    body = paths["/tags"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    body["anyOf"] = body.pop("oneOf")
    return description


def _read(file: Path) -> dict[str, Any]:
    return yaml.load(file.read_text(), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))

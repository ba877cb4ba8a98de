"""The OpenAPI 3.1 document, and what the page about it is filled with."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema

Node = dict[str, Any]

MOUNT = "api"
REF = "#/components/schemas/"
KINDS = {"string": "text", "integer": "whole number", "date": "day", "date-time": "time"}
FAR = 10**9  # a limit nobody comes near
DEEPEST = 3  # levels of an answer that are told field by field


class ReadApi(NinjaAPI):
    """Ninja's document, put right where OpenAPI 3.1 says it otherwise."""

    def get_openapi_schema(self, **where: Any) -> OpenAPISchema:
        document = super().get_openapi_schema(**where)
        for operation in _operations(document):
            for parameter in operation["parameters"]:
                parameter.pop("examples", None)  # a parameter's are a map; its schema has them already
                parameter["schema"] = _without_null(parameter["schema"])
        _untitle(document)
        return document


def _operations(document: Mapping[str, Any]) -> list[Node]:
    return [operation for methods in document["paths"].values() for operation in methods.values()]


def _without_null(schema: Node) -> Node:
    """Nobody can send null in an address: what may be missing is told by `required`."""
    kinds = [kind for kind in schema.get("anyOf", []) if kind != {"type": "null"}]
    if len(kinds) != 1:
        return schema
    kept: Node = {key: value for key, value in schema.items() if key != "anyOf"}
    return {**kept, **kinds[0]}


def _untitle(node: Any) -> None:
    """Drops the titles that only say a name again."""
    for inside in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        _untitle(inside)
    if isinstance(node, dict) and isinstance(node.get("title"), str) and {"type", "anyOf", "$ref"} & set(node):
        del node["title"]


@cache
def told() -> list[Node]:
    """For the page: each group of paths with its operations, their parameters and the fields of their answers."""
    from accoil.show.api import api  # which is made of this

    document: Node = api.get_openapi_schema(path_prefix=f"{MOUNT}/")
    schemas = document["components"]["schemas"]
    groups: dict[str, list[Node]] = {}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            groups.setdefault(operation["tags"][0], []).append(_told(path, method, operation, schemas))
    return [{"name": name, "operations": operations} for name, operations in groups.items()]


def _told(path: str, method: str, operation: Node, schemas: Node) -> Node:
    content = operation["responses"][200].get("content", {})
    answer = content.get("application/json", {}).get("schema")
    body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
    return {
        "id": operation["operationId"],
        "method": method.upper(),
        "path": path,
        "summary": operation["summary"],
        "description": operation.get("description", ""),
        "parameters": sorted(map(_parameter, operation["parameters"]), key=lambda one: not one["required"]),
        "body": _fields(body, schemas) if body else [],
        "fields": _fields(answer, schemas) if answer else [],
        "files": [kind for kind in content if kind != "application/json"],
        "curl": _curl(path, operation, " -d @profile.json" if body else ""),
    }


def _curl(path: str, operation: Node, more: str) -> str:
    required = [each["name"] for each in operation["parameters"] if each["required"] and each["in"] == "query"]
    query = "&".join(f"{name}=1" for name in required)
    asked = path.replace("{suffix}", "csv") + (f"?{query}" if query else "")
    return f'curl -H "Authorization: Bearer accoil_…"{more} "HOST{asked}"'


def _parameter(parameter: Node) -> Node:
    schema = parameter["schema"]
    return {
        "name": parameter["name"],
        "type": f"{_type(schema)}{_limits(schema)}",
        "required": parameter["required"],
        "description": parameter.get("description", ""),
    }


def _limits(schema: Node) -> str:
    """, 1 to 100; else 20"""
    low, high, usual = schema.get("minimum"), schema.get("maximum"), schema.get("default")
    between = f", {low:,} to {high:,}" if low is not None and high is not None and high < FAR else ""
    return between + (f"; else {usual}" if usual else "")


def _fields(schema: Node, schemas: Node, level: int = 0) -> list[Node]:
    """Name, type, words and level of each field, those of what is inside below it."""
    found: list[Node] = []
    properties = _resolved(schema, schemas).get("properties", {})
    for name, inside in properties.items():
        found.append({"name": name, "type": _type(inside), "words": inside.get("description", ""), "level": level})
        if level < DEEPEST:
            found += _fields(inside, schemas, level + 1)
    return found


def _resolved(schema: Node, schemas: Node) -> Node:
    """What a reference, the rows of a list or the first of several kinds look like."""
    if "$ref" in schema:
        return _resolved(schemas[schema["$ref"].removeprefix(REF)], schemas)
    if "anyOf" in schema:
        return _resolved(schema["anyOf"][0], schemas)
    return _resolved(schema["items"], schemas) if "items" in schema else schema


def _type(schema: Node) -> str:
    if "anyOf" in schema:
        kinds = [_type(each) for each in schema["anyOf"] if each.get("type") != "null"]
        return " or ".join(dict.fromkeys(kinds)) + (" or null" if {"type": "null"} in schema["anyOf"] else "")
    if "enum" in schema:
        return " or ".join(map(str, schema["enum"]))
    if "items" in schema:
        return "list"
    if "$ref" in schema:
        return "object"
    kind = str(schema.get("format") or schema.get("type", "any"))
    return KINDS.get(kind, kind)

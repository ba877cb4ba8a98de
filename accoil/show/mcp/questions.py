"""Answers an assistant's question, with where the answer comes from."""

from typing import Any

import msgspec
from pydantic import ValidationError

from accoil.show.api.asked import Asker, Row
from accoil.show.api.errors import Wrong
from accoil.show.mcp.tools import TOOLS, Tool
from accoil.team.models import Product

EVERYTHING = "every message received, whatever any profile scores"


def ask(product_id: int, name: str, parameters: dict[str, Any]) -> Row:
    """`{"answer": …}`, or `{"wrong": a sentence}`; all of it what JSON can say."""
    tool = TOOLS.get(name)
    product = Product.objects.filter(pk=product_id).first()
    if tool is None or product is None:
        return {"wrong": f"There is no question {name!r}." if product else "The product is gone."}
    try:
        answer = tool.answer(Asker(product), tool.asked(**_with_profile(tool, product, parameters)))
    except Wrong as wrong:
        return {"wrong": str(wrong)}
    except ValidationError as wrong:
        first = wrong.errors()[0]
        return {"wrong": f"{'.'.join(map(str, first['loc']))}: {first['msg']}"}
    told: Row = msgspec.to_builtins({"answer": {**answer, "provenance": _provenance(product, answer)}})
    return told


def _with_profile(tool: Tool, product: Product, parameters: dict[str, Any]) -> dict[str, Any]:
    if "workspace_id" not in tool.asked.model_fields or parameters.get("workspace_id"):
        return parameters
    first = product.profiles.first()
    if first is None:
        raise Wrong(404, "not_found", "The product has no profile yet: nothing is scored.")
    return {**parameters, "workspace_id": first.pk}


def _provenance(product: Product, answer: Row) -> Row:
    """Of which day, by which definition, computed when."""
    told = {"product": product.name, **{key: answer.get(key) for key in ("as_of", "version", "computed_at")}}
    profile = product.profiles.filter(pk=answer["workspace_id"]).first() if "workspace_id" in answer else None
    if profile is None:
        return told | {"definition": EVERYTHING if "total_count" in answer else None}
    version = profile.versions.filter(number=answer["version"]).first()
    return told | {"profile": profile.name, "definition": version.definition if version else None}

"""From a function of who asks and what for to a path of the API: JSON, and the document that says what it is like."""

import inspect
from collections.abc import Callable
from functools import wraps
from typing import Any

import msgspec
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from ninja import Router, Schema

from accoil.show.api.asked import Asker
from accoil.show.api.shapes import Refusal

Answer = Callable[..., Any]

REFUSALS = frozenset({400, 401, 403, 404, 429})


def add(
    router: Router,
    path: str,
    answer: Answer,
    shape: type[Schema],
    name: str,
    tag: str,
    *,
    method: str = "GET",
    shown: bool = True,
) -> None:
    """Puts the answer at a path. What it returns becomes JSON as it is: the shape is for the document, and tests
    hold the one against the other."""
    router.add_api_operation(
        path,
        [method],
        _view(answer),
        response={200: shape, REFUSALS: Refusal},
        by_alias=True,
        operation_id=name,
        summary=name.replace("_", " ").capitalize(),
        tags=[tag],
        include_in_schema=shown,
    )


def _view(answer: Answer) -> Callable[..., HttpResponseBase]:
    @wraps(answer)
    def view(request: HttpRequest, **asked: Any) -> HttpResponseBase:
        token = request.auth  # type: ignore[attr-defined]
        told = answer(Asker(token.product, token.reads), **asked)
        return told if isinstance(told, HttpResponseBase) else as_json(told)

    first, *others = inspect.signature(answer).parameters.values()
    view.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        [first.replace(name="request", annotation=HttpRequest), *others]
    )
    return view


def as_json(told: Any, status: int = 200) -> HttpResponse:
    return HttpResponse(msgspec.json.encode(told), content_type="application/json", status=status)

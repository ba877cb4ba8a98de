"""From a function of who asks and what for to a path of the API: JSON, files, and the document that says what they are
like. What an answer returns becomes JSON as it is: the shape is for the document, and tests hold the one against it."""

import inspect
from collections.abc import Callable
from functools import wraps
from typing import Annotated, Any

import msgspec
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers
from ninja import Path, Router, Schema

from accoil.refused import Refused
from accoil.show import export
from accoil.show.api.asked import Asker
from accoil.show.api.errors import Wrong
from accoil.show.api.shapes.answer import Refusal

Suffix = Annotated[export.Format, Path(description="The kind of file.")]
Answer = Callable[..., Any]
Tabled = Callable[..., export.Table]  # the same question's whole answer

REFUSALS = frozenset({400, 401, 403, 404, 429})
FILES = {
    export.TYPES["csv"]: {"schema": {"type": "string"}},
    export.TYPES["parquet"]: {"schema": {"type": "string", "contentEncoding": "binary"}},
}
IN_FILES = """A line per row of the list, whatever `limit` and `offset` say. In CSV, text that a spreadsheet would take
for a formula begins with `'`; in Parquet every value is as it is."""


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
    table: Tabled | None = None,
) -> None:
    """Puts the answer at a path; with `table` also as files, by their ending or by `Accept`."""
    router.add_api_operation(
        path,
        [method],
        _view(answer, table),
        response={200: shape, REFUSALS: Refusal},
        by_alias=True,
        operation_id=name,
        summary=_title(name),
        tags=[tag],
        include_in_schema=shown,
        openapi_extra={"responses": {200: {"content": FILES}}} if table else None,
    )
    if table:
        router.add_api_operation(
            path + ".{suffix}",
            ["GET"],
            _file_view(table),
            response={200: None, REFUSALS: Refusal},
            operation_id=f"export_{name.removeprefix('list_')}",
            summary=_title(f"export_{name.removeprefix('list_')}"),
            description=IN_FILES,
            tags=[tag],
            openapi_extra={"responses": {200: {"content": FILES}}},
        )


def _title(name: str) -> str:
    """list_accounts → List accounts, v1_get_account → Get account (v1)"""
    old = name.startswith("v1_")
    return name.removeprefix("v1_").replace("_", " ").capitalize() + (" (v1)" if old else "")


def _view(answer: Answer, table: Tabled | None) -> Callable[..., HttpResponseBase]:
    @wraps(answer)
    def view(request: HttpRequest, **asked: Any) -> HttpResponseBase:
        if table is None:
            return as_json(answer(asker_of(request), **asked))
        wanted = _accepted(request)
        told = (
            _sent(table(asker_of(request), **asked), wanted) if wanted else as_json(answer(asker_of(request), **asked))
        )
        patch_vary_headers(told, ("Accept",))
        return told

    return _as_view(view, answer)


def _file_view(table: Tabled) -> Callable[..., HttpResponseBase]:
    @wraps(table)
    def view(request: HttpRequest, suffix: export.Format, **asked: Any) -> HttpResponseBase:
        return _sent(table(asker_of(request), **asked), suffix)

    suffix = inspect.Parameter("suffix", inspect.Parameter.KEYWORD_ONLY, annotation=Suffix)
    return _as_view(view, table, suffix)


def _as_view(view: Callable[..., Any], answer: Answer, *more: inspect.Parameter) -> Callable[..., HttpResponseBase]:
    """The view with the answer's own parameters, whose first is who asks: in a view it is the request."""
    first, *others = inspect.signature(answer).parameters.values()
    request = first.replace(name="request", annotation=HttpRequest)
    view.__signature__ = inspect.Signature([request, *others, *more])  # type: ignore[attr-defined]
    return view


def asker_of(request: HttpRequest) -> Asker:
    token = request.auth  # type: ignore[attr-defined]
    return Asker(token.product, token.reads)


def _accepted(request: HttpRequest) -> export.Format | None:
    """The kind of file a client prefers to JSON."""
    accepted = request.headers.get("Accept", "")
    if "application/json" in accepted:
        return None
    return next((format for format in export.FORMATS if export.TYPES[format] in accepted), None)


def _sent(table: export.Table, format: export.Format) -> HttpResponseBase:
    try:
        return export.sent(table, format)
    except export.Busy:
        raise Wrong(429, "busy", "Other exports are on their way; ask again in a few seconds.", wait=5) from None


def columns(text: str, known: list[str]) -> list[str]:
    try:
        return export.columns_of(text, known)
    except Refused as no:
        raise Wrong(400, "invalid_columns", str(no)) from None


def as_json(told: Any, status: int = 200) -> HttpResponse:
    return HttpResponse(msgspec.json.encode(told), content_type="application/json", status=status)

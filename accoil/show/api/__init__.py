"""The read API: GET only, one bearer token per product. Shapes are Accoil's public ones, with more beside them."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, ValidationError

from accoil.show.api import counts, people, workspaces
from accoil.show.api.access import Token, TooMany
from accoil.show.api.errors import Wrong


def _api(namespace: str, document: str | None) -> NinjaAPI:
    """The same API for each place it is mounted at; one of them carries the OpenAPI document."""
    api = NinjaAPI(
        title="Accoil read API",
        version="2",
        auth=Token(),
        urls_namespace=namespace,
        openapi_url=document,
        docs_url=None,
    )
    for router in (workspaces, people, counts):
        api.add_router("/v2", router.router())

    def answer(request: HttpRequest, status: int, code: str, message: str) -> HttpResponse:
        return api.create_response(request, {"error": {"code": code, "message": message}}, status=status)

    @api.exception_handler(Wrong)
    def wrong(request: HttpRequest, error: Wrong) -> HttpResponse:
        return answer(request, error.status, error.code, str(error))

    @api.exception_handler(AuthenticationError)
    def unknown(request: HttpRequest, _: AuthenticationError) -> HttpResponse:
        return answer(
            request, 401, "unauthorized", "Send `Authorization: Bearer accoil_…` with a token of this product."
        )

    @api.exception_handler(TooMany)
    def too_many(request: HttpRequest, error: TooMany) -> HttpResponse:
        response = answer(
            request, 429, "rate_limited", f"Wait {error.seconds} s; a token may ask {error.most} times a minute."
        )
        response["Retry-After"] = str(error.seconds)
        return response

    @api.exception_handler(ValidationError)
    def invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
        first: dict[str, Any] = error.errors[0]
        name = str(first["loc"][-1])
        if first["type"] == "missing":
            return answer(request, 400, f"missing_{name}", f"{name} is required")
        return answer(request, 400, f"invalid_{name}", f"{name}: {first['msg']}")

    return api


api = _api("api", "/openapi.json")
# Clients of the original ask the same paths at the root of the host.
bare = _api("bare", None)

"""The read API: one bearer token per product. Shapes are Accoil's public ones, with more beside them."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from ninja import NinjaAPI, Router
from ninja.errors import AuthenticationError, HttpError, ValidationError

from accoil import __version__
from accoil.show.api import counts, drafted, explained, first, people, segments, usage, workspaces
from accoil.show.api.access import Token, TooMany
from accoil.show.api.answered import as_json
from accoil.show.api.document import ReadApi
from accoil.show.api.errors import Wrong

PARTS = (workspaces, drafted, people, explained, segments, usage, counts)

ABOUT = """Numbers of one product, for other programs. Send `Authorization: Bearer accoil_…`; a token may ask 600
times a minute. Scores and rates are fractions; beside a score stands its whole number. `as_of`, `version` and
`computed_at` say of which day and by which definition an answer is, and when it was computed."""


def _api() -> NinjaAPI:
    api = ReadApi(
        title="Accoil read API",
        version=__version__,
        description=ABOUT,
        auth=Token(),
        urls_namespace="api",
        docs_url=None,
    )
    second = Router()
    for part in PARTS:
        part.put(second)
    api.add_router("/v2", second)
    oldest = Router()
    first.put(oldest)
    api.add_router("/v1", oldest)
    _say_what_is_wrong(api)
    return api


def _say_what_is_wrong(api: NinjaAPI) -> None:
    @api.exception_handler(Wrong)
    def wrong(request: HttpRequest, error: Wrong) -> HttpResponse:
        answer = refusal(error.status, error.code, str(error))
        if error.wait:
            answer["Retry-After"] = str(error.wait)
        return answer

    @api.exception_handler(AuthenticationError)
    def unknown(request: HttpRequest, _: AuthenticationError) -> HttpResponse:
        told = "Send `Authorization: Bearer accoil_…` with a token that is neither revoked nor expired."
        answer = refusal(401, "unauthorized", told)
        answer["WWW-Authenticate"] = "Bearer"
        return answer

    @api.exception_handler(TooMany)
    def too_many(request: HttpRequest, error: TooMany) -> HttpResponse:
        answer = refusal(429, "rate_limited", f"Wait {error.seconds} s; a token may ask {error.most} times a minute.")
        answer["Retry-After"] = str(error.seconds)
        return answer

    @api.exception_handler(ValidationError)
    def invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
        wrong: dict[str, Any] = error.errors[0]
        name = str(wrong["loc"][-1])
        if wrong["type"] == "missing":
            return refusal(400, f"missing_{name}", f"{name} is required")
        return refusal(400, f"invalid_{name}", f"{name}: {wrong['msg']}")

    @api.exception_handler(HttpError)
    def unreadable(request: HttpRequest, error: HttpError) -> HttpResponse:
        return refusal(error.status_code, "invalid_body", str(error))


def refusal(status: int, code: str, message: str) -> HttpResponse:
    return as_json({"error": {"code": code, "message": message}}, status)


@csrf_exempt  # programs that post have no page of ours to take a token from
def nothing_here(request: HttpRequest, path: str = "") -> HttpResponse:
    """Of an address below /api that is none: programs ask there, so it is said in their words."""
    return refusal(404, "not_found", f"There is no /api/{path}; /api/docs shows what there is.")


api = _api()
below_api = api.urls
# Clients of the original ask the same paths at the root of the host; the document is not there.
at_the_root = [each for each in below_api[0] if str(each.pattern) != "openapi.json"], below_api[1], "bare"

"""How long pages take, by the name of their address, for `/metrics`."""

from collections.abc import Callable
from time import perf_counter

from django.http import HttpRequest, HttpResponseBase

from accoil import measured


class Timed:
    """Middleware. An answer that is streamed is timed until it begins."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        began = perf_counter()
        response = self.get_response(request)
        match = request.resolver_match
        name = match.view_name if match and match.view_name else "no such page"
        measured.pages.add(perf_counter() - began, name)
        return response

"""/api/docs: every path of the read API on one page, for whoever writes a program against it. Anybody may read it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accoil.show.api.document import told
from accoil.show.views.product_settings import address_of


def api_docs(request: HttpRequest) -> HttpResponse:
    host = address_of(request)
    groups = [
        {**group, "operations": [{**each, "curl": each["curl"].replace("HOST", host)} for each in group["operations"]]}
        for group in told()
    ]
    return render(request, "show/api_docs.html", {"groups": groups, "host": host})

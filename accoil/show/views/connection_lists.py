"""Settings > Connections > a tool: who is who there, and the ledger; what failed is tried again from here."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from accoil.connect import sync
from accoil.connect.models import Connection
from accoil.show import connection_lists
from accoil.show.connection_figures import failed_records
from accoil.show.connection_overview import around
from accoil.show.frame import Frame, page
from accoil.show.views.connection import opened
from accoil.show.whole import whole
from accoil.show.words import count


def records(request: HttpRequest, product_id: int, tool: str) -> HttpResponse:
    frame, found, joined = opened(request, product_id, tool)
    told = connection_lists.records(frame, joined)
    if request.headers.get("HX-Request") == "true":
        return page(frame, "show/connection_record_rows.html", {**told, "tool": found})
    return page(frame, "show/connection_records.html", {**told, **around(frame, found, joined, "records")})


def ledger(request: HttpRequest, product_id: int, tool: str) -> HttpResponse:
    frame, found, joined = opened(request, product_id, tool)
    told = connection_lists.ledger(frame, joined)
    if request.headers.get("HX-Request") == "true":
        return page(frame, "show/connection_ledger_rows.html", {**told, "tool": found})
    return page(
        frame,
        "show/connection_ledger.html",
        {**told, **around(frame, found, joined, "ledger"), "failing": failed_records(joined).count()},
    )


def retry(request: HttpRequest, product_id: int, tool: str) -> HttpResponse:
    """One record whose last write failed (`record`), or all of them, in every product."""
    frame, _, joined = opened(request, product_id, tool)
    n = one_again(frame, joined, request.POST["record"]) if "record" in request.POST else sync.retry_all(joined)
    if n:
        messages.success(request, f"{count(n, 'record')} {'is' if n == 1 else 'are'} tried again within seconds.")
    else:
        messages.error(request, "No write of that fails just now, so nothing is tried again.")
    if request.POST.get("back") == "ledger":
        return redirect(frame.link("connection-ledger", tool, what="failed"))
    return redirect(frame.link("connection-records", tool, match="failed"))


def one_again(frame: Frame, joined: Connection, given: str) -> int:
    found = failed_records(joined).filter(product=frame.product, pk=whole(given))
    for record in found:
        sync.retry(record)
    return len(found)

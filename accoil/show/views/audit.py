"""Settings > Audit log: who did what in the team, when, from where."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import islice
from typing import Any

import pyarrow as pa
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone

from accoil.show import export
from accoil.show.downloads import downloaded, files
from accoil.show.frame import Frame, frame_of, page
from accoil.show.permissions import PAGE_OF, TABLE, Action
from accoil.show.whole import whole
from accoil.team.audit import AuditLine

A_PAGE = 50
IN_A_BATCH = 1_000  # lines of a file
ASKED = ("who", "product", "part", "days")
LASTS = {"1": "a day", "7": "7 days", "30": "30 days", "365": "a year"}


def audit(request: HttpRequest, product_id: int) -> HttpResponse:
    frame = frame_of(request, product_id, "settings")
    lines = chosen(frame)
    number = max(1, whole(request.GET.get("page"), most=10**8))
    total = lines.count()
    first = (number - 1) * A_PAGE
    values = {
        "lines": [told(each) for each in lines[first : first + A_PAGE]],
        "total": total,
        "filters": filters(frame),
        "is_filtered": any(_asked(frame).values()),
        "files": files(frame.link, "audit", **_asked(frame)),
        "pages": {
            "first": first + 1,
            "last": min(first + A_PAGE, total),
            "total": total,
            "back": _link(frame, number - 1) if number > 1 else "",
            "next": _link(frame, number + 1) if first + A_PAGE < total else "",
        },
    }
    return page(frame, "show/audit.html", values)


def audit_file(request: HttpRequest, product_id: int, suffix: export.Format) -> HttpResponseBase:
    """All lines that the address asks for."""
    frame = frame_of(request, product_id, "settings")
    return downloaded(export.Table(f"audit-log-{frame.today}", _rows(chosen(frame))), suffix)


def chosen(frame: Frame) -> QuerySet[AuditLine]:
    """The lines of the team that the address asks for, the newest first."""
    asked = frame.request.GET
    lines = AuditLine.objects.filter(team=frame.product.team).select_related("product")
    if product := whole(asked.get("product")):
        lines = lines.filter(product=product)
    if who := asked.get("who"):
        lines = lines.filter(who=who)
    if part := asked.get("part"):
        lines = lines.filter(action__in=[name for name, page in PAGE_OF.items() if page == part])
    if asked.get("days") in LASTS:
        lines = lines.filter(at__gte=timezone.now() - timedelta(days=int(asked["days"])))
    return lines


def told(line: AuditLine) -> dict[str, Any]:
    return {"line": line, "part": PAGE_OF.get(line.action, ""), "what": line.what or _usually(line.action)}


def filters(frame: Frame) -> list[dict[str, Any]]:
    """The three lists above the lines, each with what is chosen in it."""
    asked = frame.request.GET
    people = AuditLine.objects.filter(team=frame.product.team).exclude(who="").order_by("who")
    products = frame.product.team.products.order_by("name").values_list("pk", "name")
    parts = list(dict.fromkeys(action.page for action in TABLE if action.changes))
    lists: list[tuple[str, str, list[tuple[str, str]]]] = [
        ("who", "Who", [("", "Everybody"), *((who, who) for who in people.values_list("who", flat=True).distinct())]),
        ("product", "Product", [("", "All, and the team"), *((str(number), name) for number, name in products)]),
        ("part", "Where", [("", "Everywhere"), *((part, part) for part in parts)]),
        ("days", "In the last", [("", "two years"), *LASTS.items()]),
    ]
    return [
        {"name": name, "label": label, "choices": [(value, said, value == asked.get(name, "")) for value, said in each]}
        for name, label, each in lists
    ]


def _usually(name: str) -> str:
    """What the table says of the address, where the line has no words of its own."""
    found: Action | None = next((each for each in TABLE if each.name == name and each.changes), None)
    return f"{found.do[0].upper()}{found.do[1:]}." if found else name


def _link(frame: Frame, number: int) -> str:
    return frame.link("audit", **_asked(frame), page=number)


def _asked(frame: Frame) -> dict[str, str]:
    return {name: frame.request.GET.get(name, "") for name in ASKED}


def _rows(lines: QuerySet[AuditLine]) -> Iterator[pa.RecordBatch]:
    """At least one batch, which holds the names of the columns."""
    some = lines.iterator(IN_A_BATCH)
    yield _batch(list(islice(some, IN_A_BATCH)))
    while more := list(islice(some, IN_A_BATCH)):
        yield _batch(more)


def _batch(lines: list[AuditLine]) -> pa.RecordBatch:
    rows = [told(line) for line in lines]
    columns = {
        "at": pa.array([line.at for line in lines], pa.timestamp("us", tz="UTC")),
        "who": pa.array([line.who or None for line in lines], pa.string()),
        "what": pa.array([row["what"] for row in rows], pa.string()),
        "product": pa.array([line.product and line.product.name for line in lines], pa.string()),
        "where": pa.array([row["part"] or None for row in rows], pa.string()),
        "from": pa.array([line.address for line in lines], pa.string()),
    }
    return pa.record_batch(columns)
